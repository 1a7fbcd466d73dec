"""Orders of ours that work at the exchange."""

from itertools import groupby
from typing import Any

from plugins.frontends.telegram.rooms.leading import home, page_of, turning
from plugins.frontends.telegram.rooms.money import Row, environments, marked
from plugins.frontends.telegram.rooms.texts import block, bold, fitted, plain, price, sides
from plugins.frontends.telegram.screen import Screen, go, row
from plugins.frontends.telegram.turn import Turn

PAGE = 30


async def orders(turn: Turn) -> Screen:
    """By account and symbol, a page at a time."""
    status = await turn.data("status")
    among = environments(status)
    found = sorted(status["orders"], key=lambda each: (_of(each), str(each["role"])))
    if not found:
        return Screen("<b>Orders</b>\nNo order of ours works.", home())
    page, shown = page_of(turn.arguments, found, PAGE)
    parts = [f"<b>Orders</b> {len(found)}"]
    for _, each in groupby(shown, _of):
        mine = list(each)
        first = mine[0]
        parts.append(bold(f"{marked(first, among)}{first['account']} {first['symbol']}"))
        parts.append(block(line for order in mine for line in _line(order)))
    rows = (*turning(page, len(found), PAGE, "orders"), row(go("🔄 Refresh", "orders")), *home())
    return Screen(fitted(parts), rows)


def _of(order: Row) -> tuple[str, str]:
    return str(order["account"]), str(order["symbol"])


def _line(order: dict[str, Any]) -> list[str]:
    done = f"{plain(order['filled'])}/" if order["filled"] not in (None, "0") else ""
    name = plain(order["role"]) or "not ours"
    at = price(order["price"]) if order["price"] is not None else "market"
    trigger = f" if {price(order['trigger'])}" if order["trigger"] else ""
    return sides(f"{name} {order['side']} {done}{plain(order['quantity'])}", f"{at}{trigger}")
