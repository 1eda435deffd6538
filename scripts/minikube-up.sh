#!/usr/bin/env bash
# From nothing to a running event gateway in Minikube: cluster, secrets, Argo CD, and all that Argo CD finds in Git.
# Run it again whenever you like: what is there already is left as it is. After `minikube stop`, it starts it again.
#
#   scripts/minikube-up.sh [options]
#
#   --dry-run         print every command instead of running it
#   --local-image     build the image from this checkout and run that one, instead of the released one
#   --repo URL        the Git repository that Argo CD reads, where it is another than argocd/ says
#   --revision REV    the branch or commit of it, where it is another
#   --timeout SECONDS how long to wait for everything to be Synced and Healthy (1200)
#   --help            this text
#
# MINIKUBE_PROFILE (event-gateway), MINIKUBE_CPUS (4) and MINIKUBE_MEMORY (6g) size the cluster when it is made.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh

ARGOCD_INSTALL=argocd/install
ROOT_APPLICATION=argocd/root.yaml
IMAGE=ghcr.io/event-gateway/event-gateway
HOST=musicevents.local
KUBERNETES=v1.32.4
POLL=5

TIMEOUT=1200
REPO=
REVISION=
LOCAL_IMAGE=
TAG=

main() {
  options "$@"
  [[ -n $DRY_RUN ]] || prerequisites
  cluster
  namespaces
  secrets
  argocd
  [[ -z $LOCAL_IMAGE ]] || local_image
  root
  look_again
  [[ -n $DRY_RUN ]] || until_healthy
  addresses
}

options() {
  while (($#)); do
    case $1 in
      --dry-run) DRY_RUN=1 ;;
      --local-image) LOCAL_IMAGE=1 ;;
      --repo | --revision | --timeout) value_of "$@" && shift ;;
      --help | -h) usage && exit ;;
      *) die "there is no option $1; see --help" ;;
    esac
    shift
  done
  [[ $TIMEOUT =~ ^[0-9]+$ ]] || die "--timeout wants a number of seconds, not $TIMEOUT"
}

value_of() {
  [[ -n ${2:-} ]] || die "$1 wants a value; see --help"
  case $1 in
    --repo) REPO=$2 ;;
    --revision) REVISION=$2 ;;
    --timeout) TIMEOUT=$2 ;;
  esac
}

kube() {
  kubectl --context "$PROFILE" "$@"
}

prerequisites() {
  needs docker "https://docs.docker.com/get-docker/"
  needs minikube "https://minikube.sigs.k8s.io/docs/start/"
  needs kubectl "https://kubernetes.io/docs/tasks/tools/"
  docker info >/dev/null 2>&1 || die "docker is installed but does not answer: start it, and see that you may use it"
  at_least minikube "$(minikube version --short 2>/dev/null)" 1.35
  at_least kubectl "$(kubectl version --client --output yaml 2>/dev/null | sed -n 's/^ *gitVersion: v*//p')" 1.30
  # A mistake in .env is told now, not after five minutes of making a cluster.
  scripts/secrets.sh --dry-run >/dev/null || die "put .env right (the lines above say how), then run this again"
}

cluster() {
  step "Cluster $PROFILE"
  if [[ -z $DRY_RUN && $(cluster_state) == Running/Running ]]; then
    say "it runs"
  else
    # Calico, as Minikube's own network lets everything through, whatever a NetworkPolicy says.
    run "see \`minikube logs --profile $PROFILE\`; scripts/minikube-down.sh --delete-data gives a fresh start" \
      minikube start --profile "$PROFILE" --driver docker --cni calico --kubernetes-version "$KUBERNETES" \
      --cpus "${MINIKUBE_CPUS:-4}" --memory "${MINIKUBE_MEMORY:-6g}"
  fi
  run "this cluster was made without Calico; scripts/minikube-down.sh --delete-data, then this again" \
    kubectl --context "$PROFILE" --namespace kube-system rollout status daemonset/calico-node --timeout 300s
  local addon
  for addon in ingress metrics-server; do
    run "see \`minikube addons list --profile $PROFILE\`" minikube addons enable "$addon" --profile "$PROFILE"
  done
}

# The secrets want them before Argo CD comes. The labels are those that argocd/apps/ has.
namespaces() {
  step "Namespaces"
  namespace event-gateway restricted
  # The node exporter looks at the node itself.
  namespace monitoring privileged
}

# namespace NAME POD-SECURITY-LEVEL
namespace() {
  if [[ -n $DRY_RUN ]] || ! kube get namespace "$1" >/dev/null 2>&1; then
    run "see the line above" kubectl --context "$PROFILE" create namespace "$1"
  fi
  run "see the line above" kubectl --context "$PROFILE" label --overwrite namespace "$1" \
    "pod-security.kubernetes.io/enforce=$2"
}

secrets() {
  step "Secrets"
  run "the lines above say why" scripts/secrets.sh --context "$PROFILE"
}

argocd() {
  step "Argo CD"
  # Server side, as its CRDs are larger than the annotation that a client-side apply keeps its copy in.
  run "see the line above" kubectl --context "$PROFILE" apply --server-side --force-conflicts -k "$ARGOCD_INSTALL"
  run "see the line above" kubectl --context "$PROFILE" wait --for condition=Established --timeout 60s \
    crd/applications.argoproj.io crd/appprojects.argoproj.io
  local workload
  for workload in deployment/argocd-repo-server deployment/argocd-server statefulset/argocd-application-controller; do
    run "see \`kubectl --context $PROFILE --namespace argocd get pods\`" \
      kubectl --context "$PROFILE" --namespace argocd rollout status "$workload" --timeout 600s
  done
}

