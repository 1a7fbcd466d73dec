"""What became of one order, by key: open orders, then the history, then its executions (C4, rel:F01, rel:F21)."""

from core.facts import Ended, EndReason, VenueFact
from core.identity import parse_key
from core.money import ZERO
from plugins.exchanges.bybit import rows
from plugins.exchanges.bybit.api import Api
from plugins.exchanges.bybit.orders import LINEAR

GONE_LONG = "only its executions are left"


async def ask(api: Api, key: str, symbol: str) -> tuple[VenueFact, ...]:
    """The order's fact, or nothing when it is absent everywhere. Raises Unavailable or ConfigError.

    Asked by id, the list of open orders shows closed ones too, but forgets them when Bybit restarts; the history keeps
    cancelled ones for a day; executions are kept for two years.
    """
    name = "orderLinkId" if parse_key(key) is not None else "orderId"
    for method in ("get_open_orders", "get_order_history"):
        found = await api.read(method, category=LINEAR, symbol=symbol, **{name: key})
        for row in found.get("list") or ():
            fact = _fact(row, key)
            if fact is not None:
                return (fact,)
    executed = await api.pages("get_executions", category=LINEAR, symbol=symbol, limit=100, **{name: key})
    mine = [row for row in executed if key in (row.get("orderLinkId"), row.get("orderId"))]
    if not mine:
        return ()
    try:
        filled = sum((rows.number(row, "execQty") for row in mine if row.get("execType") == "Trade"), ZERO)
        at = max(int(row["execTime"]) for row in mine)
    except (rows.Malformed, KeyError, ValueError):
        return ()
    return (Ended(key, filled, EndReason.VENUE, at, GONE_LONG),)


def _fact(row: rows.Row, key: str) -> VenueFact | None:
    if key not in (row.get("orderLinkId"), row.get("orderId")):
        return None
    try:
        return rows.order(row)
    except rows.Malformed:
        return None
