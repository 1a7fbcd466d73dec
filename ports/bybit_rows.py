"""How Bybit's lists and rows are read, for every adapter of Bybit: what must be there, and a symbol's rules.

What a row means, and by which names an adapter gets it, is the adapter's.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from core.errors import Unavailable
from core.instrument import Instrument

Row = Mapping[str, Any]


class Malformed(Exception):
    """A row lacks what is needed, or holds what can't be read."""


class UnknownKind(Malformed):
    """A row of a kind that nobody knows; a list is read without it, or it could not be read for as long as it has it.

    Whether an execution moves the position, the positions will show (rel:F22); an order of ours is asked for.
    """


SPOILT = (Malformed, ArithmeticError, AttributeError, KeyError, TypeError, ValueError)
"""What reading a symbol's rules may raise: whatever shape the row has, it spoils no other symbol's."""


def listed(account: str, method: str, result: Row) -> Sequence[Row]:
    """The rows of a list's answer. Raises Unavailable for one without a list: only an empty list says "none".

    What an account holds would else be told as flat, and an order as absent.
    """
    if "list" not in result:
        raise Unavailable(f"{account}: {method} was answered without a list; nothing was concluded from it")
    return result["list"] or ()


def fits(answered: Sequence[Row], asked: Sequence[Row]) -> bool:
    """Whether a batch's rows name no other orders than were asked for in their places; one may name none.

    An order is asked for by *orderLinkId* or *orderId* (V5 batch pages).
    """
    return all(
        row.get(name) in ("", None, request[name])
        for row, request in zip(answered, asked, strict=False)
        for name in ("orderLinkId", "orderId")
        if name in request
    )


def number(row: Row, name: str) -> Decimal:
    """A number that must be there."""
    try:
        value = Decimal(str(row[name]))
    except (KeyError, InvalidOperation) as error:
        raise Malformed(f"{name} is {row.get(name)!r}, not a number") from error
    if not value.is_finite():
        raise Malformed(f"{name} is {row[name]!r}")
    return value


def number_or_none(row: Row, name: str) -> Decimal | None:
    """A number that may be absent: Bybit writes "" or 0 for none."""
    if row.get(name) in (None, ""):
        return None
    return number(row, name) or None


def whole(row: Row, name: str, otherwise: int | None = None) -> int:
    """A whole number, a time or an index, that must be there unless something else may stand for it."""
    value = row.get(name)
    if value in (None, "") and otherwise is not None:
        return otherwise
    try:
        return int(value)  # type: ignore[arg-type] # what is no number is told
    except (TypeError, ValueError) as error:
        raise Malformed(f"{name} is {value!r}, not a whole number") from error


def instrument(symbol: str, row: Row, *, trading: bool) -> Instrument:
    """A symbol's rules (V5 instruments-info). Raises one of `SPOILT`."""
    lot, price, leverage = row["lotSizeFilter"], row["priceFilter"], row["leverageFilter"]
    return Instrument(
        symbol=symbol,
        tick=number(price, "tickSize"),
        step=number(lot, "qtyStep"),
        min_quantity=number(lot, "minOrderQty"),
        min_notional=Decimal(str(lot.get("minNotionalValue") or 0)),
        max_leverage=number(leverage, "maxLeverage"),
        max_quantity=number(lot, "maxOrderQty"),
        max_market_quantity=Decimal(str(lot.get("maxMktOrderQty") or lot["maxOrderQty"])),
        trading=trading,
    )
