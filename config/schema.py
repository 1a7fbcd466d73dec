"""The configuration as JSON Schema, for editors: our own keys, and every adapter's by its `use:`."""

from pydantic import BaseModel

from config.load import SECTIONS
from config.models import FollowingSettings, TopSettings
from config.registry import Registry
from config.written import AsWritten

DRAFT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, object]


def schema(registry: Registry) -> Schema:
    """One self-contained schema of a configuration file."""
    definitions: dict[str, object] = {}
    top = _model(TopSettings, definitions)
    properties: dict[str, object] = {
        "accounts": {
            "type": "object",
            "description": "Accounts by name; at least one leads.",
            "minProperties": 1,
            "additionalProperties": _any_of(registry, "exchanges", definitions, FollowingSettings),
        },
        "strategies": {
            "type": "object",
            "description": "Strategies by the name that requests use.",
            "additionalProperties": _any_of(registry, "strategies", definitions),
        },
        "notifiers": {"type": "array", "items": _any_of(registry, "notifiers", definitions)},
        "store": _any_of(registry, "stores", definitions),
    }
    for name, model in SECTIONS.items():
        properties[name] = _model(model, definitions)
    own = top.get("properties")
    if isinstance(own, dict):
        properties.update(own)
    return {
        "$schema": DRAFT,
        "title": "Tandem configuration",
        "type": "object",
        "required": ["accounts"],
        "properties": properties,
        "additionalProperties": False,
        "$defs": definitions,
    }


def _any_of(
    registry: Registry, kind: str, definitions: dict[str, object], shared: type[BaseModel] | None = None
) -> Schema:
    choices = []
    for name in registry.names(kind):
        adapter = registry.find(kind, name)
        if adapter is None:
            continue
        choice = _model(adapter.settings, definitions)
        properties = dict(choice.get("properties") or {})  # type: ignore[call-overload]
        if shared is not None:
            properties = {**dict(_model(shared, definitions).get("properties") or {}), **properties}  # type: ignore[call-overload]
        properties["use"] = {"const": name}
        required = [*(choice.get("required") or []), "use"]  # type: ignore[misc]
        choices.append({**choice, "properties": properties, "required": required, "additionalProperties": False})
    return {"anyOf": choices}


def _model(model: type[BaseModel], definitions: dict[str, object]) -> Schema:
    made = model.model_json_schema(ref_template="#/$defs/{model}", schema_generator=AsWritten)
    definitions.update(made.pop("$defs", {}))
    return made
