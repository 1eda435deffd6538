#!/usr/bin/env bash
# Makes the cluster's Secrets from .env. No value is ever an argument, an output or a file: see cluster_secrets.py.
#
#   scripts/secrets.sh --generate    fill into .env what can be made up
#   scripts/secrets.sh --dry-run     check .env, and print which keys would go where
#   scripts/secrets.sh               put them into the cluster that kubectl points at; --restart rolls the gateway, too
set -euo pipefail

if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  echo "python3 3.11 or newer is needed: install it (https://www.python.org/downloads/)" >&2
  exit 1
fi
exec python3 "$(dirname "${BASH_SOURCE[0]}")/cluster_secrets.py" "$@"
