"""The JSON Schema for editors: complete, self-contained, and as lenient as the program is."""

import json
from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict

from config.load import KEYS
from config.registry import Offer, Registry, registry
from config.schema import schema
from ports.hooks import Adapter

pytestmark = pytest.mark.unit


def one() -> type[BaseModel]:
    """Settings with a part called Mode."""

    class Mode(BaseModel):
        fast: bool

    class OneSettings(BaseModel):
        model_config = ConfigDict(extra="forbid")
        mode: Mode

    return OneSettings


def other() -> type[BaseModel]:
    """Settings of somebody else, with another part called Mode."""

    class Mode(BaseModel):
        level: Literal[1, 2]

    class OtherSettings(BaseModel):
        mode: Mode

    return OtherSettings


class Uncommon(BaseModel):
    """Settings that no schema can describe."""

    check: Callable[[str], str]


def with_notifiers(**models: type[BaseModel]) -> Registry:
    """The built-in adapters and some notifiers with these settings."""
    found = registry(third_party=False)
    for name, model in models.items():
        found.offers["notifiers", name] = Offer("notifiers", Adapter(name, model, dict), "tests")
    return found


def references(part: object) -> Iterator[str]:
    """Every $ref in a schema."""
    if isinstance(part, dict):
        yield from (value for key, value in part.items() if key == "$ref")
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def choice(made: dict[str, object], name: str) -> dict[str, object]:
    """What the schema says of the notifier *name*."""
    (found,) = (
        each
        for each in made["properties"]["notifiers"]["items"]["anyOf"]  # type: ignore[index]
        if each["properties"]["use"] == {"const": name}
    )
    return dict(found)


def test_every_key_of_a_configuration_is_there() -> None:
    """Editors know what `load` knows, and every reference leads inside."""
    made = schema(registry(third_party=False))
    definitions, properties = made["$defs"], made["properties"]

    assert isinstance(definitions, dict)
    assert isinstance(properties, dict)
    assert set(properties) == set(KEYS)
    assert {each.removeprefix("#/$defs/") for each in references(made)} == set(definitions)
    assert json.loads(json.dumps(made)) == made


def test_two_adapters_may_use_the_same_word_for_different_things() -> None:
    """One plugin's part does not replace another's of the same name."""
    made = schema(with_notifiers(one=one(), other=other()))
    definitions = made["$defs"]

    assert isinstance(definitions, dict)
    assert "fast" in definitions["notifiers.one.Mode"]["properties"]
    assert "level" in definitions["notifiers.other.Mode"]["properties"]


def test_an_adapter_decides_itself_whether_it_takes_other_keys() -> None:
    """Only a model that forbids them is closed in the schema too; `use` is needed by both, once."""
    made = schema(with_notifiers(one=one(), other=other()))

    assert choice(made, "one")["additionalProperties"] is False
    assert "additionalProperties" not in choice(made, "other")
    assert choice(made, "one")["required"] == ["mode", "use"]


def test_settings_that_no_schema_can_say_cost_only_their_own_help() -> None:
    """A plugin with a check of its own leaves the other adapters described."""
    made = schema(with_notifiers(uncommon=Uncommon))

    assert choice(made, "uncommon")["properties"] == {"use": {"const": "uncommon"}}
    assert "path" in choice(made, "file")["properties"]  # type: ignore[operator]
