"""Defaults as they would stand in the file, for schemas, tables and docs."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema


class AsWritten(GenerateJsonSchema):
    """Shows defaults as they would stand in the file: a duration as 5s, not as 5000 (which would be seconds)."""

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """The field's schema with its default as written."""
        made = super().default_schema(schema)
        writer = _writer(dict(schema["schema"]))
        if writer.get("type") == "function-plain" and schema.get("default") is not None:
            made["default"] = writer["function"](schema["default"])
        return made


def _writer(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """How a value is written; validators that came after it stand around what says so."""
    while "serialization" not in schema and "schema" in schema:
        schema = schema["schema"]
    found: Mapping[str, Any] = schema.get("serialization") or {}
    return found


def as_yaml(value: object) -> str:
    """A default in one line, as YAML writes it; "none" when there is none."""
    match value:
        case None:
            return "none"
        case bool():
            return str(value).lower()
        case dict():
            return f"{{{', '.join(f'{key}: {as_yaml(each)}' for key, each in value.items())}}}" if value else "none"
        case list():
            return f"[{', '.join(map(as_yaml, value))}]"
        case _:
            return str(value) or '""'


def properties(model: type[BaseModel]) -> dict[str, dict[str, object]]:
    """The JSON Schema of every setting, by its key."""
    found: dict[str, dict[str, object]] = model.model_json_schema(schema_generator=AsWritten).get("properties", {})
    return found
