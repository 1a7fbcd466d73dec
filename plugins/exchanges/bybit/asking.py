"""What became of one order, by key: open orders, then the history, then its executions (C4, rel:F01, rel:F21)."""

from collections.abc import Sequence

from core.errors import Unavailable
from core.facts import Ended, EndReason, VenueFact
from core.identity import parse_key
from core.money import ZERO
from plugins.exchanges.bybit import rows
from plugins.exchanges.bybit.api import Api
from plugins.exchanges.bybit.orders import LINEAR
from ports import bybit_rows

GONE_LONG = "only its executions are left"
LAGS = 120_000
"""Milliseconds for which the lists of orders may be behind the executions."""


async def ask(api: Api, key: str, symbol: str, now: int) -> tuple[VenueFact, ...]:
    """The order's fact, or nothing when it is absent everywhere. Raises Unavailable or ConfigError.

    Asked by id, the list of open orders shows closed ones too, but forgets them when Bybit restarts; the history keeps
    cancelled ones for a day; executions are kept for two years, and an id goes before any span of time (V5 pages of
    both), so they are no week's. What is shown and can't be read is never absent.
    *now* is venue time in milliseconds.
    """
    name = "orderLinkId" if parse_key(key) is not None else "orderId"
    try:
        for method in ("get_open_orders", "get_order_history"):
            found = await api.read(method, category=LINEAR, symbol=symbol, **{name: key})
            mine = _of(key, bybit_rows.listed(api.account, method, found))
            if mine:
                return (_fact(mine[0]),)
        executed = await api.pages("get_executions", category=LINEAR, symbol=symbol, limit=100, **{name: key})
        mine = _of(key, executed)
        return (_gone_long(key, mine, now),) if mine else ()
    except bybit_rows.Malformed as error:
        raise Unavailable(f"{api.account}: the venue shows {key}, and not what became of it: {error}") from error


def _of(key: str, listed: Sequence[bybit_rows.Row]) -> list[bybit_rows.Row]:
    return [row for row in listed if key in (row.get("orderLinkId"), row.get("orderId"))]


def _fact(row: bybit_rows.Row) -> VenueFact:
    fact = rows.order(row)
    if fact is None:
        raise bybit_rows.Malformed(f"it is on its way, {row.get('orderStatus')!r}")
    return fact


def _gone_long(key: str, executed: Sequence[bybit_rows.Row], now: int) -> Ended:
    """An order of which only executions are left. Executed just now it may work on: then the lists are behind."""
    filled = sum((bybit_rows.number(row, "execQty") for row in executed if row.get("execType") == "Trade"), ZERO)
    at = max(bybit_rows.whole(row, "execTime") for row in executed)
    if now - at < LAGS:
        raise bybit_rows.Malformed("it was executed just now and no list has it yet")
    return Ended(key, filled, EndReason.VENUE, at, GONE_LONG)
