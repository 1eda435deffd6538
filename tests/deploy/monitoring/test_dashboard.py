"""The dashboard can be read, asks what Prometheus understands, and draws its lines where the alerts are."""

import itertools
import json
import re
import time
from pathlib import Path

import httpx
import pytest
import yaml

COMPONENT = Path(__file__).parents[3] / "manifests" / "components" / "monitoring"
COLUMNS = 24

# What others export: Prometheus itself, the kubelet and kube-state-metrics.
ELSEWHERE = {
    "ALERTS",
    "container_cpu_usage_seconds_total",
    "container_memory_working_set_bytes",
    "kube_pod_container_status_restarts_total",
    "up",
}


@pytest.fixture
def panels(dashboard):
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def test_the_file_is_as_a_tool_would_write_it_so_that_changes_are_seen_in_a_diff(dashboard):
    text = (COMPONENT / "dashboards" / "event-gateway.json").read_text()
    assert text == json.dumps(dashboard, indent=2, ensure_ascii=False) + "\n"


def test_grafana_takes_it_up_by_its_label_under_a_name_that_stays(values):
    (generated,) = yaml.safe_load((COMPONENT / "kustomization.yaml").read_text())["configMapGenerator"]
    sidecar = values["grafana"]["sidecar"]["dashboards"]
    assert generated["options"]["labels"] == {sidecar["label"]: sidecar["labelValue"]}
    assert generated["options"]["disableNameSuffixHash"]
    assert sidecar["searchNamespace"] == "ALL"


def test_every_panel_says_what_it_shows_and_in_what_unit(panels):
    for panel in panels:
        assert panel["description"].endswith("."), panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]
    titles = [panel["title"] for panel in panels]
    assert len(titles) == len(set(titles))


def test_panels_lie_beside_each_other_and_are_wide_enough_to_read(dashboard):
    places = [panel["gridPos"] for panel in dashboard["panels"]]
    assert all(place["x"] + place["w"] <= COLUMNS and place["w"] >= 4 for place in places)
    cells = [
        (x, y)
        for place in places
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    identities = [panel["id"] for panel in dashboard["panels"]]
    assert len(identities) == len(set(identities))


def test_whoever_looks_chooses_the_prometheus_and_the_namespace(dashboard, panels):
    chosen = {"type": "prometheus", "uid": "${datasource}"}
    annotations = dashboard["annotations"]["list"]
    targets = list(itertools.chain.from_iterable(panel["targets"] for panel in panels))
    assert all(each["datasource"] == chosen for each in [*panels, *targets, *annotations])
    assert [variable["name"] for variable in dashboard["templating"]["list"]] == ["datasource", "namespace"]
    for target in targets:
        selectors = re.findall(r"\{[^}]*\}", target["expr"])
        assert selectors
        assert all('namespace=~"$namespace"' in selector for selector in selectors), target["expr"]


LINES = {
    "Availability": (0.999, "AvailabilityBudgetBurn", "0.001"),
    "Latency, p95": (3, "LatencyBudgetBurn", 'le="3.0"'),
    "Latency of queries": (3, "LatencyBudgetBurn", 'le="3.0"'),
    "Budget burn over an hour": (14.4, "AvailabilityBudgetBurn", "14.4"),
    "Overhead beside upstream, p95": (0.5, "HighOverhead", "> 0.5"),
    "Calls failing, by provider": (0.2, "ProviderErrors", "> 0.2"),
    "Restarts within half an hour": (3, "CrashLoop", ">= 3"),
}


@pytest.mark.parametrize("title", LINES)
def test_a_line_is_where_its_alert_is(title, panels, alerts):
    line, name, compared = LINES[title]
    (panel,) = (panel for panel in panels if panel["title"] == title)
    assert panel["fieldConfig"]["defaults"]["thresholds"]["steps"][-1]["value"] == line
    assert any(compared in rule["expr"] for rule in alerts if rule["alert"] == name)


@pytest.mark.prometheus
def test_promtool_understands_every_query(queries, run, tmp_path):
    rules = [{"record": f"query_{number}", "expr": query.expression} for number, query in enumerate(queries)]
    (tmp_path / "queries.yaml").write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}))
    assert f"{len(queries)} rules found" in run("promtool", "check", "rules", tmp_path / "queries.yaml")


def _names(expression):
    """The metrics that an expression names: ours by their beginning, others by the selector behind them."""
    return {*re.findall(r"\bgateway[_:][\w:]+", expression), *re.findall(r"\b([A-Za-z_:][\w:]*)\s*(?=\{)", expression)}


SOME = "{ events(first: 5) { nodes { name } isPartial } }"


def _exported(gateway):
    return set(re.findall(r"^(\w+)[{ ]", httpx.get(gateway.metrics).text, re.MULTILINE))


def test_every_metric_that_is_named_is_one_that_a_running_gateway_has(gateway, queries, rules):
    assert gateway.ask(SOME)["data"]["events"]["isPartial"]
    recorded = {rule["record"] for rule in rules if "record" in rule}
    expressions = [query.expression for query in queries] + [rule["expr"] for rule in rules]
    named = set().union(*map(_names, expressions))
    assert recorded | ELSEWHERE <= named
    # What stands still (quotas, connections) is looked at every few seconds only.
    for _ in range(100):
        if not (missing := named - recorded - ELSEWHERE - _exported(gateway)):
            return
        time.sleep(0.2)
    pytest.fail(f"nobody exports {', '.join(sorted(missing))}")
