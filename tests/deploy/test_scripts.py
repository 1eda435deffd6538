"""The scripts for a cluster, run against stand-ins that record every call: see stand_in.py."""

import base64
import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from providers import discover

ROOT = Path(__file__).parents[2]
SECRET = "0123456789abcdef0123456789abcdef"
PASSWORD = "made-up-password"
DATABASE = f"postgresql://gateway:{PASSWORD}@postgres:5432/gateway"
GRAFANA = "grafana-made-up"
ENV = f"GRAFANA_PASSWORD={GRAFANA}\nGATEWAY_SECRET={SECRET}\nDATABASE_URL={DATABASE}\nPOSTGRES_PASSWORD={PASSWORD}\n"
# What takes something away, or puts it back to where it was.
DESTRUCTIVE = ("delete", "stop", "replace", "restart", "prune", "--force", "drain", "rm")


class Machine:
    """A checkout with an .env, and a PATH on which minikube, kubectl, docker and sleep are stand-ins."""

    def __init__(self, folder):
        self.checkout = folder / "checkout"
        self.env = self.checkout / ".env"
        self._bin = folder / "bin"
        self._bin.mkdir()
        shutil.copytree(ROOT / "scripts", self.checkout / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
        self.write(ENV)
        for tool in ("minikube", "kubectl", "docker", "sleep"):
            self.install(tool)
        # The shebang's python3 is this one, so that the scripts run on what the tests run on.
        (self._bin / "python3").symlink_to(sys.executable)
        self.set(
            **dict.fromkeys(("exists", "running", "root"), False),
            addons=[],
            namespaces=[],
            secrets={},
            pods={},
            polls=0,
            healthy_after=4,
            fails={},
            minikube="v1.36.0",
            kubectl="v1.32.4",
        )

    def install(self, tool):
        path = self._bin / tool
        path.write_text(f"#!{sys.executable} -IS\n" + (ROOT / "tests/deploy/stand_in.py").read_text())
        path.chmod(0o755)

    def remove(self, tool):
        (self._bin / tool).unlink()

    def write(self, text):
        self.env.write_bytes(text.encode())

    @property
    def state(self):
        return json.loads((self._bin / "state.json").read_text())

    def set(self, **changes):
        path = self._bin / "state.json"
        path.write_text(json.dumps({**(self.state if path.exists() else {}), **changes}))

    def with_namespace(self):
        self.set(exists=True, running=True, namespaces=["event-gateway", "monitoring"])
        return self

    def run(self, script, *arguments):
        """The script's output, errors included, without and with its exit status."""
        environment = {
            "PATH": f"{self._bin}{os.pathsep}{self._system()}",
            "HOME": str(self.checkout),
            "LC_ALL": "C.UTF-8",
        }
        return subprocess.run(  # noqa: S603 - our own scripts
            [self.checkout / "scripts" / script, *arguments],
            capture_output=True,
            encoding="utf-8",
            env=environment,
            check=False,
        )

    def _system(self):
        """The few tools that any machine has, and no kubectl that would be found there."""
        folder = self._bin.parent / "system"
        if not folder.exists():
            folder.mkdir()
            for tool in [
                "bash",
                "env",
                "awk",
                "sed",
                "sort",
                "head",
                "tail",
                "cut",
                "grep",
                "basename",
                "dirname",
                "uname",
                "base64",
                "cat",
                "true",
            ]:
                (folder / tool).symlink_to(shutil.which(tool))
        return folder

    def calls(self):
        path = self._bin / "calls.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def lines(self):
        return [" ".join([call["tool"], *call["argv"]]) for call in self.calls()]

    def forget(self):
        (self._bin / "calls.jsonl").unlink(missing_ok=True)

    def secret(self, name="event-gateway"):
        """What a pod would see."""
        return {key: base64.b64decode(value).decode() for key, value in self.state["secrets"][name]["data"].items()}


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def in_order(lines, *parts):
    """Whether a line with each part is there, each after the one before."""
    rest = iter(lines)
    return [part for part in parts if not any(part in line for line in rest)]


# Secrets


def test_the_secrets_of_the_file_are_made_in_the_cluster(machine):
    machine.with_namespace().write(ENV + "TICKETMASTER_API_KEY=tm-key\nGHCR_USERNAME=ann\nGHCR_TOKEN=ghp_1\n")
    done = machine.run("secrets.sh")
    assert (done.returncode, done.stderr) == (0, "")
    assert machine.secret() == {"GATEWAY_SECRET": SECRET, "DATABASE_URL": DATABASE, "TICKETMASTER_API_KEY": "tm-key"}
    assert machine.secret("grafana-admin") == {"admin-user": "admin", "admin-password": GRAFANA}
    assert machine.secret("postgres") == {"POSTGRES_PASSWORD": PASSWORD}
    document = json.loads(machine.secret("ghcr")[".dockerconfigjson"])
    assert document == {"auths": {"ghcr.io": {"username": "ann", "password": "ghp_1"}}}
    assert machine.state["secrets"]["ghcr"]["type"] == "kubernetes.io/dockerconfigjson"


def test_what_is_sent_is_a_secret_in_plain_text_for_the_namespace(machine):
    machine.with_namespace().run("secrets.sh")
    manifest = json.loads(next(call["given"] for call in machine.calls() if call["given"]))
    assert (manifest["apiVersion"], manifest["kind"], manifest["type"]) == ("v1", "Secret", "Opaque")
    assert manifest["metadata"]["name"] == manifest["metadata"]["namespace"] == "event-gateway"
    assert manifest["stringData"]["GATEWAY_SECRET"] == SECRET
    assert "data" not in manifest


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("plain", "plain"),
        ("a=b==c", "a=b==c"),
        ("  spaces around  ", "spaces around"),
        ("two words", "two words"),
        ("value # and a comment", "value"),
        ("value#and-no-comment", "value#and-no-comment"),
        ("'it is # quoted'", "it is # quoted"),
        ('"say \\"hi\\""', 'say "hi"'),
        ("'a\\b\\\\c'", "a\\b\\\\c"),
        ('"a\\\\b"', "a\\b"),
        ("$HOME`id`$(id)", "$HOME`id`$(id)"),
        ("'$HOME'", "$HOME"),
        ('"\\$HOME" # comment', "$HOME"),
        ("Zürich–東京\u2028🎷", "Zürich–東京\u2028🎷"),
        ("windows\r", "windows"),
        ("'windows'\r", "windows"),
        ("\\", "\\"),
        ("-n", "-n"),
        ("%s%n", "%s%n"),
    ],
)
def test_a_value_comes_to_the_cluster_byte_by_byte(machine, written, value):
    machine.with_namespace().write(f"# first\n\n{ENV}export SKIDDLE_API_KEY = {written}\n")
    done = machine.run("secrets.sh")
    assert done.stderr == ""
    assert machine.secret()["SKIDDLE_API_KEY"] == value


