"""Closed profit and loss by order, as the closed-pnl list shows it."""

from decimal import Decimal
from typing import Any

from plugins.exchanges.paper.v5.numbers import plain
from plugins.exchanges.paper.venue.events import Executed
from plugins.exchanges.paper.venue.orders import Order

Row = dict[str, Any]


def closed_row(before: Row | None, each: Executed, order: Order | None, leverage: str) -> Row:
    """The order's row with one more execution that closed *each.closed* of a position."""
    long = each.side == "Sell"
    entry = each.price - each.pnl / each.closed if long else each.price + each.pnl / each.closed
    size = each.closed + _had(before, "closedSize")
    entered = entry * each.closed + _had(before, "cumEntryValue")
    left = each.price * each.closed + _had(before, "cumExitValue")
    fees = each.fee * each.closed / each.quantity if each.quantity else Decimal(0)
    return {
        "symbol": each.symbol,
        "orderId": each.order_id,
        "side": each.side,
        "orderType": "Market" if order is None else order.type.value,
        "execType": each.exec_type.value,
        "leverage": leverage,
        "qty": plain(size if order is None else order.quantity),
        "orderPrice": "0" if order is None or order.price is None else plain(order.price),
        "closedSize": plain(size),
        "cumEntryValue": plain(entered),
        "avgEntryPrice": plain(entered / size),
        "cumExitValue": plain(left),
        "avgExitPrice": plain(left / size),
        "closedPnl": plain(each.pnl - fees + _had(before, "closedPnl")),
        "fillCount": str(1 + int(_had(before, "fillCount"))),
        "createdTime": str(each.at if order is None else order.created),
        "updatedTime": str(each.at),
    }


def _had(before: Row | None, name: str) -> Decimal:
    return Decimal(0) if before is None else Decimal(before[name])
