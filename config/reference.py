"""The settings page of the docs, made from the models themselves: `python -m config.reference > docs/settings.md`."""

import sys
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from config.load import SECTIONS
from config.models import FollowingSettings, TopSettings
from config.registry import KINDS, Registry, registry
from config.request import RequestModel
from config.written import AsWritten, as_yaml

HEAD = """# Settings

Made from the code by `python -m config.reference > docs/settings.md`; `tandem plugins` and `tandem schema` show the
same for what is installed. Durations are written 60s, 5m, 2h, 1d; a bare number is seconds.
"""
_WHERE = {
    "exchanges": "accounts.NAME",
    "strategies": "strategies.NAME",
    "notifiers": "notifiers[]",
    "frontends": "frontends[]",
    "stores": "store",
    "painters": "painter",
}


def reference(found: Registry) -> str:
    """The page, with every adapter in *found*."""
    parts = [
        HEAD,
        _part("Top level", TopSettings),
        _part("accounts.NAME, whatever the adapter", FollowingSettings),
    ]
    for kind in KINDS:
        for name in found.names(kind):
            adapter = found.find(kind, name)
            if kind in _WHERE and adapter is not None:
                parts.append(_part(f"{_WHERE[kind]} with `use: {name}`", adapter.settings))
    parts += [_part(name, model) for name, model in SECTIONS.items()]
    parts.append(_part("A request", RequestModel))
    return "\n".join(parts)


def rows(model: type[BaseModel]) -> Iterator[tuple[str, str, str]]:
    """(key, default, description) of every setting, those inside others by their path."""
    schema = model.model_json_schema(schema_generator=AsWritten)
    yield from _rows(schema, schema.get("$defs", {}), "")


def _rows(schema: dict[str, Any], definitions: dict[str, Any], path: str) -> Iterator[tuple[str, str, str]]:
    for key, each in schema.get("properties", {}).items():
        inside = [definitions[name] for name, suffix in _inside(each) if not suffix]
        default = "as below" if any("properties" in held for held in inside) else as_yaml(each.get("default"))
        required = key in schema.get("required", ())
        yield f"{path}{key}", "required" if required else default, each.get("description", "")
        for inner, suffix in _inside(each):
            yield from _rows(definitions[inner], definitions, f"{path}{key}{suffix}.")


def _inside(each: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The models that a setting holds, with how its path goes on to them."""
    for choice in (each, *each.get("anyOf", ()), *each.get("allOf", ())):
        values = choice.get("additionalProperties")
        for held, suffix in ((choice, ""), (choice.get("items"), "[]"), (values, ".NAME")):
            name = _model(held)
            if name is not None:
                yield name, suffix
            for option in held.get("anyOf", ()) if isinstance(held, dict) and suffix else ():
                name = _model(option)
                if name is not None:
                    yield name, suffix


def _model(held: object) -> str | None:
    reference = held.get("$ref") if isinstance(held, dict) else None
    return str(reference).rpartition("/")[2] if reference is not None else None


def _part(title: str, model: type[BaseModel]) -> str:
    lines = [f"| `{key}` | {default} | {text} |" for key, default, text in rows(model)]
    if not lines:
        return f"## {title}\n\nNothing to set.\n"
    return "\n".join([f"## {title}\n", "| key | default | what it is |", "|---|---|---|", *lines, ""])


if __name__ == "__main__":
    sys.stdout.write(reference(registry(third_party=False)))
