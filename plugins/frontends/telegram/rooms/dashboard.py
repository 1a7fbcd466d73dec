"""The dashboard (E4): all that matters at one look, drawn anew while somebody looks."""

from typing import Any

from plugins.frontends.telegram.rooms.groups import Group, groups, tag_of, total
from plugins.frontends.telegram.rooms.leading import Rows, acting
from plugins.frontends.telegram.rooms.money import Row, account, environments, marked
from plugins.frontends.telegram.rooms.texts import (
    amount,
    block,
    clock,
    fitted,
    gain,
    pairs,
    percent,
    plain,
    price,
    said,
    sides,
)
from plugins.frontends.telegram.screen import Goes, Screen, go, row
from plugins.frontends.telegram.turn import Turn

TOP, COMPACT = 4, 10
"""So many positions are shown, in full or a line each."""
MANY = 20
"""More positions than these are listed compactly (E4)."""
FULL = 3
"""More accounts than these are shown shortly."""


async def dashboard(turn: Turn) -> Screen:
    """Accounts, positions, performance, and the way everywhere."""
    status = await turn.data("status", fresh=True)
    among = environments(status)
    accounts = status["accounts"]
    parts = [
        f"<b>Tandem</b> · {clock(status['at'], turn.zone)}",
        *(f"🔴 {said(trouble)}" for trouble in status["troubles"]),
        *(account(each, among, short=len(accounts) > FULL) for each in accounts),
        positions(groups(status["trades"]), among),
        await performance(turn),
    ]
    return Screen(fitted(parts, more=": see Positions and Status"), _rows(turn, accounts), watched=Goes("dashboard"))


def positions(found: tuple[Group, ...], among: frozenset[str]) -> str:
    """Those that win or lose most; a line each when there are many."""
    held = [each for each in found if each.held]
    waiting = len(found) - len(held)
    more = f" · {waiting} waiting for a fill" if waiting else ""
    if not held:
        return f"<b>Positions</b> none{more}"
    many = len(held) > MANY
    mixed = tag_of(held) if many else ""
    head = f"<b>{mixed}Positions</b> {len(held)} · open P&amp;L {gain(total(held))} USDT{more}"
    shown = held[: COMPACT if many else TOP]
    lines = [line for each in shown for line in (compact(each) if many else full(each, among))]
    left = len(held) - len(shown)
    return "\n".join((head, block(lines), *([f"… and {left} more: see Positions"] if left else [])))


def compact(group: Group) -> list[str]:
    """A line for a whole trade."""
    return sides(f"{plain(group.symbol)} {group.side.upper()}", gain(group.open_pnl))


def full(group: Group, among: frozenset[str]) -> list[str]:
    """A trade's symbol and prices, then a line for each account."""
    first = group.parts[0]
    lines = sides(f"{plain(group.symbol)} {group.side.upper()}", price(first["last"]))
    for part in group.parts:
        lines += sides(f" {marked(part, among)}{part['account']} {plain(part['position'])}", gain(part["open_pnl"]))
    return lines


async def performance(turn: Turn) -> str:
    """What closed trades came to; "Building history" before the first."""
    answer = await turn.ask("stats")
    if "error" in answer:
        return f"<b>Performance</b> not known: {said('; '.join(map(str, _list(answer['error']))))}"
    data: Any = answer["data"]
    if not data["trades"]:
        return "<b>Performance</b> Building history"
    rows = [
        ("Closed trades", str(data["trades"])),
        ("Win rate", percent(data["win_rate"])),
        ("Net", gain(data["net"])),
        ("Profit factor", amount(data.get("profit_factor"))),
        ("Streak", streak(data.get("streak"))),
    ]
    return "<b>Performance</b>\n" + block(pairs(rows))


def streak(count: object) -> str:
    """How many in a row were won or lost.

    >>> streak(3), streak(-1), streak(None)
    ('3 won', '1 lost', '-')
    """
    if count is None:
        return "-"
    found = int(str(count))
    return "none" if not found else f"{abs(found)} {'won' if found > 0 else 'lost'}"


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _rows(turn: Turn, accounts: list[Row]) -> Rows:
    paused = any("paused" in reason for each in accounts for reason in each["held"])
    steer = go("▶️ Resume", "resume") if paused else go("⏸ Pause", "pause")
    mirrors = [go("Mirrors", "mirror")] if any(each["follows"] for each in accounts) else []
    return (
        *acting(turn, row(go("🆕 New trade", "trade"))),
        row(go("Positions", "positions"), go("Orders", "orders"), go("Trades", "trades")),
        row(go("Stats", "stats"), go("Alerts", "alerts"), go("Status", "status")),
        row(go("Settings", "settings"), *mirrors, go("Help", "help")),
        *acting(turn, row(steer, go("🚨 Emergency", "emergency"))),
        row(go("🔄 Refresh", "dashboard")),
    )
