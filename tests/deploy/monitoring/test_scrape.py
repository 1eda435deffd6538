"""A real Prometheus scrapes a real gateway: every recording rule has a value, and every panel something to show."""

import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import yaml

pytestmark = pytest.mark.prometheus

# How many days are asked for, one after the other, before the rules must have something to say.
DAYS = 60
PROVIDERS = {"broken", "sample", "ticketmaster"}
QUERY = """query Page($from: DateTime!, $to: DateTime!) {
  events(first: 5, filter: { date: { from: $from, to: $to } }) { nodes { name } isPartial } }"""
MISTAKE = "{ nothing }"

# Others export these: the kubelet and kube-state-metrics. Alerts are shown once one fires, and none does here.
NOT_HERE = ("container_", "kube_", "ALERTS")


class Prometheus:
    """Asks a Prometheus."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def ask(self, expression: str) -> list[dict]:
        answer = self._client.get("/query", params={"query": expression}).raise_for_status().json()
        return answer["data"]["result"]

    def rules(self) -> list[dict]:
        groups = self._client.get("/rules").raise_for_status().json()["data"]["groups"]
        return [rule for group in groups for rule in group["rules"]]


@pytest.fixture(scope="module")
def prometheus(gateway, plain_rules, free_port, started, tmp_path_factory):
    """With our rules, which it computes every second, since nobody waits half an hour here."""
    folder = tmp_path_factory.mktemp("prometheus")
    groups = [{**group, "interval": "1s"} for group in yaml.safe_load(plain_rules)["groups"]]
    (folder / "rules.yaml").write_text(yaml.safe_dump({"groups": groups}))
    configuration = {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s"},
        "rule_files": ["rules.yaml"],
        "scrape_configs": [
            {
                "job_name": "event-gateway",
                "static_configs": [{"targets": [httpx.URL(gateway.metrics).netloc.decode()]}],
            }
        ],
    }
    (folder / "prometheus.yaml").write_text(yaml.safe_dump(configuration))
    address = f"http://127.0.0.1:{free_port()}"
    command = [
        "prometheus",
        f"--config.file={folder / 'prometheus.yaml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={address.removeprefix('http://')}",
    ]
    with started(*command, ready=f"{address}/-/ready"), httpx.Client(base_url=f"{address}/api/v1") as client:
        yield Prometheus(client)


def _ask(gateway, day):
    """Of each day, so that providers are called; twice, so that the cache is; and once what nobody can answer."""
    begin = datetime.now(UTC) + timedelta(days=day)
    variables = {"from": begin.isoformat(), "to": (begin + timedelta(days=1)).isoformat()}
    for _ in range(2):
        assert gateway.ask(QUERY, **variables)["data"]["events"]["isPartial"]
    assert "errors" in gateway.ask(MISTAKE)


def _recorded(prometheus, rule):
    """The values of a recording rule, by provider where it has one. NaN is none: it is not equal to itself."""
    labels = ",".join(f'{name}="{value}"' for name, value in rule.get("labels", {}).items())
    series = f"{rule['record']}{{{labels}}}"
    found = prometheus.ask(f"{series} == {series}")
    return {each["metric"].get("provider"): float(each["value"][1]) for each in found}


@pytest.fixture(scope="module")
def told(prometheus, gateway, rules):
    """What the recording rules give, once people have asked for a while."""
    recording = {(rule["record"], *rule.get("labels", {}).values()): rule for rule in rules if "record" in rule}
    missing = list(recording)
    for day in range(DAYS):
        _ask(gateway, day)
        values = {key: _recorded(prometheus, rule) for key, rule in recording.items()}
        missing = [key for key, found in values.items() if found.keys() not in ({None}, PROVIDERS)]
        if not missing:
            return values
        time.sleep(0.5)
    return pytest.fail(f"no value, or not of every provider: {missing}")


def test_every_recording_rule_gives_a_value(told):
    assert told["gateway:provider_errors:ratio_rate5m",] == {"broken": 1, "sample": 0, "ticketmaster": 0}
    # Neither a client's mistake nor a provider that fails is an error of ours.
    assert told["gateway:slo_errors:ratio_rate5m", "availability"] == {None: 0}
    assert told["gateway:slo_budget_left:ratio30d", "availability"] == {None: 1}


@pytest.mark.usefixtures("told")
def test_prometheus_can_compute_every_rule(prometheus):
    rules = prometheus.rules()
    assert {rule["health"] for rule in rules} == {"ok"}, [rule for rule in rules if rule["health"] != "ok"]


@pytest.mark.usefixtures("told")
def test_no_alert_fires_over_a_gateway_that_is_well_but_for_one_provider(prometheus):
    assert prometheus.ask('ALERTS{alertstate="firing"}') == []


@pytest.mark.usefixtures("told")
def test_every_panel_has_something_to_show(prometheus, queries):
    answers = {query: prometheus.ask(query.expression) for query in queries}
    print("\n| panel | query | result |\n|---|---|---|")  # noqa: T201 - for whoever wants to see it (pytest -rP)
    for query, answer in answers.items():
        print(f"| {query.panel} | `{query.expression}` | {_in_short(query, answer)} |")  # noqa: T201
    silent = {query.expression for query, answer in answers.items() if not answer}
    assert silent == {query.expression for query in queries if any(name in query.expression for name in NOT_HERE)}


def _in_short(query, answer):
    shown = [f"{_legend(query, each['metric'])} {float(each['value'][1]):.4g}" for each in answer]
    return "; ".join(shown) or "nothing here"


def _legend(query, labels):
    legend = query.shown_as
    for name, value in labels.items():
        legend = legend.replace(f"{{{{{name}}}}}", value)
    return (
        legend if labels.get("provider") is None or "provider" in query.shown_as else f"{legend} {labels['provider']}"
    )
