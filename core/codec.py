"""Exact text for frozen values: dataclasses to plain JSON-able data and back, by their type hints alone.

Decimal becomes its text, an enum its value, a tuple a list, a named tuple a list of its fields, a mapping an object.
A member of a union of dataclasses carries its class name under ``is``, which can't be a field's name. Everything is
written, defaults too: what is stored must not change its meaning when a default does.

Reading is strict about what is needed (a missing field without a default, a value of the wrong type, a name that no
class has) and tolerant of what is not known (fields that a newer version added). It never makes a float.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

Write = Callable[[Any], Any]
Read = Callable[[Any], Any]

TAG = "is"
"""Where a union's member says which class it is: a keyword, so no field is called that."""


class Unreadable(ValueError):
    """Data that is not what it should be: *why*, and the *place* inside it (``.orders[3].price``)."""

    def __init__(self, why: str, place: str = "") -> None:
        """Keep both apart, so that each room outwards can put its own place before."""
        self.why = why
        self.place = place
        super().__init__(f"{place}: {why}" if place else why)


class Codec(NamedTuple):
    """How one type is written and read. *write* None: the value is plain already. *read* raises Unreadable."""

    write: Write | None
    read: Read


def codec(hint: Any) -> Codec:
    """The codec of a type hint, made once. Raises TypeError for a type that has no exact text."""
    return _codec(hint)


@cache
def _codec(hint: Any) -> Codec:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _union(arguments)
    if origin is tuple:
        return _tuple(arguments)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(arguments)
    if is_dataclass(hint):
        return _dataclass(hint)
    if hint in _PLAIN:
        return Codec(None, _expect(hint))
    if hint is Decimal:
        return Codec(str, _decimal)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return Codec(attrgetter("_value_"), _enum(hint))
    if isinstance(hint, type) and issubclass(hint, tuple) and hasattr(hint, "_fields"):
        return _named_tuple(hint)
    raise TypeError(f"{hint} has no exact text form")


_PLAIN = (str, int, bool, NoneType)


def _expect(kind: type) -> Read:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise Unreadable(f"expected {kind.__name__}, found {value!r}")
        return value

    return read


def _decimal(value: Any) -> Decimal:
    if type(value) is not str:
        raise Unreadable(f"expected a number as text, found {value!r}")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise Unreadable(f"{value!r} is not a number") from None
    if not number.is_finite():
        raise Unreadable(f"{value!r} is not a finite number")
    return number


def _enum(kind: type[Enum]) -> Read:
    members = {member.value: member for member in kind}

    def read(value: Any) -> Enum:
        member = members.get(value) if isinstance(value, str | int) else None
        if member is None:
            raise Unreadable(f"{value!r} is no {kind.__name__}")
        return member

    return read


def _union(arguments: tuple[Any, ...]) -> Codec:
    members = tuple(one for one in arguments if one is not NoneType)
    inner = codec(members[0]) if len(members) == 1 else _tagged(members)
    return inner if len(members) == len(arguments) else _optional(inner)


def _optional(inner: Codec) -> Codec:
    write, read = inner

    def write_some(value: Any) -> Any:
        return None if value is None else write(value)  # type: ignore[misc]  # only used when there is a writer

    def read_some(value: Any) -> Any:
        return None if value is None else read(value)

    return Codec(None if write is None else write_some, read_some)


def _tagged(members: tuple[Any, ...]) -> Codec:
    if not all(is_dataclass(member) for member in members):
        raise TypeError(f"a union of {members} can't be told apart: only dataclasses carry their name")
    writers = {member: codec(member).write for member in members}
    readers = {member.__name__: codec(member).read for member in members}

    def write(value: Any) -> Any:
        data = writers[type(value)](value)  # type: ignore[misc]  # a dataclass always has a writer
        data[TAG] = type(value).__name__
        return data

    def read(data: Any) -> Any:
        return readers[tag(data, readers)](data)

    return Codec(write, read)


