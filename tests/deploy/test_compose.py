"""compose.yaml and .env.example: pinned, restricted, and speaking of what there is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from server.settings import read_settings

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
SETTINGS = (ROOT / "server" / "settings.py").read_text()
OURS = ("gateway", "migrate")


def filled_in(value: str) -> str:
    """As compose does where nothing is set."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)


def test_it_is_what_the_compose_specification_allows() -> None:
    command = [Path(sys.executable).with_name("check-jsonschema"), "--builtin-schema", "vendor.compose-spec"]
    subprocess.run([*command, ROOT / "compose.yaml"], check=True)  # noqa: S603 - a command of our own


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_may_do_no_more_than_it_must(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    assert "healthcheck" in service or name == "gateway"  # whose image brings one


@pytest.mark.parametrize("name", [name for name in SERVICES if name not in OURS])
def test_every_image_of_others_is_pinned_by_tag_and_digest(name: str) -> None:
    assert re.fullmatch(r"[a-z/]+:[\w.-]+@sha256:[0-9a-f]{64}", SERVICES[name]["image"])


@pytest.mark.parametrize("name", ["postgres", "valkey"])
def test_what_a_cluster_runs_too_is_the_same_there(name: str) -> None:
    manifests = [path.read_text() for path in (ROOT / "manifests" / "components" / name).glob("*.yaml")]
    assert any(f"image: {SERVICES[name]['image']}\n" in text for text in manifests)


@pytest.mark.parametrize("name", OURS)
def test_the_gateways_settings_are_settings(name: str) -> None:
    environment = {key: filled_in(value) for key, value in SERVICES[name]["environment"].items()}
    assert [key for key in environment if not re.search(rf"\b{key}\b", SETTINGS)] == []
    settings = read_settings(environment)
    assert settings.database_url.startswith("postgresql://gateway:")
    assert settings.secrets()


def test_every_file_that_is_mounted_is_there() -> None:
    mounted = [volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", ())]
    assert [each for each in mounted if each.startswith("./") and not (ROOT / each).exists()] == []
    assert {each for each in mounted if not each.startswith("./")} == COMPOSE["volumes"].keys()


def test_what_waits_waits_for_a_service_that_can_be_waited_for() -> None:
    for service in SERVICES.values():
        for name, wait in service.get("depends_on", {}).items():
            other = SERVICES[name]
            ends = wait["condition"] == "service_completed_successfully"
            assert (other["restart"] == "no") if ends else ("test" in other["healthcheck"])


def test_the_database_asks_for_the_password_that_the_gateway_gives() -> None:
    given = SERVICES["gateway"]["environment"]["DATABASE_URL"]
    assert f":{SERVICES['postgres']['environment']['POSTGRES_PASSWORD']}@" in given


def test_the_example_of_secrets_holds_none_and_git_ignores_the_real_one() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    assert [line for line in lines if line and not re.fullmatch(r"#.*|[A-Z_]+=", line)] == []
    assert ".env" in (ROOT / ".gitignore").read_text().splitlines()
