"""The configuration as JSON Schema, for editors: our own keys, and every adapter's by its `use:`."""

from pydantic import BaseModel, PydanticUserError

from config.load import SECTIONS
from config.models import FollowingSettings, TopSettings
from config.registry import Registry
from config.written import AsWritten

DRAFT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, object]


def schema(registry: Registry) -> Schema:
    """One self-contained schema of a configuration file."""
    definitions: dict[str, object] = {}
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
            "minProperties": 1,
            "additionalProperties": _any_of(registry, "strategies", definitions),
        },
        "notifiers": {
            "type": "array",
            "description": "Who is told: every one gets every alert.",
            "items": _any_of(registry, "notifiers", definitions),
        },
        "frontends": {
            "type": "array",
            "description": "How people see and steer it, beside the command line.",
            "items": _any_of(registry, "frontends", definitions),
        },
        "store": _any_of(registry, "stores", definitions),
        "painter": _any_of(registry, "painters", definitions),
    }
    for name, model in SECTIONS.items():
        properties[name] = _model(model, name, definitions)
    properties.update(_properties(_model(TopSettings, "top", definitions)))
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
    """What may stand where `use:` chooses among the adapters of a kind; *shared* are keys that all of them have."""
    common = {} if shared is None else _properties(_model(shared, "shared", definitions))
    choices = []
    for name in registry.names(kind):
        adapter = registry.find(kind, name)
        if adapter is not None:
            choice = _model(adapter.settings, f"{kind}.{name}", definitions)
            properties = {**common, **_properties(choice), "use": {"const": name}}
            choices.append({**choice, "properties": properties, "required": [*_required(choice), "use"]})
    return {"anyOf": choices}


def _properties(made: Schema) -> dict[str, object]:
    found = made.get("properties")
    return dict(found) if isinstance(found, dict) else {}


def _required(made: Schema) -> list[str]:
    found = made.get("required")
    return [key for key in found if key != "use"] if isinstance(found, list) else []


def _model(model: type[BaseModel], owner: str, definitions: dict[str, object]) -> Schema:
    """The schema of one model. What it refers to goes under its *owner*'s name: two plugins may use the same words."""
    try:
        made = model.model_json_schema(ref_template=f"#/$defs/{owner}.{{model}}", schema_generator=AsWritten)
    except PydanticUserError:
        # A plugin may check its settings by what no schema can say: `tandem check` knows better than an editor.
        return {"type": "object", "title": model.__name__}
    definitions.update({f"{owner}.{name}": each for name, each in made.pop("$defs", {}).items()})
    return made