def test_no_value_is_in_an_argument_or_an_output(machine):
    values = [SECRET, PASSWORD, GRAFANA, "tm-$ecret", "ghp_token", "previous-secret-of-mine"]
    machine.with_namespace().write(
        ENV + "TICKETMASTER_API_KEY=tm-$ecret\nGHCR_USERNAME=ann\nGHCR_TOKEN=ghp_token\n"
        "GATEWAY_PREVIOUS_SECRETS=previous-secret-of-mine\n"
    )
    machine.set(pods={"old": "2020-01-01T00:00:00Z"})
    said = ""
    for arguments in (["--dry-run"], [], ["--restart"]):
        done = machine.run("secrets.sh", *arguments)
        said += done.stdout + done.stderr
    machine.set(fails={"kubectl replace": "invalid: {given}"})
    machine.write(machine.env.read_text().replace("tm-$ecret", "tm-$ecret-2"))
    failed = machine.run("secrets.sh")
    assert (failed.returncode, "***" in failed.stderr) == (1, True)
    said += failed.stdout + failed.stderr + "".join(machine.lines())
    assert [value for value in values if value in said] == []


def test_a_second_run_writes_nothing(machine):
    machine.with_namespace().run("secrets.sh")
    machine.forget()
    done = machine.run("secrets.sh")
    assert "secret/event-gateway: unchanged" in done.stdout
    assert [line for line in machine.lines() if " get " not in line] == []


