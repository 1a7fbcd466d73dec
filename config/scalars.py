"""Texts as the types that a model declares, more strictly than pydantic: nothing is read that nobody meant.

Booleans are true and false only (not yes, on, 1); numbers are plain digits only (not 1_000, 010, 1e999999999, ٣).
What a field's own validator reads, durations for example, is left to it.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, GetCoreSchemaHandler, PlainValidator, WrapValidator
from pydantic_core import core_schema

from config.nodes import Document, Plain, Where
from config.saying import shown, unknown
from ports.secret import Secret

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,29})(\.[0-9]{1,30})?")
_READ_THEMSELVES = (BeforeValidator, PlainValidator, WrapValidator)


@dataclass(frozen=True, slots=True)
class Short:
    """Says that a model may be written as one text, the value of *key*: 59000 for {price: 59000}."""

    key: str

    def expanded(self, value: Any) -> Any:
        """*value* as keys and values."""
        return {self.key: value} if isinstance(value, str) else value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(self.expanded, handler(source))


@dataclass(frozen=True, slots=True)
class _Declared:
    """What a value may be: a type, and what is annotated to it."""

    kind: Any
    marks: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class _Reader:
    """How one type is read from text."""

    pattern: re.Pattern[str]
    read: Callable[[str], object]
    name: str


_READERS: dict[Any, _Reader] = {
    bool: _Reader(re.compile("true|false"), "true".__eq__, "true or false"),
    int: _Reader(_WHOLE, int, "a whole number in plain digits"),
    Decimal: _Reader(_NUMBER, Decimal, "a number in plain digits"),
    float: _Reader(_NUMBER, str, "a number in plain digits"),
}


def fitted(document: Document, value: Plain, where: Where, model: type[BaseModel], also: Iterable[str] = ()) -> Any:
    """*value* with its texts as *model* declares them; what doesn't fit stays as it is, and is complained about.

    *also* are keys that may stand at the same place and belong to another model.
    """
    return _mapping(document, value, where, model, tuple(also)) if isinstance(value, dict) else value


def _mapping(
    document: Document, value: dict[str, Plain], where: Where, model: type[BaseModel], also: tuple[str, ...] = ()
) -> dict[str, Any]:
    fields = {name: _Declared(info.annotation, tuple(info.metadata)) for name, info in model.model_fields.items()}
    untouched = _read_by_the_model(model)
    found: dict[str, Any] = {}
    for key, each in value.items():
        inside = (*where, key)
        if key not in fields and model.model_config.get("extra") == "forbid":
            if any(member.kind is Secret for declared in fields.values() for member in _members(declared)):
                document.conceal(inside)
            document.complain(inside, unknown("key", key, [*fields, *also]))
        ours = key in fields and key not in untouched
        found[key] = _value(document, each, inside, fields[key]) if ours else each
    return found


def _read_by_the_model(model: type[BaseModel]) -> set[str]:
    validators = model.__pydantic_decorators__.field_validators.values()
    return {name for each in validators if each.info.mode != "after" for name in each.info.fields}


def _members(declared: _Declared) -> list[_Declared]:
    """The members of a union, each with what is annotated to it."""
    origin = get_origin(declared.kind)
    if origin is Annotated:
        inner, *marks = get_args(declared.kind)
        return _members(_Declared(inner, (*marks, *declared.marks)))
    if origin in (Union, UnionType):
        return [each for kind in get_args(declared.kind) for each in _members(_Declared(kind, declared.marks))]
    return [declared]


def _value(document: Document, value: Plain, where: Where, declared: _Declared) -> Any:
    members = _members(declared)
    for mark in (mark for each in members for mark in each.marks if isinstance(mark, Short)):
        value = mark.expanded(value)
    if any(isinstance(mark, _READ_THEMSELVES) for each in members for mark in each.marks):
        return value
    if isinstance(value, str | list | dict) and any(each.kind is Secret for each in members):
        document.conceal(where)
        document.complain(where, "must be named here, not written out: !env NAME or !file PATH")
        return value
    match value:
        case str():
            return _text(document, value, where, members)
        case dict():
            return _keyed(document, value, where, members)
        case list():
            return _listed(document, value, where, members)
        case _:
            return value


def _keyed(document: Document, value: dict[str, Plain], where: Where, members: Sequence[_Declared]) -> Any:
    for each in members:
        if isinstance(each.kind, type) and issubclass(each.kind, BaseModel):
            return _mapping(document, value, where, each.kind)
        if get_origin(each.kind) is dict:
            inner = _Declared(get_args(each.kind)[1])
            return {key: _value(document, item, (*where, key), inner) for key, item in value.items()}
    return value


def _listed(document: Document, value: list[Plain], where: Where, members: Sequence[_Declared]) -> Any:
    for each in members:
        if get_origin(each.kind) in (list, tuple, set, frozenset):
            inner = _Declared(get_args(each.kind)[0])
            return [_value(document, item, (*where, number), inner) for number, item in enumerate(value)]
    return value


def _text(document: Document, value: str, where: Where, members: Sequence[_Declared]) -> Any:
    expected: list[str] = []
    for each in members:
        reader = _READERS.get(each.kind)
        if reader is not None:
            if reader.pattern.fullmatch(value):
                return reader.read(value)
            expected.append(reader.name)
        elif get_origin(each.kind) is Literal:
            expected += [repr(name) for name in get_args(each.kind)]
            if value in get_args(each.kind):
                return value
        elif each.kind is not NoneType:
            return value
    if any(each.kind in _READERS for each in members):
        document.complain(where, f"must be {' or '.join(expected)}, not {shown(value)}")
    return value
