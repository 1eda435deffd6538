"""What the schemas of an object's kind have against it: Kubernetes' own, and the Prometheus operator's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from cloudcoil.models.prometheus_operator import v1 as operator
from kubernetes_validate import SchemaNotFoundError, ValidationError, validate
from objects import Object
from pydantic import ValidationError as ModelError

# What runs on the oldest cluster that we deploy to knows every field.
KUBERNETES = "1.32"


def schema_of(thing: Object) -> str | None:
    """What is wrong, where the kind has a schema here and something is."""
    return _schema_of(json.dumps(thing, sort_keys=True))


@cache  # each look reads all of Kubernetes' definitions
def _schema_of(text: str) -> str | None:
    thing = json.loads(text)
    if thing["apiVersion"] == "monitoring.coreos.com/v1":
        return _model_of(thing)
    try:
        validate(thing, KUBERNETES, strict=True)
    except ValidationError as error:
        return f"{'.'.join(map(str, error.path))}: {error.message}"
    except SchemaNotFoundError:
        return None
    return None


def _model_of(thing: Object) -> str | None:
    """As the model reads it; it passes over what it does not know, so that is looked for afterwards."""
    try:
        read = getattr(operator, thing["kind"]).model_validate(thing)
    except ModelError as error:
        return f"{'.'.join(map(str, error.errors()[0]['loc']))}: {error.errors()[0]['msg']}"
    kept = read.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return next((f"there is no field {path}" for path in _lost(thing, kept)), None)


def _lost(given: Any, kept: Any, path: str = "") -> Iterator[str]:
    if isinstance(given, dict) and isinstance(kept, dict):
        for key, value in given.items():
            if key not in kept:
                yield f"{path}.{key}".lstrip(".")
            else:
                yield from _lost(value, kept[key], f"{path}.{key}")
    elif isinstance(given, list) and isinstance(kept, list):
        for number, (one, other) in enumerate(zip(given, kept, strict=True)):
            yield from _lost(one, other, f"{path}.{number}")