def test_a_key_that_is_gone_from_the_file_goes_from_the_cluster(machine):
    machine.with_namespace().write(ENV + "SKIDDLE_API_KEY=sk\n")
    machine.run("secrets.sh")
    machine.write(ENV)
    assert "secret/event-gateway: changed" in machine.run("secrets.sh").stdout
    assert "SKIDDLE_API_KEY" not in machine.secret()


def test_no_file_is_left_that_holds_a_value(machine):
    before = set(machine.checkout.rglob("*"))
    machine.with_namespace().run("secrets.sh")
    left = {path for path in machine.checkout.rglob("*") if path.is_file()} - before
    assert [path for path in left if SECRET.encode() in path.read_bytes()] == []


def test_pods_that_run_with_older_secrets_are_told_of_or_restarted(machine):
    machine.with_namespace().set(pods={"old": "2020-01-01T00:00:00Z", "new": "2999-01-01T00:00:00Z"})
    done = machine.run("secrets.sh", "--context", "minikube")
    assert "1 of the gateway's pods run with older secrets" in done.stdout
    restart = "kubectl --context minikube --namespace event-gateway rollout restart deployment/event-gateway"
    assert restart in done.stdout
    assert restart not in machine.lines()
    assert "restarted" in machine.run("secrets.sh", "--context", "minikube", "--restart").stdout
    assert restart in machine.lines()


def test_pods_that_came_after_the_secrets_are_left_alone(machine):
    machine.with_namespace().set(pods={"new": "2999-01-01T00:00:00Z"})
    machine.run("secrets.sh", "--restart")
    assert not any("restart" in line for line in machine.lines())


def test_a_new_database_password_comes_with_a_word_on_the_running_database(machine):
    machine.with_namespace().run("secrets.sh")
    machine.write(ENV.replace(PASSWORD, "another-password"))
    assert "what runs keeps its old password" in machine.run("secrets.sh").stdout


def test_a_dry_run_shows_names_and_asks_no_cluster(machine):
    machine.write(ENV + "HOST=0.0.0.0\n")
    done = machine.run("secrets.sh", "--dry-run")
    assert "secret/event-gateway: would hold GATEWAY_SECRET, DATABASE_URL\n" in done.stdout
    assert "left out: HOST" in done.stdout
    assert machine.calls() == []


