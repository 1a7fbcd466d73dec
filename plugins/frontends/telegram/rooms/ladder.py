"""A trade as a ladder of prices, the highest on top, with what is filled and where the market is."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from plugins.frontends.telegram.rooms.texts import number, plain, price, sides

MARKS = {
    "waiting": "waits",
    "working": "works",
    "partial": "part",
    "filled": "filled",
    "cancelled": "gone",
    "failed": "FAILED",
}
Rung = tuple[Decimal, str, str]


def ladder(trade: Mapping[str, Any]) -> list[str]:
    """The lines; a price that is not known has no rung."""
    rungs = sorted(_rungs(trade), key=lambda rung: -rung[0])
    wide = max((len(price(rung[0])) for rung in rungs), default=0)
    return [line for value, name, what in rungs for line in sides(f"{price(value):>{wide}} {name}", what)]


def _rungs(trade: Mapping[str, Any]) -> Iterator[Rung]:
    for target in trade["targets"]:
        share = f" {plain(target['share'])}%" if target.get("share") else ""
        yield from _rung(target["price"], f"TP{target['number']}{share}", _done(target, "total"))
    for entry in trade["entries"]:
        name = f"E{entry['number']}" + ("" if entry["price"] else " market")
        yield from _rung(entry["price"] or entry["average"] or trade["average_entry"], name, _done(entry, "planned"))
    stop = trade["stop"]
    if stop is not None:
        yield from _rung(stop["price"], "STOP", plain(stop["kind"]))
    yield from _rung(trade["average_entry"], "average", "")
    yield from _rung(trade["last"], "▶ last", "")
    yield from _rung(trade["liquidation"], "liquidation", "")


def _rung(at: object, name: str, what: str) -> Iterator[Rung]:
    value = number(at)
    if value is not None:
        yield value, name, what


def _done(row: Mapping[str, Any], whole: str) -> str:
    return f"{plain(row['filled'])}/{plain(row[whole])} {MARKS.get(row['mark'], plain(row['mark']))}"
