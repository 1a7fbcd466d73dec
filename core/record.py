"""What survives a crash, as plain data: plans, facts, alerts and reports, written exactly and read back equal.

Each is one object of text, whole numbers, booleans, lists and objects (`core.codec`), with its class name under ``is``
and the version of this form under ``as``. Reading tolerates fields that it does not know and insists on those it needs.
"""

from collections.abc import Iterable
from heapq import merge
from operator import attrgetter
from typing import Any, TypeVar, get_args

from core.alerts import Alert
from core.codec import TAG, Unreadable, at, codec, tag
from core.facts import Fact, Filled, Funding
from core.plan import Plan
from core.report import TradeReport

FORM = "as"
"""Where an object says in which version of this form it was written: a keyword, so no field is called that."""

VERSION = 1
"""Grows only when an old object can no longer be read as it stands; a field with a default needs no new version."""

KINDS: dict[str, type] = {one.__name__: one for one in (Plan, *get_args(Fact), Alert, TradeReport)}
"""Everything that can be remembered, by the name it is stored under."""

_Kind = TypeVar("_Kind")


def encode(value: Plan | Fact | Alert | TradeReport) -> dict[str, Any]:
    """The value as plain JSON-able data; `decode` of it is equal to it, digit by digit."""
    name = type(value).__name__
    write = codec(type(value)).write if KINDS.get(name) is type(value) else None
    if write is None:
        raise TypeError(f"{name} is not something that is remembered")
    data: dict[str, Any] = write(value)
    data[TAG] = name
    data[FORM] = VERSION
    return data


def decode(kind: type[_Kind], data: object) -> _Kind:
    """The value of class *kind* that *data* holds. Raises Unreadable saying where it is not one."""
    value = _decode(data)
    if not isinstance(value, kind):
        raise Unreadable(f"expected {kind.__name__}, found {type(value).__name__}")
    return value


def decode_what(data: object) -> Plan | Fact:
    """The plan or fact that *data* holds (a journal's line). Raises Unreadable saying where it is none."""
    value: Plan | Fact | Alert | TradeReport = _decode(data)
    if isinstance(value, Alert | TradeReport):
        raise Unreadable(f"expected a plan or a fact, found {type(value).__name__}")
    return value


def _decode(data: object) -> Any:
    name = tag(data, KINDS)
    version = data.get(FORM) if isinstance(data, dict) else None
    if type(version) is not int or version > VERSION:
        raise Unreadable(f"{name} was written in form {version!r}, and this version reads up to {VERSION}")
    return at(name, codec(KINDS[name]).read, data)


def in_venue_order(executions: Iterable[Filled | Funding]) -> tuple[Filled | Funding, ...]:
    """Executions as the venue made them: per symbol by sequence, funding (which has none) between them by time."""
    by_symbol: dict[str, tuple[list[Filled], list[Funding]]] = {}
    for one in executions:
        fills, payments = by_symbol.setdefault(one.slot.symbol, ([], []))
        if isinstance(one, Filled):
            fills.append(one)
        else:
            payments.append(one)
    ordered: list[Filled | Funding] = []
    for _, (fills, payments) in sorted(by_symbol.items()):
        # merge keeps each side's own order even where a fill's time runs behind its sequence.
        in_sequence, in_time = sorted(fills, key=attrgetter("seq")), sorted(payments, key=attrgetter("at"))
        ordered.extend(merge(in_sequence, in_time, key=attrgetter("at")))
    return tuple(ordered)