MOST = f"GRAFANA_PASSWORD={GRAFANA}\nGATEWAY_SECRET={SECRET}"
MISTAKES = {
    ENV.replace(GRAFANA, ""): "GRAFANA_PASSWORD: is missing",
    ENV + "ALERT_PAGE_URL=https://hooks.example.org/1": "ALERT_PAGE_URL and ALERT_TICKET_URL: one is of no use",
    ENV + "ALERT_PAGE_URL=https://a.example.org\nALERT_TICKET_URL=a channel": "ALERT_TICKET_URL: wants the address",
    f"GRAFANA_PASSWORD={GRAFANA}\nDATABASE_URL={DATABASE}\nPOSTGRES_PASSWORD={PASSWORD}": "GATEWAY_SECRET: is missing",
    ENV.replace(SECRET, "short"): "GATEWAY_SECRET: wants at least 16 characters",
    ENV.replace(SECRET, f'"{SECRET}\\n"'): "GATEWAY_SECRET: begins or ends with white space",
    ENV.replace(SECRET, f"'{SECRET} '"): "GATEWAY_SECRET: begins or ends with white space",
    ENV.replace(SECRET, f'"{SECRET[:20]}\\n{SECRET[20:]}"'): "GATEWAY_SECRET: holds a line break",
    ENV.replace(SECRET, "change-me-please-now"): "GATEWAY_SECRET: is still a placeholder",
    ENV + "SKIDDLE_API_KEY=<your key>": "SKIDDLE_API_KEY: is still a placeholder",
    ENV + "SKIDDLE_API_KEY=your-key-here": "SKIDDLE_API_KEY: is still a placeholder",
    ENV + "TICKETMASTER_APIKEY=abc": "TICKETMASTER_APIKEY: nothing reads it; did you mean TICKETMASTER_API_KEY?",
    ENV + "SONGKICK_API_KEY=abc": "SONGKICK_API_KEY: no provider knows it",
    ENV + "GATEWAY_PREVIOUS_SECRETS=short": "GATEWAY_PREVIOUS_SECRETS: each wants at least 16 characters",
    ENV + f"GATEWAY_PREVIOUS_SECRETS={SECRET}": "GATEWAY_PREVIOUS_SECRETS: holds the GATEWAY_SECRET that is in use",
    MOST: "DATABASE_URL: is missing",
    f"{MOST}\nDATABASE_URL=sqlite:///x": "DATABASE_URL: wants postgresql://",
    f"{MOST}\nDATABASE_URL=mysql://u:p@db/x": "DATABASE_URL: wants postgresql://",
    f"{MOST}\nDATABASE_URL=postgresql:///x": "DATABASE_URL: has no host",
    f"{MOST}\nDATABASE_URL=postgresql://u:a/b@postgres/x": "DATABASE_URL: has no host",
    f"{MOST}\nDATABASE_URL={DATABASE}": "POSTGRES_PASSWORD: is missing",
    f"{ENV.rpartition('POSTGRES')[0]}POSTGRES_PASSWORD=another": "DATABASE_URL: its password is not POSTGRES_PASSWORD",
    ENV + "GHCR_TOKEN=ghp_1": "GHCR_USERNAME and GHCR_TOKEN: one is of no use without the other",
    ENV + "just words": "line 5: is no NAME=value",
    ENV + "SKIDDLE_API_KEY='open": "line 5: SKIDDLE_API_KEY has a quote that is not closed",
    ENV.replace(SECRET, f"'{SECRET}"): "line 2: GATEWAY_SECRET has a quote that is not closed",
    ENV + "SKIDDLE_API_KEY='a' b": "line 5: SKIDDLE_API_KEY has a quote that is not closed, or something behind it",
    ENV + "GATEWAY_SECRET=again-and-again-and-again": "line 5: GATEWAY_SECRET stands twice",
}


@pytest.mark.parametrize(("text", "complaint"), MISTAKES.items(), ids=MISTAKES.values())
def test_a_mistake_in_the_file_is_one_line_and_nothing_is_made(machine, text, complaint):
    machine.with_namespace().write(text)
    done = machine.run("secrets.sh")
    assert (done.returncode, done.stdout) == (1, "")
    assert [line for line in done.stderr.splitlines() if f".env: {complaint}" in line] == done.stderr.splitlines()
    assert len(done.stderr.splitlines()) == 1
    assert machine.calls() == []


def test_all_mistakes_are_told_at_once(machine):
    machine.write("GATEWAY_SECRET=short\nDATABASE_URL=sqlite:///x\nSKIDDLE_API_KEY=...\nnonsense\n")
    assert len(machine.run("secrets.sh", "--dry-run").stderr.splitlines()) == 5


def test_the_key_of_a_plugin_is_taken_where_it_is_named(machine):
    machine.with_namespace().write(ENV + "SONGKICK_API_KEY=abc\n")
    assert machine.run("secrets.sh", "--also", "SONGKICK_API_KEY").returncode == 0
    assert machine.secret()["SONGKICK_API_KEY"] == "abc"


def test_a_password_with_odd_letters_is_compared_as_it_is_meant(machine):
    machine.with_namespace().write(
        f"{MOST}\nPOSTGRES_PASSWORD='p@s/s#1%'\nDATABASE_URL=postgresql://u:p%40s%2Fs%231%25@postgres/x\n"
    )
    assert machine.run("secrets.sh").returncode == 0


def test_a_database_elsewhere_needs_no_secret_of_its_own(machine):
    machine.with_namespace().write(f"{MOST}\nDATABASE_URL=postgres://u:p@db.example.org/x?sslmode=require\n")
    assert machine.run("secrets.sh").returncode == 0
    assert list(machine.state["secrets"]) == ["event-gateway", "grafana-admin"]


def test_without_a_file_it_says_how_to_make_one(machine):
    machine.env.unlink()
    done = machine.run("secrets.sh")
    assert (done.returncode, "cp .env.example .env" in done.stderr) == (1, True)


