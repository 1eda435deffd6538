"""The manifests and Argo CD's part, held against each other; and mistakes planted in them, each told by its check."""

import re
import shutil
from pathlib import Path

import pytest
import yaml
from checks import CHECKS, complaints
from defects import DEFECTS
from objects import OVERLAYS, ROOT, render, title

IDS = [defect.name for defect in DEFECTS]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_nothing_is_wrong_with_what_is_delivered(overlay, deliveries):
    assert complaints(deliveries[overlay]) == {}


@pytest.mark.parametrize("defect", DEFECTS, ids=IDS)
def test_a_planted_defect_is_told_by_its_check_and_by_no_other(defect, deliveries):
    delivery = deliveries[defect.overlay].copy()
    defect.plant(delivery)
    assert list(complaints(delivery)) == [defect.caught_by]


def test_every_check_has_a_defect_that_it_catches():
    assert set(CHECKS) == {defect.caught_by for defect in DEFECTS}


def test_the_projects_allow_no_kind_that_nobody_renders(deliveries):
    rendered = {
        (each["apiVersion"].rpartition("/")[0], each["kind"])
        for delivery in deliveries.values()
        for each in delivery.objects
    }
    allowed = deliveries["prod"].get("AppProject", "event-gateway")["spec"]["namespaceResourceWhitelist"]
    assert {(entry["group"], entry["kind"]) for entry in allowed} == rendered


def test_every_component_is_in_an_overlay():
    used = {
        Path(component).name
        for overlay in OVERLAYS
        for component in yaml.safe_load(kustomization(ROOT / "manifests/overlays" / overlay)).get("components", [])
    }
    assert used == {path.name for path in (ROOT / "manifests/components").iterdir()}


def kustomization(folder: Path) -> str:
    return (folder / "kustomization.yaml").read_text()


def test_a_changed_setting_is_another_name_and_so_a_rollout(tmp_path):
    shutil.copytree(ROOT / "manifests", tmp_path / "manifests")
    overlay = tmp_path / "manifests" / "overlays" / "prod"
    names = []
    for _ in range(2):
        deployment = next(each for each in render(overlay) if title(each) == "Deployment/event-gateway")
        names.append(deployment["spec"]["template"]["spec"]["containers"][0]["envFrom"][0]["configMapRef"]["name"])
        settings = tmp_path / "manifests" / "base" / "gateway.env"
        settings.write_text(settings.read_text() + "GATEWAY_REGISTRATION=closed\n")
    assert names[0] != names[1]


def test_a_release_is_seen_by_all_three_that_run_the_image(tmp_path, script):
    shutil.copytree(ROOT / "manifests", tmp_path / "manifests")
    overlay = tmp_path / "manifests" / "overlays" / "prod"
    tag, digest = "1" * 40, f"sha256:{'2' * 64}"
    assert script("set_image").main([str(overlay / "kustomization.yaml"), "--tag", tag, "--digest", digest]) == 0
    rendered = yaml.safe_dump_all(render(overlay))
    assert rendered.count(f"ghcr.io/event-gateway/event-gateway:{tag}@{digest}") == 3


@pytest.mark.parametrize("where", ["local", "prod"])
def test_one_changed_address_is_another_repository_for_everything(where, tmp_path):
    shutil.copytree(ROOT / "argocd", tmp_path / "argocd", symlinks=True)
    root = tmp_path / "argocd" / "apps" / "root.yaml"
    ours, theirs = "https://github.com/event-gateway/event-gateway", "https://git.example.org/our/config.git"
    assert root.read_text().count(ours) == 1
    before = yaml.safe_dump_all(render(tmp_path / "argocd" / where))
    root.write_text(root.read_text().replace(ours, theirs).replace("targetRevision: main", "targetRevision: stable"))
    after = yaml.safe_dump_all(render(tmp_path / "argocd" / where))
    assert ours not in after
    assert after == before.replace(ours, theirs).replace("targetRevision: main", "targetRevision: stable")
    assert after.count(theirs) == 5


def test_the_root_application_is_where_the_script_looks_for_it():
    root = yaml.safe_load((ROOT / "argocd" / "root.yaml").read_text())
    assert (root["metadata"]["name"], root["spec"]["source"]["path"]) == ("root", "argocd/local")


@pytest.mark.parametrize("where", ["local", "prod"])
def test_the_root_application_brings_itself_as_it_is(where, deliveries):
    delivery = next(each for name, each in deliveries.items() if OVERLAYS[name] == where)
    assert delivery.get("Application", "root")["spec"]["source"]["path"] == f"argocd/{where}"
    assert delivery.application()["spec"]["source"]["path"] == f"manifests/overlays/{where}"


def test_argo_cd_is_one_release_and_its_waves_wait():
    install = yaml.safe_load(kustomization(ROOT / "argocd" / "install"))
    remote = [each for each in install["resources"] if each.startswith("https://")]
    assert len(remote) == 1
    assert re.search(r"/argoproj/argo-cd/v\d+\.\d+\.\d+/manifests/install\.yaml$", remote[0])
    settings = yaml.safe_load((ROOT / "argocd" / "install" / "argocd-cm.yaml").read_text())
    assert "resource.customizations.health.argoproj.io_Application" in settings["data"]


def test_the_example_of_secrets_has_no_value_and_no_key_that_nobody_reads(deliveries):
    delivery = deliveries["prod"]
    read = delivery.settings | {"POSTGRES_PASSWORD", ".dockerconfigjson"}
    assert set().union(*delivery.secrets.values()) <= read
    for each in yaml.safe_load_all((ROOT / "manifests" / "base" / "secret.example.yaml").read_text()):
        assert set(each["stringData"].values()) == {""}


def test_productions_monitoring_brings_the_secrets_that_its_values_look_for(deliveries):
    sources = {name: deliveries[name].get("Application", "monitoring")["spec"]["sources"] for name in ("local", "prod")}
    assert [source.get("path") for source in sources["local"]] == [None, None]  # there scripts/secrets.sh makes them
    values = yaml.safe_load((ROOT / "argocd/monitoring/values.yaml").read_text())
    made = {each["metadata"]["name"]: each for each in render(ROOT / sources["prod"][1]["path"])}
    admin = values["grafana"]["admin"]
    receivers = values["alertmanager"]["config"]["receivers"]
    files = {Path(one["api_url_file"]).name for each in receivers for one in each.get("slack_configs", [])}
    assert _given(made.pop(admin["existingSecret"])) == {admin["userKey"], admin["passwordKey"]}
    assert _given(made.pop("alertmanager-receivers")) == files
    assert made == {}


def _given(external_secret):
    assert external_secret["metadata"]["namespace"] == "monitoring"
    return {entry["secretKey"] for entry in external_secret["spec"]["data"]}
