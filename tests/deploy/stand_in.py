"""Stands in for minikube, kubectl, docker and sleep, by the name that it is called by.

It records each call, answers from a small state, and changes that as the real one would:

    state.json    exists, running, addons, namespaces, secrets, pods, root, polls, healthy_after, fails
    calls.jsonl   {"tool", "argv", "given"} a line
"""

import base64
import json
import sys
from pathlib import Path

HERE = Path(sys.argv[0]).parent
STATE = HERE / "state.json"
TOOL = Path(sys.argv[0]).name


def main():
    state = json.loads(STATE.read_text())
    argv = sys.argv[1:]
    given = sys.stdin.read() if "-" in argv else ""
    with (HERE / "calls.jsonl").open("a") as calls:
        calls.write(json.dumps({"tool": TOOL, "argv": argv, "given": given}) + "\n")
    line = " ".join([TOOL, *without_target(argv)])
    for start, says in state["fails"].items():
        if line.startswith(start):
            sys.exit(says.replace("{given}", given))
    answer = {"minikube": minikube, "kubectl": kubectl, "docker": docker}.get(TOOL, nothing)
    sys.stdout.write(answer(state, without_target(argv), given))
    STATE.write_text(json.dumps(state))


def nothing(_state, _argv, _given):
    return ""


def without_target(argv):
    """The arguments without those that say which cluster and namespace."""
    kept, rest = [], list(argv)
    while rest:
        argument = rest.pop(0)
        if argument in {"--context", "--namespace", "--profile"}:
            rest.pop(0)
        else:
            kept.append(argument)
    return kept


def minikube(state, argv, _given):
    match argv:
        case ["version", *_]:
            return state["minikube"] + "\n"
        case ["status", *_]:
            if not state["exists"]:
                sys.exit(85)
            sys.stdout.write("Running/Running" if state["running"] else "Stopped/Stopped")
            sys.exit(0 if state["running"] else 7)
        case ["start", *_]:
            state["exists"] = state["running"] = True
        case ["stop"]:
            state["running"] = False
        case ["delete"]:
            state.update(exists=False, running=False, namespaces=[], secrets={}, addons=[], root=False)
        case ["addons", "enable", name]:
            state["addons"] = sorted({*state["addons"], name})
    return ""


def docker(_state, argv, _given):
    return "sha256:" + "0123456789ab" * 5 + "\n" if argv[:2] == ["image", "inspect"] else ""


def kubectl(state, argv, given):  # noqa: C901, PLR0911, PLR0912 - a table of calls and answers
    match argv:
        case ["version", *_]:
            return f"clientVersion:\n  gitVersion: {state['kubectl']}\n"
        case ["get", "namespace", name, *options]:
            if name in state["namespaces"]:
                return f"namespace/{name}\n"
            sys.exit(None if "--ignore-not-found" in options else f'namespaces "{name}" not found')
        case ["create", "namespace", name]:
            state["namespaces"].append(name)
        case ["create" | "replace" as verb, "--filename", "-"]:
            return keep_secret(state, verb, json.loads(given))
        case ["get", "secret", name, "--output", "json", *_]:
            return json.dumps(state["secrets"][name]) if name in state["secrets"] else ""
        case ["get", "secret", name, "--output", _]:
            return state["secrets"][name]["metadata"]["annotations"]["event-gateway/changed-at"]
        case ["get", "pods", "--selector", *_]:
            return "".join(f"{name} {made}\n" for name, made in state["pods"].items())
        case ["get", "pods", "--all-namespaces", *_]:
            return (
                "event-gateway  event-gateway-1  0/1  CrashLoopBackOff  7  1m\nargocd  server-1  1/1  Running  0  1m\n"
            )
        case ["patch", "--local", *_]:
            return "kind: Application\n"
        case ["apply", *_, "--filename", "-"]:
            state["root"] = True
        case ["annotate", "applications", "--all", *_]:
            state["old"] = state["polls"] > 0
        case ["get", "applications", *_]:
            return applications(state)
        case ["get", "application", name, *_]:
            return f"SyncError: {name} wants a kind that the cluster does not know\n"
        case ["logs", *_]:
            return "the last words of the pod\n"
    return ""


def keep_secret(state, verb, manifest):
    name = manifest["metadata"]["name"]
    if (name in state["secrets"]) != (verb == "replace"):
        sys.exit(f"cannot {verb} {name}")
    data = {key: base64.b64encode(value.encode()).decode() for key, value in manifest.pop("stringData").items()}
    state["secrets"][name] = {**manifest, "data": data}
    return f"secret/{name} {verb}d\n"


def applications(state):
    """Nothing at first, then the root alone, then all, of which the gateway takes its time.

    Whoever asks again is told first what was true before, and that it is old.
    """
    if not state["root"]:
        return ""
    state["polls"] += 1
    if state.pop("old", False):
        state["polls"] = 1
        return "root Synced Healthy normal\ngateway Synced Healthy normal\n"
    if state["polls"] == 1:
        return "root OutOfSync Missing \n"
    healthy = state["polls"] >= state["healthy_after"]
    return "root Synced Healthy \ngateway " + ("Synced Healthy \n" if healthy else "OutOfSync Progressing \n")


if __name__ == "__main__":
    main()