def test_without_the_namespace_or_kubectl_it_says_what_to_do(machine):
    assert "namespace event-gateway is not there" in machine.run("secrets.sh").stderr
    machine.remove("kubectl")
    assert "kubectl is not there: install it" in machine.run("secrets.sh").stderr


def test_a_cluster_that_is_not_there_is_one_line_without_what_kubectl_logs_on_the_way(machine):
    log = 'E1124 21:11:01.988737    1875 memcache.go:265] "Unhandled Error" err="connection refused"'
    machine.set(fails={"kubectl get": f"{log}\n{log}\nThe connection to the server localhost:8080 was refused"})
    said = machine.run("secrets.sh").stderr
    assert said == "kubectl get namespace event-gateway: The connection to the server localhost:8080 was refused\n"


def test_what_can_be_made_up_is_made_once(machine):
    machine.write("# mine\nGATEWAY_SECRET=\nSKIDDLE_API_KEY='$k'")
    assert (
        "made GATEWAY_SECRET, GRAFANA_PASSWORD, POSTGRES_PASSWORD, DATABASE_URL"
        in machine.run("secrets.sh", "--generate").stdout
    )
    made = machine.env.read_text()
    assert made.startswith("# mine\nGATEWAY_SECRET=")
    assert "SKIDDLE_API_KEY='$k'\n" in made
    assert stat.S_IMODE(machine.env.stat().st_mode) == 0o600
    assert machine.run("secrets.sh", "--generate").stdout == ".env: nothing was missing\n"
    assert machine.env.read_text() == made
    assert machine.run("secrets.sh", "--dry-run").returncode == 0


def test_a_password_that_is_there_goes_into_the_address_that_is_made(machine):
    machine.with_namespace().write("POSTGRES_PASSWORD='ü p@ss'\n")
    machine.run("secrets.sh", "--generate")
    assert machine.run("secrets.sh").returncode == 0
    assert machine.secret()["DATABASE_URL"] == "postgresql://gateway:%C3%BC%20p%40ss@postgres:5432/gateway"


def declared():
    """The variables of all secrets that our providers declare."""
    infos = [kind.provider_class.info for kind in discover() if kind.ours]
    return {each.variable(info.slug) for info in infos for each in info.settings if each.secret}


def test_every_secret_setting_of_every_provider_is_known(machine):
    machine.with_namespace().write(ENV + "".join(f"{name}=some-value\n" for name in declared()))
    assert machine.run("secrets.sh").returncode == 0
    assert {*machine.secret()} == {"GATEWAY_SECRET", "DATABASE_URL", *declared()}


def test_no_key_is_known_that_no_provider_reads_and_the_gateway_would_not_start_with(script):
    assert set(script("wanted_secrets").PROVIDER_KEYS) == declared()


def test_whoever_copies_an_example_finds_every_key_in_it():
    example = (ROOT / ".env.example").read_text()
    assert [name for name in declared() if f"\n{name}=\n" not in example] == []
    secret = next(yaml.safe_load_all((ROOT / "manifests/base/secret.example.yaml").read_text()))
    assert set(secret["stringData"]) == {"GATEWAY_SECRET", "GATEWAY_PREVIOUS_SECRETS", "DATABASE_URL", *declared()}


# The cluster


def test_from_nothing_to_a_running_gateway_in_order(machine):
    done = machine.run("minikube-up.sh")
    assert (done.returncode, done.stderr) == (0, "")
    missing = in_order(
        machine.lines(),
        "docker info",
        "minikube start --profile event-gateway --driver docker --cni calico",
        "rollout status daemonset/calico-node",
        "minikube addons enable ingress",
        "minikube addons enable metrics-server",
        "create namespace event-gateway",
        "label --overwrite namespace event-gateway pod-security.kubernetes.io/enforce=restricted",
        "create namespace monitoring",
        "create --namespace event-gateway --filename -",
        "create --namespace monitoring --filename -",
        "apply --server-side --force-conflicts -k argocd/install",
        "wait --for condition=Established",
        "rollout status deployment/argocd-repo-server",
        "apply --server-side --force-conflicts --field-manager minikube-up --filename -",
        "get applications",
    )
    assert missing == []
    assert machine.secret()["GATEWAY_SECRET"] == SECRET


