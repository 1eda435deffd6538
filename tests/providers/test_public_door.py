import importlib
import inspect
import pkgutil
import re
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import providers
import providers.sdk


def test_all_is_sorted_and_every_name_is_there():
    assert providers.__all__ == sorted(providers.__all__)
    assert [name for name in providers.__all__ if not hasattr(providers, name)] == []


def test_all_names_what_the_door_imports_and_nothing_else():
    source = Path(providers.__file__).read_text()
    imported = set()
    for names in re.findall(r"^from providers\.sdk\.\w+ import (?:\(([^)]*)\)|(.*))$", source, re.MULTILINE):
        imported |= {name.strip() for name in "".join(names).replace("\n", "").split(",") if name.strip()}
    assert set(providers.__all__) == imported


def test_every_class_that_a_signature_behind_the_door_names_is_at_the_door():
    modules = [
        importlib.import_module(f"providers.sdk.{each.name}") for each in pkgutil.iter_modules(providers.sdk.__path__)
    ]
    model = importlib.import_module("providers.sdk.model")
    errors = importlib.import_module("providers.sdk.errors")
    assert modules
    for module in (model, errors):
        own = {
            name
            for name, value in vars(module).items()
            if inspect.isclass(value) and value.__module__ == module.__name__ and not name.startswith("_")
        }
        assert own <= set(providers.__all__)


@pytest.mark.parametrize("name", providers.__all__)
def test_every_public_name_says_what_it_is(name):
    thing = getattr(providers, name)
    if inspect.isclass(thing) or inspect.isroutine(thing):
        assert inspect.getdoc(thing)


@pytest.mark.parametrize("package", ["gateway", "providers", "schema", "server"])
def test_our_packages_are_ours_alone(package):
    # `schema` and `providers` are distributions on PyPI, too: installed beside us, they would shadow ours.
    owners = packages_distributions().get(package, ["event-gateway"])
    assert set(owners) == {"event-gateway"}
