"""What a delivery is made of, rendered once; and the scripts, as modules."""

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
# checks.py, objects.py and defects.py beside this file are read by tests and by `make defects` alike; scripts read each other.
sys.path[:0] = [str(Path(__file__).parent), str(ROOT / "scripts")]


@cache
def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def script():
    """Gives a script of scripts/ as a module, by its name."""
    return lambda name: _module(ROOT / "scripts" / f"{name}.py")


@pytest.fixture(scope="session")
def deliveries():
    """Every overlay with what deploys it, by name; to be copied before it is spoiled."""
    from delivery import read_deliveries

    return read_deliveries()