def test_it_tells_how_it_goes_and_where_things_are(machine):
    said = machine.run("minikube-up.sh").stdout
    assert "\ngateway OutOfSync Progressing" in said
    assert "\ngateway Synced Healthy" in said
    for part in (
        "musicevents.local",
        "/etc/hosts",
        "Grafana",
        "Prometheus",
        "Alertmanager",
        "argocd-initial-admin-secret",
    ):
        assert part in said, part


def test_a_second_run_takes_nothing_away(machine):
    machine.run("minikube-up.sh")
    machine.forget()
    assert machine.run("minikube-up.sh").returncode == 0
    words = [word for call in machine.calls() for word in call["argv"]]
    assert [word for word in words if word in DESTRUCTIVE] == []
    assert not any("minikube start" in line or "create" in line for line in machine.lines())


def test_after_a_stop_it_starts_again_with_what_it_had(machine):
    machine.run("minikube-up.sh")
    assert "its data is kept" in machine.run("minikube-down.sh").stdout
    machine.forget()
    assert machine.run("minikube-up.sh").returncode == 0
    assert any("minikube start" in line for line in machine.lines())
    assert not any("create" in line for line in machine.lines())


def test_what_was_healthy_before_a_restart_is_not_taken_for_healthy(machine):
    machine.run("minikube-up.sh")
    machine.run("minikube-down.sh")
    said = machine.run("minikube-up.sh").stdout
    assert (
        in_order(said.splitlines(), "gateway Synced Healthy normal", "gateway OutOfSync", "gateway Synced Healthy")
        == []
    )


def test_every_command_names_its_cluster(machine):
    """Whatever kubectl points at just now, nothing is done to that."""
    machine.run("minikube-up.sh")
    kubectl = [line for line in machine.lines() if line.startswith("kubectl") and " version " not in line]
    local = [line for line in kubectl if "patch --local" not in line]
    assert [line for line in local if "--context event-gateway" not in line] == []
    minikube = [line for line in machine.lines() if line.startswith("minikube") and " version " not in line]
    assert [line for line in minikube if "--profile event-gateway" not in line] == []


@pytest.mark.parametrize("script", ["minikube-up.sh", "minikube-down.sh"])
def test_a_dry_run_only_prints(machine, script):
    extra = ["--local-image", "--revision", "abc"] if script == "minikube-up.sh" else ["--delete-data"]
    done = machine.run(script, "--dry-run", *extra)
    assert (done.returncode, done.stderr, machine.calls()) == (0, "", [])
    assert "+ minikube" in done.stdout


def test_what_a_dry_run_prints_is_what_is_run(machine):
    printed = [line[2:] for line in machine.run("minikube-up.sh", "--dry-run").stdout.splitlines() if line[:2] == "+ "]
    machine.run("minikube-up.sh")
    ran = {line for line in machine.lines() if " get " not in line}
    named = [line for line in printed if line.startswith(("minikube", "kubectl")) and "|" not in line]
    assert len(named) > 10
    assert [line for line in named if line not in ran] == []


@pytest.mark.parametrize("script", ["minikube-up.sh", "minikube-down.sh", "secrets.sh"])
def test_help_is_given_and_an_unknown_option_refused(machine, script):
    given = machine.run(script, "--help")
    assert (given.returncode, "--dry-run" in given.stdout, machine.calls()) == (0, True, [])
    refused = machine.run(script, "--nonsense")
    assert (refused.returncode > 0, "--nonsense" in refused.stderr, machine.calls()) == (True, True, [])


STEPS = [
    ("docker info", "docker is installed but does not answer"),
    ("minikube start", "a fresh start"),
    ("kubectl rollout status daemonset/calico-node", "made without Calico"),
    ("minikube addons enable ingress", "addons list"),
    ("kubectl create namespace", "`kubectl --context event-gateway create namespace event-gateway` failed"),
    ("kubectl label", "label --overwrite namespace event-gateway"),
    ("kubectl create --filename", "secrets.sh --context event-gateway` failed"),
    ("kubectl apply --server-side --force-conflicts -k", "-k argocd/install` failed"),
    ("kubectl wait", "condition=Established"),
    ("kubectl rollout status deployment/argocd-server", "--namespace argocd get pods"),
    ("kubectl patch --local", "was not taken"),
    ("kubectl apply --server-side --force-conflicts --field-manager", "was not taken"),
]


