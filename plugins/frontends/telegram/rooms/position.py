"""One live trade in full, on one of its accounts: the ladder, the money, and everything that can be done with it."""

from decimal import Decimal

from core.money_text import UNKNOWN, gain_percent_text
from plugins.frontends.telegram.rooms.ended import ended
from plugins.frontends.telegram.rooms.groups import Group, fills, groups
from plugins.frontends.telegram.rooms.ladder import ladder
from plugins.frontends.telegram.rooms.leading import Rows, acting, back
from plugins.frontends.telegram.rooms.money import Row, environments, marked
from plugins.frontends.telegram.rooms.texts import (
    BAD,
    amount,
    block,
    bold,
    code,
    fitted,
    gain,
    number,
    pairs,
    plain,
    said,
    zoned,
)
from plugins.frontends.telegram.screen import Button, Screen, go, row
from plugins.frontends.telegram.turn import Turn

PARTS = ("25", "50", "100")
PHASES = {
    "BUILDING": "entries are working",
    "MONITORING": "waits for TP1",
    "PROFIT_TAKING": "TP1 was hit",
    "CLOSING": "is being closed",
}


async def position(turn: Turn) -> Screen:
    """A trade by its id or symbol *t*, as account *a* has it; an ended one is shown as such."""
    status = await turn.data("status")
    trade = turn.arguments.get("t", "").upper()
    group = next((each for each in groups(status["trades"]) if trade in (each.trade, each.symbol)), None)
    if group is None:
        return await ended(turn)
    part = group.part(turn.arguments.get("a", ""))
    how = PHASES.get(part["phase"], said(part["phase"]))
    parts = [
        bold(f"{marked(part, environments(status))}{part['account']} {group.symbol} {group.side.upper()}"),
        f"{how} · x{said(part['leverage'])} · since {zoned(part['opened_at'], turn.zone)}",
        block(ladder(part)),
        *_protection(part),
        block(pairs(_figures(part))),
        *([f"Note: {said(part['note'])}"] if part["note"] else []),
        f"{said(part['strategy'])} {code(group.trade)}",
    ]
    return Screen(fitted(parts), _rows(turn, group, part))


def _protection(part: Row) -> list[str]:
    """Whether the venue showed the stop (B4)."""
    if not number(part["position"]):
        return []
    if part["stop"] is None:
        return [f"{BAD} This position has NO STOP."]
    match part["stop"]["proven"]:
        case True:
            return ["🛡 The stop is at the exchange."]
        case False:
            return [f"{BAD} The stop is NOT PROVEN: set one in the exchange's app now, then Protect again."]
        case _:
            return ["The stop is shown as last known; the exchange was not asked yet."]


def _figures(part: Row) -> list[tuple[str, str]]:
    first = part["targets"][0] if part["targets"] else None
    return [
        ("Position", plain(part["position"])),
        ("Entries filled", fills(part)),
        ("Margin planned", amount(part["margin"])),
        ("Open P&L", gain(part["open_pnl"])),
        ("Realised net", gain(part["net"])),
        ("Fees so far", amount(part["fees"])),
        ("To the stop", distance(part["last"], part["stop"]["price"] if part["stop"] else None)),
        ("To TP1", "hit" if first and first["mark"] == "filled" else distance(part["last"], _price(first))),
    ]


def _price(target: Row | None) -> object:
    return target["price"] if target else None


def distance(last: object, wanted: object) -> str:
    """How far the market has to go, in percent of the last price.

    >>> distance("100", "110"), distance(None, "1")
    ('+10.00%', '-')
    """
    here, there = number(last), number(wanted)
    if not here or there is None:
        return UNKNOWN
    return gain_percent_text((there - here) * Decimal(100) / here)


def _rows(turn: Turn, group: Group, part: Row) -> Rows:
    trade, account = group.trade, part["account"]
    closing = part["phase"] == "CLOSING"
    acts = () if closing else acting(turn, *_steps(trade, part))
    others = [
        go(f"{'● ' if each['account'] == account else ''}{each['account']}", "position", t=trade, a=each["account"])
        for each in group.parts
    ]
    return (
        *acts,
        *((tuple(others),) if len(others) > 1 else ()),
        row(go("📈 Chart", "chart", t=trade, a=account), go("🔄 Refresh", "position", t=trade, a=account)),
        *back("Positions", "positions"),
    )


def _steps(trade: str, part: Row) -> tuple[tuple[Button, ...], ...]:
    """What can be done now; what can't is not offered."""
    works = any(each["mark"] in ("working", "partial", "waiting") for each in part["entries"])
    entries = (go("Cancel entries", "steer", t=trade, k="cancel_entries"),) if works else ()
    if not number(part["position"]):
        return ((*entries, go("❌ Close", "steer", t=trade, k="close", q="100")),)
    targets = [
        go(f"Move TP{each['number']}", "ask", t=trade, k="move_target", r=f"TP{each['number']}")
        for each in part["targets"]
        if each["mark"] != "filled"
    ]
    return (
        row(go("Move stop", "ask", t=trade, k="move_stop"), go("Breakeven now", "steer", t=trade, k="breakeven")),
        *(tuple(targets[at : at + 3]) for at in range(0, len(targets), 3)),
        (*(go(f"{each}%", "steer", t=trade, k="close", q=each) for each in PARTS),
         go("…%", "ask", t=trade, k="close")),
        (*entries, go("Protect again", "steer", t=trade, k="protect_again")),
    )  # fmt: skip
