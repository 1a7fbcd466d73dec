"""Lists of live trades: to look at them, or to close them. A line each above twenty (E4)."""

from collections.abc import Sequence
from dataclasses import replace

from plugins.frontends.telegram.rooms.dashboard import MANY, compact
from plugins.frontends.telegram.rooms.groups import Group, fills, groups, hits, tag_of, total
from plugins.frontends.telegram.rooms.leading import Rows, home, in_rows, page_of, turning
from plugins.frontends.telegram.rooms.money import environments, marked
from plugins.frontends.telegram.rooms.position import position
from plugins.frontends.telegram.rooms.steering import steer
from plugins.frontends.telegram.rooms.texts import block, bold, fitted, gain, pairs, plain, price, sides
from plugins.frontends.telegram.screen import Button, Screen, go, row
from plugins.frontends.telegram.turn import Turn
from ports.frontend import Role

FULL_PAGE, COMPACT_PAGE = 5, 20
WIDE = {True: 5, False: 2}
"""Buttons in a row: numbers only when there are many."""


async def positions(turn: Turn) -> Screen:
    """Every live trade, with a button to each; the one of a typed symbol at once."""
    trade = await _typed(turn)
    if trade:
        return await position(replace(turn, arguments={"t": trade}))
    return await _listed(turn, "positions", "Positions", closing=False)


async def close(turn: Turn) -> Screen:
    """The same, but each button previews closing the whole trade, and so does a typed symbol."""
    if turn.who.role is not Role.TRADER:
        return Screen("Closing is for traders; your role here is viewer.", home())
    trade = await _typed(turn)
    if trade:
        return await steer(replace(turn, arguments={"t": trade, "k": "close", "q": "100"}))
    return await _listed(turn, "close", "Close which trade?", closing=True)


async def _typed(turn: Turn) -> str:
    """The one live trade of a typed symbol or id; "" when none was typed or there are several: then all are listed."""
    wanted = turn.text.strip().upper()
    if not wanted:
        return ""
    status = await turn.data("status")
    found = {each["trade"] for each in status["trades"] if wanted in (each["trade"], each["symbol"])}
    return "" if len(found) > 1 else next(iter(found), wanted)


async def _listed(turn: Turn, screen: str, title: str, *, closing: bool) -> Screen:
    status = await turn.data("status")
    found = groups(status["trades"])
    if not found:
        return Screen(f"<b>{title}</b>\nNothing is open.", home())
    many = len(found) > MANY
    size = COMPACT_PAGE if many else FULL_PAGE
    page, shown = page_of(turn.arguments, found, size)
    among = environments(status)
    first = page * size + 1
    mixed = tag_of(found) if many else ""
    parts = [f"<b>{mixed}{title}</b> {len(found)} · open P&amp;L {gain(total(found))} USDT"]
    if many:
        parts.append(block(_numbered(shown, first)))
    else:
        parts += [_card(number, each, among) for number, each in enumerate(shown, first)]
    buttons = [_button(number, each, many=many, closing=closing) for number, each in enumerate(shown, first)]
    rows = (*in_rows(buttons, WIDE[many]), *turning(page, len(found), size, screen), *_last(screen))
    return Screen(fitted(parts), rows)


def _last(screen: str) -> Rows:
    return (row(go("🔄 Refresh", screen)), *home())


def _numbered(shown: Sequence[Group], first: int) -> list[str]:
    lines: list[str] = []
    for number, each in enumerate(shown, first):
        left, *rest = compact(each)
        lines += [f"{number:>2} {left}", *rest]
    return lines


def _card(number: int, group: Group, among: frozenset[str]) -> str:
    first = group.parts[0]
    lines: list[str] = []
    for part in group.parts:
        lines += sides(f"{marked(part, among)}{part['account']} {plain(part['position'])}", gain(part["open_pnl"]))
    stop = first["stop"]
    rows = [
        ("Average", price(first["average_entry"])),
        ("Last", price(first["last"])),
        ("Stop", price(stop["price"]) if stop else "NONE"),
        ("Entries in, TPs hit", f"{fills(first)}, {hits(first)}"),
    ]
    head = bold(f"{number}. {group.symbol} {group.side.upper()} x{first['leverage']}")
    bare = [part["account"] for part in group.parts if part["stop"] and part["stop"]["proven"] is False]
    warning = [f"🔴 stop NOT PROVEN on {', '.join(bare)}"] if bare else []
    return "\n".join((head, block([*lines, *pairs(rows)]), *warning))


def _button(number: int, group: Group, *, many: bool, closing: bool) -> Button:
    label = str(number) if many else f"{number} {plain(group.symbol, 16)}"
    if closing:
        return go(f"❌ {label}", "steer", t=group.trade, k="close", q="100")
    return go(label, "position", t=group.trade)