def tag(data: Any, known: Mapping[str, object]) -> str:
    """The class name that *data* carries; raises Unreadable when it carries none, or none of the *known*."""
    name = data.get(TAG) if isinstance(data, dict) else None
    if not isinstance(name, str) or name not in known:
        raise Unreadable(f"{name!r} is none of {', '.join(sorted(known))}")
    return name


def _tuple(arguments: tuple[Any, ...]) -> Codec:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return _many(codec(arguments[0]))
    return _row(tuple(codec(one) for one in arguments), tuple)


def _many(inner: Codec) -> Codec:
    write, read = inner

    def write_all(values: Any) -> Any:
        return list(values) if write is None else [write(value) for value in values]

    def read_all(data: Any) -> Any:
        return tuple([at(f"[{number}]", read, value) for number, value in enumerate(_list(data))])

    return Codec(write_all, read_all)


def _named_tuple(kind: Any) -> Codec:
    hints = get_type_hints(kind)
    return _row(tuple(codec(hints[name]) for name in kind._fields), kind._make)


def _row(parts: tuple[Codec, ...], build: Callable[[Any], Any]) -> Codec:
    """A fixed row of values. Plain ones need no work at all, which is the usual case (a slot)."""
    writers = tuple(part.write for part in parts)
    plain = not any(writers)

    def write(values: Any) -> Any:
        if plain:
            return list(values)
        return [value if one is None else one(value) for one, value in zip(writers, values, strict=True)]

    def read(data: Any) -> Any:
        if len(_list(data)) != len(parts):
            raise Unreadable(f"expected {len(parts)} values, found {len(data)}")
        return build([part.read(value) for part, value in zip(parts, data, strict=True)])

    return Codec(write, read)


def _list(data: Any) -> list[Any]:
    if not isinstance(data, list):
        raise Unreadable(f"expected a list, found {data!r}")
    return data


def _mapping(arguments: tuple[Any, ...]) -> Codec:
    key, inner = codec(arguments[0]), codec(arguments[1])

    def write(values: Any) -> Any:
        return {_written(key, name): _written(inner, value) for name, value in values.items()}

    def read(data: Any) -> Any:
        return {key.read(name): at(f".{name}", inner.read, value) for name, value in _object(data).items()}

    return Codec(write, read)


def _written(inner: Codec, value: Any) -> Any:
    return value if inner.write is None else inner.write(value)


def _object(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise Unreadable(f"expected an object, found {data!r}")
    return data


def _dataclass(kind: Any) -> Codec:
    hints = get_type_hints(kind)
    # What a constructor finds by itself from the rest isn't written: it is found again.
    parts = [(one, codec(hints[one.name])) for one in fields(kind) if one.init]
    writers = tuple((one.name, part.write) for one, part in parts)
    readers = tuple((one.name, part.read, _required(one)) for one, part in parts)

    def write(value: Any) -> Any:
        return {name: getattr(value, name) if one is None else one(getattr(value, name)) for name, one in writers}

    def read(data: Any) -> Any:
        found = _object(data)
        values: dict[str, Any] = {}
        name = ""
        try:  # once for all fields, and the place is only put into words when one fails: a start reads every line
            for name, one, required in readers:
                if name in found:
                    values[name] = one(found[name])
                elif required:
                    raise Unreadable("needed, but missing")
        except ValueError as error:
            raise _placed(f".{name}", error) from None
        return kind(**values)

    return Codec(write, read)


def _required(one: Any) -> bool:
    return one.default is MISSING and one.default_factory is MISSING


def at(place: str, read: Read, value: Any) -> Any:
    """Read, telling where when it fails."""
    try:
        return read(value)
    except ValueError as error:
        raise _placed(place, error) from None


def _placed(place: str, error: ValueError) -> Unreadable:
    """What failed, and where; a constructor's own ValueError (a plan that can't be) counts too."""
    if isinstance(error, Unreadable):
        return Unreadable(error.why, place + error.place)
    return Unreadable(str(error), place)
