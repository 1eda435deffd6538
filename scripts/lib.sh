# What minikube-up.sh and minikube-down.sh share; sourced, never run.
# shellcheck shell=bash

# A profile of our own: nothing here touches another cluster, whatever kubectl points at.
PROFILE=${MINIKUBE_PROFILE:-event-gateway}
DRY_RUN=${DRY_RUN:-}

step() { printf '\n== %s\n' "$*"; }
say() { printf '   %s\n' "$*"; }

die() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# run WHAT-TO-DO-WHEN-IT-FAILS COMMAND...: with --dry-run, only printed.
run() {
  local hint=$1
  shift
  if [[ -n $DRY_RUN ]]; then
    printf '+'
    printf ' %q' "$@"
    printf '\n'
    return
  fi
  "$@" || die "\`$*\` failed: $hint"
}

usage() {
  sed -n '2,/^set -/{s/^# \{0,1\}//p;}' "$0"
}

# Running/Running, Stopped/Stopped, or nothing where there is no such cluster.
cluster_state() {
  minikube status --profile "$PROFILE" --format '{{.Host}}/{{.APIServer}}' 2>/dev/null || true
}

needs() {
  command -v "$1" >/dev/null || die "$1 is not there: install it ($2)"
}

# at_least TOOL FOUND LEAST
at_least() {
  local found=${2#v}
  [[ $(printf '%s\n%s\n' "$3" "$found" | sort -V | head -n 1) == "$3" ]] ||
    die "$1 is ${found:-of an unknown version}, at least $3 is needed: install a newer one"
}