@pytest.mark.parametrize(("step", "hint"), STEPS, ids=[step for step, _ in STEPS])
def test_a_step_that_fails_ends_it_with_a_line_on_what_to_do(machine, step, hint):
    machine.set(fails={step: "no such luck"})
    done = machine.run("minikube-up.sh")
    last = done.stderr.splitlines()[-1]
    assert done.returncode != 0
    assert last.startswith("minikube-up.sh: ")
    assert hint in last


@pytest.mark.parametrize(("tool", "least"), [("minikube", "1.35"), ("kubectl", "1.30")])
def test_a_tool_that_is_missing_or_too_old_is_named_before_anything_is_done(machine, tool, least):
    machine.set(**{tool: "v1.9.9"})
    assert f"{tool} is 1.9.9, at least {least} is needed" in machine.run("minikube-up.sh").stderr
    machine.remove(tool)
    assert f"{tool} is not there: install it (https://" in machine.run("minikube-up.sh").stderr
    assert not machine.state["exists"]


def test_receivers_of_alerts_are_made_where_the_monitoring_looks_for_them(machine):
    machine.with_namespace().write(
        ENV + "ALERT_PAGE_URL=https://a.example.org\nALERT_TICKET_URL=https://b.example.org\n"
    )
    assert machine.run("secrets.sh").returncode == 0
    assert machine.secret("alertmanager-receivers") == {
        "page-url": "https://a.example.org",
        "ticket-url": "https://b.example.org",
    }
    assert machine.state["secrets"]["alertmanager-receivers"]["metadata"]["namespace"] == "monitoring"


def test_a_mistake_in_the_file_is_told_before_a_cluster_is_made(machine):
    machine.write("GATEWAY_SECRET=short\n")
    done = machine.run("minikube-up.sh")
    assert (done.returncode, machine.state["exists"]) == (1, False)
    assert ".env: GATEWAY_SECRET: wants at least 16 characters" in done.stderr


def test_what_does_not_become_healthy_is_told_of_with_its_reasons(machine):
    machine.set(healthy_after=1000)
    done = machine.run("minikube-up.sh", "--timeout", "20")
    assert done.returncode == 1
    assert "not all applications are Synced and Healthy after 20 s" in done.stderr
    assert "SyncError: gateway wants a kind that the cluster does not know" in done.stdout
    assert "Last words of event-gateway/event-gateway-1" in done.stdout
    assert "the last words of the pod" in done.stdout
    assert not any("logs server-1" in line for line in machine.lines())
    assert "Where things are" not in done.stdout


def test_no_application_at_all_is_not_healthy(machine):
    machine.set(fails={"kubectl get applications": "the server could not be reached"})
    assert machine.run("minikube-up.sh", "--timeout", "10").returncode == 1


def test_an_option_without_its_value_is_refused(machine):
    for arguments in (["--timeout"], ["--timeout", "soon"], ["--revision"]):
        done = machine.run("minikube-up.sh", *arguments)
        assert (done.returncode, "wants a" in done.stderr) == (1, True)


def test_an_image_of_the_checkout_is_loaded_under_a_tag_of_its_own(machine):
    machine.run("minikube-up.sh", "--local-image")
    image = "ghcr.io/event-gateway/event-gateway:local-0123456789ab"
    assert in_order(machine.lines(), "docker build", f"docker tag {image[:-13]} {image}", f"image load {image}") == []


def test_stopping_twice_is_no_mistake_and_keeps_everything(machine):
    machine.run("minikube-up.sh")
    assert [machine.run("minikube-down.sh").returncode for _ in range(2)] == [0, 0]
    assert sum("minikube stop" in line for line in machine.lines()) == 1
    assert (machine.state["exists"], machine.state["running"]) == (True, False)
    assert "event-gateway" in machine.state["secrets"]


