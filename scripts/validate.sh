#!/usr/bin/env bash
# What can be told of a delivery without a cluster: `make validate`. What is told here, no test tells again.
# A line for each check; one that fails shows all that it says, and the others go on.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
PATH=$PWD/.venv/bin:$PATH
KUBERNETES=1.32

rendered=$(mktemp -d)
trap 'rm -rf "$rendered"' EXIT
failed=()

# check NAME COMMAND...: runs it, and shows what it says where it fails.
check() {
  local name=$1 said
  shift
  if said=$("$@" 2>&1); then
    printf 'ok      %s\n' "$name"
  else
    printf 'FAILED  %s\n' "$name"
    printf '        %s\n' "${said//$'\n'/$'\n'        }"
    failed+=("$name")
  fi
}

# want TOOL HOW: a tool that is missing is a failure, with what to do about it.
want() {
  command -v "$1" >/dev/null && return
  printf 'FAILED  %s is missing: %s\n' "$1" "$2"
  failed+=("$1")
  return 1
}

# render FOLDER: into a file named after it.
render() { kubectl kustomize "$1" >"$rendered/${1//\//-}.yaml"; }

rules() {
  sed -nf scripts/plain_rules.sed manifests/components/monitoring/prometheusrule.yaml >"$rendered/rules.yml"
  promtool check rules --lint=all --lint-fatal "$rendered/rules.yml"
}

in_venv="make .venv/.dev"
shopt -s nullglob

if want kubectl "version 1.30 or newer, from kubernetes.io; it renders without a cluster"; then
  for folder in manifests/overlays/* argocd/local argocd/prod argocd/monitoring/external-secrets; do
    check "$folder renders" render "$folder"
  done
fi

if want kubernetes-validate "$in_venv"; then
  for file in "$rendered"/manifests-*.yaml; do
    # --no-warn: of CRDs it knows nothing; the tests look at those.
    check "$(basename "$file" .yaml) is what Kubernetes $KUBERNETES takes" \
      kubernetes-validate --kubernetes-version "$KUBERNETES" --strict --quiet --no-warn "$file"
  done
fi

if want promtool "apt-get install prometheus"; then
  check "the rules are rules" rules
fi
want amtool "apt-get install prometheus-alertmanager"

for file in Dockerfile*; do
  want hadolint "$in_venv" && check "$file" hadolint "$file"
done

want shellcheck "$in_venv" && check "shell scripts" shellcheck --external-sources .ci/run scripts/*.sh
want jactionlint "$in_venv" && check "workflows are workflows" jactionlint
want zizmor "$in_venv" && check "workflows give nothing away" zizmor --quiet --offline .github

if want pytest "$in_venv"; then
  echo "        tests/deploy: everything held against everything, and mistakes planted ..."
  check "tests/deploy" python3 -m pytest --quiet --numprocesses auto tests/deploy
fi

if ((${#failed[@]})); then
  printf '\n%d failed: %s\n' "${#failed[@]}" "$(printf '%s; ' "${failed[@]}" | sed 's/; $//')"
  exit 1
fi
printf '\nAll is well.\n'
