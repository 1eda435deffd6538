"""Whom Alertmanager tells of what, and what it keeps to itself because something else says it already."""

import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import yaml

pytestmark = pytest.mark.prometheus


@pytest.fixture(scope="session")
def configuration(values):
    return values["alertmanager"]["config"]


@pytest.fixture
def file(configuration, tmp_path):
    path = tmp_path / "alertmanager.yaml"
    path.write_text(yaml.safe_dump(configuration))
    return path


def test_amtool_finds_nothing_to_say_against_the_configuration(file, run):
    assert "SUCCESS" in run("amtool", "check-config", file)


ROUTES = {
    "page": [
        "alertname=GatewayAbsent severity=critical component=gateway service=event-gateway",
        "alertname=AvailabilityBudgetBurn severity=critical component=gateway service=event-gateway",
        "alertname=NoFreshData severity=critical component=provider service=event-gateway",
        "alertname=DatabaseUnreachable severity=critical component=database service=event-gateway",
        "alertname=KubePersistentVolumeFillingUp severity=critical namespace=monitoring",
    ],
    "ticket": [
        "alertname=AvailabilityBudgetBurn severity=warning component=gateway service=event-gateway",
        "alertname=ProviderDown severity=warning component=provider service=event-gateway provider=skiddle",
        "alertname=SharedCacheUnreachable severity=warning component=cache service=event-gateway",
        "alertname=KubeJobFailed severity=warning namespace=event-gateway",
        "alertname=SomethingOfSomebodyElse",
    ],
    "null": [
        "alertname=Watchdog severity=none",
        "alertname=InfoInhibitor severity=none",
        "alertname=CPUThrottlingHigh severity=info namespace=event-gateway",
    ],
}


@pytest.mark.parametrize(
    ("labels", "receiver"), [(labels, receiver) for receiver, each in ROUTES.items() for labels in each]
)
def test_an_alert_goes_to(labels, receiver, file, run):
    command = ["amtool", "config", "routes", "test", f"--config.file={file}", f"--verify.receivers={receiver}"]
    assert run(*command, *labels.split()).split() == [receiver]


def test_every_alert_of_ours_pages_if_it_is_critical_and_is_a_ticket_otherwise(alerts, file, run):
    receivers = {"critical": "page", "warning": "ticket"}
    for rule in alerts:
        labels = [f"{name}={value}" for name, value in {"alertname": rule["alert"], **rule["labels"]}.items()]
        told = run("amtool", "config", "routes", "test", f"--config.file={file}", *labels).split()
        assert told == [receivers[rule["labels"]["severity"]]], rule["alert"]


def test_addresses_of_receivers_come_from_files_that_a_secret_brings(configuration, values):
    (mount,) = values["alertmanager"]["alertmanagerSpec"]["volumeMounts"]
    for receiver in configuration["receivers"]:
        for integration in receiver.get("slack_configs", []):
            assert integration["api_url_file"] == f"{mount['mountPath']}/{receiver['name']}-url"
    assert "https://" not in yaml.safe_dump(configuration)


def _alert(name, severity="warning", **labels):
    return {"alertname": name, "severity": severity, "service": "event-gateway", "namespace": "live", **labels}


ABSENT = {"alertname": "GatewayAbsent", "severity": "critical", "service": "event-gateway", "component": "gateway"}
FAST = _alert("AvailabilityBudgetBurn", "critical", slo="availability")
SLOW = _alert("AvailabilityBudgetBurn", slo="availability")
OTHER_SLOW = _alert("LatencyBudgetBurn", slo="latency")
DOWN = _alert("ProviderDown", provider="skiddle")
ERRORS = _alert("ProviderErrors", provider="skiddle")
OTHER_ERRORS = _alert("ProviderErrors", provider="seatgeek")
QUARANTINED = _alert("ProviderQuarantined", provider="skiddle")
NO_DATA = _alert("NoFreshData", "critical")
ELSEWHERE = {**DOWN, "namespace": "staging"}
DATABASE = _alert("DatabaseUnreachable", "critical")
LOOP = _alert("CrashLoop", "critical", pod="a")
NOT_READY = _alert("ReplicaNotReady", pod="a")
OTHER_NOT_READY = _alert("ReplicaNotReady", pod="b")
STRANGER = {"alertname": "KubeJobFailed", "severity": "warning", "namespace": "live"}
INFO = {"alertname": "CPUThrottlingHigh", "severity": "info", "namespace": "live"}
INFO_INHIBITOR = {"alertname": "InfoInhibitor", "severity": "none", "namespace": "live"}