def test_only_delete_data_removes_the_cluster(machine):
    machine.run("minikube-up.sh")
    assert [machine.run("minikube-down.sh", "--delete-data").returncode for _ in range(2)] == [0, 0]
    assert sum("minikube delete" in line for line in machine.lines()) == 1
    assert not machine.state["exists"]


def test_stopping_that_fails_says_so(machine):
    machine.run("minikube-up.sh")
    machine.set(fails={"minikube stop": "no such luck"})
    done = machine.run("minikube-down.sh")
    assert (done.returncode, "minikube logs" in done.stderr) == (1, True)


# What only the real kubectl can tell


def rendered(folder, root):
    """What Argo CD would make of the root application: its folder, with the patches that the application has."""
    patches = root["spec"]["source"].get("kustomize", {}).get("patches", [])
    return kustomized(folder, {"resources": [f"../{root['spec']['source']['path']}"], "patches": patches})


def kustomized(folder, kustomization):
    for name in ("argocd", "manifests"):
        if not (folder / name).exists():
            shutil.copytree(ROOT / name, folder / name)
    (folder / "it").mkdir(exist_ok=True)
    (folder / "it" / "kustomization.yaml").write_text(yaml.safe_dump(kustomization))
    done = subprocess.run(["kubectl", "kustomize", folder / "it"], capture_output=True, check=False, encoding="utf-8")  # noqa: S603, S607
    assert done.returncode == 0, done.stderr
    return {(each["kind"], each["metadata"]["name"]): each for each in yaml.safe_load_all(done.stdout)}


def pointed(*arguments):
    """The root application as minikube-up.sh applies it."""
    patch = [sys.executable, ROOT / "scripts/root_patch.py", *arguments]
    merge = subprocess.run(patch, capture_output=True, check=True, encoding="utf-8").stdout  # noqa: S603
    command = [
        "kubectl",
        "patch",
        "--local",
        "--filename",
        ROOT / "argocd/root.yaml",
        "--type",
        "merge",
        "--output",
        "yaml",
    ]
    done = subprocess.run([*command, "--patch", merge], capture_output=True, check=True, encoding="utf-8")  # noqa: S603
    return yaml.safe_load(done.stdout)


def test_nothing_given_leaves_the_root_as_git_has_it():
    assert pointed() == yaml.safe_load((ROOT / "argocd/root.yaml").read_text())


def test_all_that_the_root_brings_follows_it_to_another_repository_and_commit(tmp_path):
    root = pointed("--repo", "https://example.org/fork", "--revision", "abc123")
    found = rendered(tmp_path, root)
    place = {"repoURL": "https://example.org/fork", "targetRevision": "abc123"}
    sources = [
        root["spec"]["source"],
        found["Application", "root"]["spec"]["source"],
        found["Application", "gateway"]["spec"]["source"],
        next(each for each in found["Application", "monitoring"]["spec"]["sources"] if each.get("ref")),
    ]
    assert [{name: source[name] for name in place} for source in sources] == [place] * 4
    for project in (each for (kind, _), each in found.items() if kind == "AppProject"):
        assert place["repoURL"] in project["spec"]["sourceRepos"]
        assert not any("event-gateway/event-gateway" in repo for repo in project["spec"]["sourceRepos"])


def test_an_image_of_ones_own_is_run_by_every_pod_of_the_gateway_and_asked_of_no_registry(tmp_path):
    image = "ghcr.io/event-gateway/event-gateway:local-1"
    source = rendered(tmp_path, pointed("--image", image))["Application", "gateway"]["spec"]["source"]
    name, _, new = source["kustomize"]["images"][0].partition("=")
    assert new == image
    kustomization = {
        "resources": [f"../{source['path']}"],
        "images": [{"name": name, "newTag": new.rpartition(":")[2]}],
        "patches": source["kustomize"]["patches"],
    }
    found = kustomized(tmp_path, kustomization).values()
    containers = [
        container
        for each in found
        if each["kind"] in {"Deployment", "Job", "StatefulSet"}
        for container in each["spec"]["template"]["spec"]["containers"]
    ]
    ours = [(each["image"], each["imagePullPolicy"]) for each in containers if name in each["image"]]
    assert ours == [(image, "IfNotPresent")] * 3
