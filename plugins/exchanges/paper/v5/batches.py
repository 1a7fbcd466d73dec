"""Batches of orders: each part stands for itself, whatever becomes of the others (V5 batch pages, rel:F13b)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from plugins.exchanges.paper.v5 import orders
from plugins.exchanges.paper.v5 import params as of
from plugins.exchanges.paper.v5.calls import Call, Handler
from plugins.exchanges.paper.venue.words import VenueError

MOST = 20
_FAILED = {"orderId": "", "orderLinkId": ""}


@dataclass(frozen=True, slots=True)
class Parts:
    """What became of a batch's parts, by position: their answers, and (code, message) of each."""

    answers: tuple[Mapping[str, Any], ...]
    codes: tuple[tuple[int, str], ...]


def parts_of(call: Call) -> Sequence[Mapping[str, Any]]:
    """The parts of a batch; raises VenueError when there are none, too many, or what is no part."""
    of.linear(call.params)
    given = call.params.get("request")
    if not isinstance(given, list) or not given or not all(isinstance(each, dict) for each in given):
        raise VenueError(10001, "params error: request invalid")
    if len(given) > MOST:
        raise VenueError(10001, f"the number of orders in a batch exceeds {MOST}")
    return given


def run(call: Call, one: Handler, granted: int) -> Parts:
    """Carry the first *granted* parts out, one after another; the rest came too fast."""
    answers: list[Mapping[str, Any]] = []
    codes: list[tuple[int, str]] = []
    for number, part in enumerate(parts_of(call)):
        link = part.get("orderLinkId", "")
        try:
            if number >= granted:
                raise VenueError(10006, "Too many visits!")  # noqa: TRY301 - a part is refused as the venue refuses
            answers.append(_full(one(call.with_params({**part, "category": "linear"})), part, call.now, one))
            codes.append((0, "OK"))
        except VenueError as error:
            answers.append({**_full(_FAILED, part, 0, one), "orderLinkId": link})
            codes.append((error.code, error.message))
    return Parts(tuple(answers), tuple(codes))


def amend_one(call: Call) -> dict[str, Any]:
    """One part of amend-batch, which takes no conditional orders (V5 batch amend page)."""
    if orders.is_conditional(call):
        raise VenueError(10001, "Conditional orders are not supported")
    return orders.amend(call)


def _full(answer: Mapping[str, Any], part: Mapping[str, Any], at: int, one: Handler) -> dict[str, Any]:
    """A part's answer with the keys that Bybit shows with it; a created one has its time."""
    row = {"category": "linear", "symbol": part.get("symbol", ""), **answer}
    if one is orders.create:
        row["createAt"] = str(at) if at else ""
    return row