INHIBITION = {
    "a fast burn says what the slow one says, and nothing of another objective": ([FAST, SLOW, OTHER_SLOW], [SLOW]),
    "with no gateway there is nothing to say of the gateway": (
        [ABSENT, FAST, DOWN, DATABASE, ELSEWHERE, STRANGER],
        [FAST, DOWN, DATABASE, ELSEWHERE],
    ),
    "all providers at once are one alert": (
        [NO_DATA, DOWN, ERRORS, OTHER_ERRORS, ELSEWHERE],
        [DOWN, ERRORS, OTHER_ERRORS],
    ),
    "a provider that is down has errors": ([DOWN, ERRORS, OTHER_ERRORS], [ERRORS]),
    "a provider in quarantine is down": ([QUARANTINED, DOWN, ERRORS, OTHER_ERRORS], [DOWN, ERRORS]),
    "a replica that keeps restarting is not ready": ([LOOP, NOT_READY, OTHER_NOT_READY], [NOT_READY]),
    "what burns without a database has another cause": ([DATABASE, FAST, OTHER_SLOW, STRANGER], []),
    "what is for information only is not told beside InfoInhibitor": ([INFO_INHIBITOR, INFO, SLOW], [INFO]),
}


@pytest.fixture
def alertmanager(configuration, free_port, started, tmp_path):
    """A real one, with our routes and inhibition; what it is told goes nowhere."""
    quiet = {**configuration, "receivers": [{"name": each["name"]} for each in configuration["receivers"]]}
    (tmp_path / "alertmanager.yaml").write_text(yaml.safe_dump(quiet))
    address = f"http://127.0.0.1:{free_port()}"
    command = [
        "prometheus-alertmanager",
        f"--config.file={tmp_path / 'alertmanager.yaml'}",
        f"--storage.path={tmp_path / 'data'}",
        f"--web.listen-address={address.removeprefix('http://')}",
        "--cluster.listen-address=",
    ]
    with started(*command, ready=f"{address}/-/ready"), httpx.Client(base_url=f"{address}/api/v2") as client:
        yield client


MARKS = [{**DOWN, "namespace": "marks"}, {**ERRORS, "namespace": "marks"}]


def _by_labels(alerts):
    return sorted(alerts, key=lambda labels: sorted(labels.items()))


def _suppressed(client):
    """What is told to nobody, once Alertmanager has thought of all: it takes alerts in order, and the marks came last."""
    for _ in range(100):
        alerts = client.get("/alerts").json()
        suppressed = [alert["labels"] for alert in alerts if alert["status"]["state"] == "suppressed"]
        if MARKS[1] in suppressed:
            return [labels for labels in suppressed if labels not in MARKS]
        time.sleep(0.1)
    return pytest.fail("Alertmanager never came to the last alert")


def _end(client, alerts):
    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    client.post("/alerts", json=[{"labels": labels, "endsAt": past} for labels in alerts]).raise_for_status()


def test_what_something_else_says_already_is_told_to_nobody(alertmanager):
    for why, (firing, suppressed) in INHIBITION.items():
        alertmanager.post("/alerts", json=[{"labels": labels} for labels in firing + MARKS]).raise_for_status()
        assert _by_labels(_suppressed(alertmanager)) == _by_labels(suppressed), why
        _end(alertmanager, firing + MARKS)
