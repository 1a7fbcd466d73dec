"""What is and what was: open orders, history, executions, positions (V5 order, execution and position lists)."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from plugins.exchanges.paper.v5 import params as of
from plugins.exchanges.paper.v5.calls import Call
from plugins.exchanges.paper.v5.closed import closed_row
from plugins.exchanges.paper.v5.numbers import plain
from plugins.exchanges.paper.v5.rows_account import position_rest
from plugins.exchanges.paper.v5.rows_order import Row, execution_row, order_row
from plugins.exchanges.paper.venue.account import Position
from plugins.exchanges.paper.venue.events import Executed
from plugins.exchanges.paper.venue.orders import Order
from plugins.exchanges.paper.venue.words import VenueError

Answer = dict[str, Any]
T = TypeVar("T")
WEEK = 7 * 86_400_000
CLOSED_SHOWN = 500


def realtime(call: Call) -> Answer:
    """order/realtime: the open orders; openOnly=1 the latest closed; by id also a closed one (V5 open orders page)."""
    of.linear(call.params)
    account = call.account
    named = _named(call)
    if named is not None:
        found = account.find(named)
        return _page(call, [] if found is None else [found], order_row, 20, 50)
    symbol = _scope(call)
    if of.whole(call.params, "openOnly", 0, 0, 2) == 1:
        orders: Sequence[Order] = list(account.closed.values())[-CLOSED_SHOWN:]
    else:
        orders = list(account.orders.values())
    wanted = [order for order in reversed(orders) if not symbol or order.symbol == symbol]
    kind = of.optional(call.params, "orderFilter")
    if kind in ("Order", "StopOrder"):
        wanted = [order for order in wanted if (order.trigger is not None) == (kind == "StopOrder")]
    return _page(call, wanted, order_row, 20, 50)


def history(call: Call) -> Answer:
    """order/history: closed orders, newest first, of a status when told; with an id just that one, if it is closed."""
    of.linear(call.params)
    named = _named(call)
    closed = reversed(list(call.account.closed.values()))
    if named is not None:
        found = call.account.find(named)
        return _page(call, [] if found is None or found.open else [found], order_row, 20, 50)
    start, end = _span(call)
    symbol, status = of.optional(call.params, "symbol"), of.optional(call.params, "orderStatus")
    wanted = [
        each
        for each in closed
        if start <= each.updated <= end and symbol in ("", each.symbol) and status in ("", each.status.value)
    ]
    return _page(call, wanted, order_row, 20, 50)


def executions(call: Call) -> Answer:
    """execution/list: newest first, of at most seven days."""
    of.linear(call.params)
    account = call.account
    start, end = _span(call)
    symbol, kind = of.optional(call.params, "symbol"), of.optional(call.params, "execType")
    link, identity = of.optional(call.params, "orderLinkId"), of.optional(call.params, "orderId")
    named = bool(link or identity)
    wanted = []
    for each in reversed(account.executions if named else account.executed_since(start)):
        if (not named and each.at > end) or (symbol and each.symbol != symbol):
            continue
        if (link and each.link != link) or (identity and each.order_id != identity):
            continue
        if kind and each.exec_type.value != kind:
            continue
        wanted.append(each)

    def shown(each: Executed) -> Row:
        return execution_row(each, account.find(each.order_id), account.taker, account.maker)

    return _page(call, wanted, shown, 50, 100)


def positions(call: Call) -> Answer:
    """position/list: a symbol's slots, empty ones too; without a symbol only what is held."""
    of.linear(call.params)
    state, account = call.world.venue.state, call.account
    symbol = of.optional(call.params, "symbol")
    if not symbol:
        if not of.optional(call.params, "settleCoin"):
            raise VenueError(10001, "params error: symbol or settleCoin is required")
        held = [each for each in account.positions.values() if each.size]
    else:
        if symbol not in state.instruments:
            raise VenueError(10001, f"params error: symbol invalid {symbol}")
        slots = (1, 2) if symbol in account.hedge else (0,)
        held = [account.positions.get((symbol, index)) or Position(symbol, index) for index in slots]
    return _page(call, held, lambda each: position_rest(state, account, each), 20, 200)


def closed_pnl(call: Call) -> Answer:
    """position/closed-pnl: one row for each order that closed something, newest first."""
    of.linear(call.params)
    start, end = _span(call)
    symbol, account = of.optional(call.params, "symbol"), call.account
    rows: dict[str, dict[str, Any]] = {}
    for each in account.executed_since(start):
        if each.closed and each.at <= end and (not symbol or each.symbol == symbol):
            order, leverage = account.find(each.order_id), plain(account.leverage_of(each.symbol))
            rows[each.order_id] = closed_row(rows.get(each.order_id), each, order, leverage)
    return _page(call, list(reversed(rows.values())), lambda row: row, 50, 100)


def _named(call: Call) -> str | None:
    identity, link = of.optional(call.params, "orderId"), of.optional(call.params, "orderLinkId")
    if identity:
        return identity
    return call.account.links.get(link, link) if link else None


def _scope(call: Call) -> str:
    symbol = of.optional(call.params, "symbol")
    if not symbol and not (of.optional(call.params, "settleCoin") or of.optional(call.params, "baseCoin")):
        raise VenueError(10001, "params error: symbol or settleCoin or baseCoin is required")
    return symbol


def _span(call: Call) -> tuple[int, int]:
    """The time asked for: seven days at most, the latest seven when nothing is said."""
    start = of.whole(call.params, "startTime", -1, 0, 2**53)
    end = of.whole(call.params, "endTime", -1, 0, 2**53)
    if start < 0 and end < 0:
        return call.now - WEEK, call.now
    if start < 0:
        return end - WEEK, end
    if end < 0:
        return start, start + WEEK
    if end - start > WEEK:
        raise VenueError(10001, "The interval between the startTime and endTime is more than 7 days")
    return start, end


def _page(call: Call, found: Sequence[T], row: Callable[[T], Row], default: int, most: int) -> Answer:
    """A page of a list, and the cursor of the next one; only what the page shows becomes a row."""
    limit = of.whole(call.params, "limit", default, 1, most)
    start = of.whole(call.params, "cursor", 0, 0, 2**31)
    rest = start + limit
    return {
        "category": "linear",
        "nextPageCursor": str(rest) if rest < len(found) else "",
        "list": [row(each) for each in found[start:rest]],
    }
