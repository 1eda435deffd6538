"""The rules are right, every alert fires when it should and only then, and each has a page to read."""

import re
from pathlib import Path

import pytest
import yaml

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
CASES = sorted((HERE / "alerts").glob("*.yaml"))
RUNBOOKS = "https://github.com/event-gateway/event-gateway/blob/main/docs/runbooks.md#"


def test_the_plain_rules_are_what_the_manifest_says(plain_rules):
    manifest = yaml.safe_load((ROOT / "manifests/components/monitoring/prometheusrule.yaml").read_text())
    assert yaml.safe_load(plain_rules) == manifest["spec"]


def _told_in_short(plain_rules):
    """Without what is the same text at all times, so that the cases need not repeat it."""
    spec = yaml.safe_load(plain_rules)
    for rule in (rule for group in spec["groups"] for rule in group["rules"] if "alert" in rule):
        rule["annotations"] = {"summary": rule["annotations"]["summary"]}
    return spec


@pytest.mark.prometheus
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_alerts_fire_when_they_should_and_only_then(case, plain_rules, run, tmp_path):
    spec = _told_in_short(plain_rules)
    # Left to itself, promtool computes groups in any order, and alerts see figures of a moment ago, or not.
    order = [group["name"] for group in spec["groups"]]
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(spec))
    head = yaml.safe_dump({"rule_files": ["rules.yaml"], "group_eval_order": order})
    (tmp_path / case.name).write_text(head + case.read_text())
    run("promtool", "test", "rules", case.name, folder=tmp_path)


def test_no_alert_is_without_a_case_in_which_it_fires_and_one_in_which_it_does_not(alerts):
    fires, silent = set(), set()
    severities = {(rule["alert"], rule["labels"]["severity"]) for rule in alerts}
    for case in CASES:
        for test in yaml.safe_load(case.read_text())["tests"]:
            for looked_at in test["alert_rule_test"]:
                name = looked_at["alertname"]
                firing = {(name, alert["exp_labels"]["severity"]) for alert in looked_at["exp_alerts"]}
                fires |= firing
                silent |= {each for each in severities if each[0] == name} - firing
    assert fires == severities
    assert silent == severities


def test_every_alert_says_how_bad_it_is_whose_it_is_and_where_to_read_on(alerts):
    for rule in alerts:
        assert rule["labels"].keys() == {"severity", "component", "service"}, rule["alert"]
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert rule["annotations"].keys() == {"summary", "description", "runbook_url"}
        assert rule["annotations"]["runbook_url"] == RUNBOOKS + rule["alert"].lower()
        # The cases do not read descriptions, so that nothing in them may depend on the moment.
        assert "{{" not in rule["annotations"]["description"]


def test_every_alert_has_its_section_in_the_runbooks_and_every_section_its_alert(alerts):
    sections = re.findall(r"^## (\w+)$", (ROOT / "docs" / "runbooks.md").read_text(), re.MULTILINE)
    assert sorted(sections) == sorted({rule["alert"] for rule in alerts})


def test_every_section_says_what_people_notice_where_to_look_and_what_to_do():
    _, *sections = re.split(r"^## ", (ROOT / "docs" / "runbooks.md").read_text(), flags=re.MULTILINE)
    for section in sections:
        assert re.findall(r"^\*\*(\w+)\.\*\*", section, re.MULTILINE) == ["Means", "Notice", "Look", "Do"], section
