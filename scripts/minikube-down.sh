#!/usr/bin/env bash
# Stop the cluster that minikube-up.sh made; all that it holds stays, and minikube-up.sh starts it again.
#
#   scripts/minikube-down.sh [options]
#
#   --delete-data     remove it, with its database and all that people have kept in it
#   --dry-run         print every command instead of running it
#   --help            this text
#
# MINIKUBE_PROFILE (event-gateway) says which.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh

DELETE=

main() {
  options "$@"
  [[ -n $DRY_RUN ]] || needs minikube "https://minikube.sigs.k8s.io/docs/start/"
  if [[ -n $DELETE ]]; then
    delete
  else
    stop
  fi
}

options() {
  while (($#)); do
    case $1 in
      --delete-data) DELETE=1 ;;
      --dry-run) DRY_RUN=1 ;;
      --help | -h) usage && exit ;;
      *) die "there is no option $1; see --help" ;;
    esac
    shift
  done
}

stop() {
  if [[ -z $DRY_RUN && $(cluster_state) != Running/* ]]; then
    say "cluster $PROFILE does not run"
    return
  fi
  run "see \`minikube logs --profile $PROFILE\`" minikube stop --profile "$PROFILE"
  say "stopped; its data is kept, and scripts/minikube-up.sh starts it again"
}

delete() {
  if [[ -z $DRY_RUN && -z $(cluster_state) ]]; then
    say "there is no cluster $PROFILE"
    return
  fi
  run "see \`minikube logs --profile $PROFILE\`" minikube delete --profile "$PROFILE"
}

main "$@"