local_image() {
  step "Image of this checkout"
  run "see what docker says" docker build --quiet --tag "$IMAGE:local" .
  # Its own content names it: another content is another tag, and so a rollout.
  TAG=local-0000000
  [[ -n $DRY_RUN ]] || TAG=local-$(docker image inspect --format '{{.Id}}' "$IMAGE:local" | sed 's/^sha256://' | cut -c 1-12)
  run "see what docker says" docker tag "$IMAGE:local" "$IMAGE:$TAG"
  run "see \`minikube image ls --profile $PROFILE\`" minikube image load "$IMAGE:$TAG" --profile "$PROFILE"
}

# As it stands in Git or, with --repo, --revision or --local-image, pointed there for this cluster alone.
root() {
  step "Root application"
  local point=(python3 scripts/root_patch.py --repo "$REPO" --revision "$REVISION" --image "${TAG:+$IMAGE:$TAG}")
  local patch=(kubectl patch --local --filename "$ROOT_APPLICATION" --type merge --output yaml --patch)
  # Server side, and under a name of its own: the fields that it sets for this cluster are not taken for Git's, which
  # would put them back, and go when they are not set any more.
  local apply=(kubectl --context "$PROFILE" apply --server-side --force-conflicts --field-manager minikube-up --filename -)
  if [[ -n $DRY_RUN ]]; then
    # shellcheck disable=SC2016 # it is printed for people to run
    printf '+ %s "$(%s)" | %s\n' "${patch[*]}" "$(printf '%q ' "${point[@]}")" "${apply[*]}"
    return
  fi
  "${patch[@]}" "$("${point[@]}")" | "${apply[@]}" || die "$ROOT_APPLICATION was not taken: see the line above"
}

# What Argo CD wrote down before a change, or before the cluster was stopped, says nothing of now: it is asked to look
# again, and takes the annotation away when it has.
look_again() {
  run "see the line above" kubectl --context "$PROFILE" --namespace argocd annotate applications --all --overwrite \
    argocd.argoproj.io/refresh=normal
}

# One line for each application: its name, whether it is as Git says, how it is, and "normal" where that is old.
applications() {
  local fields='{.metadata.name} {.status.sync.status} {.status.health.status} {.metadata.annotations.argocd\.argoproj\.io/refresh}'
  kube --namespace argocd get applications --output "jsonpath={range .items[*]}$fields{\"\\n\"}{end}" 2>/dev/null |
    sed 's/ *$//'
}

until_healthy() {
  step "Waiting for all applications to be Synced and Healthy (at most $TIMEOUT s)"
  local waited now before='' well=0
  for ((waited = 0; waited <= TIMEOUT; waited += POLL)); do
    now=$(applications || true)
    [[ $now == "$before" ]] || say "after $waited s:"$'\n'"$now"
    before=$now
    # Twice, as what the root has just changed in another takes a moment to show there.
    if all_healthy "$now"; then ((++well)); else well=0; fi
    ((well < 2)) || return 0
    sleep "$POLL"
  done
  whats_wrong "$now"
  die "not all applications are Synced and Healthy after $TIMEOUT s: see above, then run this again"
}

all_healthy() {
  [[ -n $1 ]] && ! grep -qv ' Synced Healthy$' <<<"$1"
}

whats_wrong() {
  local name
  while read -r name _; do
    step "What Argo CD says of $name"
    kube --namespace argocd get application "$name" --output jsonpath="$(what_to_tell)" || true
  done < <(grep -v ' Synced Healthy$' <<<"$1" || true)
  step "Latest warnings"
  kube get events --all-namespaces --field-selector type=Warning --sort-by .lastTimestamp | tail -n 20 || true
  kube get pods --all-namespaces --no-headers | awk '{split($3, r, "/")} r[1] != r[2] && $4 != "Completed" {print $1, $2}' |
    while read -r namespace pod; do
      step "Last words of $namespace/$pod"
      kube --namespace "$namespace" logs "$pod" --all-containers --tail 15 </dev/null || true
    done
}

what_to_tell() {
  printf '%s' '{range .status.conditions[*]}{.type}: {.message}{"\n"}{end}' \
    '{.status.operationState.phase}: {.status.operationState.message}{"\n"}' \
    '{range .status.resources[?(@.health.status!="Healthy")]}{.kind}/{.name}: {.status} {.health.status} {.health.message}{"\n"}{end}'
}

addresses() {
  local forward="kubectl --context $PROFILE --namespace"
  step "Where things are"
  if [[ $(uname -s) == Darwin ]]; then
    say "gateway       http://$HOST/graphql"
    say "              once:          echo '127.0.0.1 $HOST' | sudo tee -a /etc/hosts"
    say "              keep running:  sudo minikube tunnel --profile $PROFILE"
  else
    say "gateway       http://$HOST/graphql"
    say "              once:  echo \"\$(minikube ip --profile $PROFILE) $HOST\" | sudo tee -a /etc/hosts"
  fi
  say "Grafana       $forward monitoring port-forward service/monitoring-grafana 3000:80, then http://localhost:3000 as admin with GRAFANA_PASSWORD"
  say "Prometheus    $forward monitoring port-forward service/prometheus-operated 9090"
  say "Alertmanager  $forward monitoring port-forward service/alertmanager-operated 9093"
  say "Argo CD       $forward argocd port-forward service/argocd-server 8443:443, then https://localhost:8443 as admin"
  say "              password: $forward argocd get secret argocd-initial-admin-secret --output 'jsonpath={.data.password}' | base64 -d"
}

main "$@"
