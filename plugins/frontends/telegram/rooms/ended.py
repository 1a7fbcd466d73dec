"""A trade that is over, in full: what it came to and what became of each of its orders."""

from typing import Any

from plugins.frontends.telegram.rooms.leading import back
from plugins.frontends.telegram.rooms.money import marked
from plugins.frontends.telegram.rooms.texts import (
    amount,
    block,
    bold,
    code,
    fitted,
    gain,
    moment,
    pairs,
    plain,
    price,
    said,
    sides,
    zoned,
)
from plugins.frontends.telegram.screen import Screen, go, row
from plugins.frontends.telegram.turn import Turn

LATEST = 200
"""Ended trades that are looked through."""


async def ended(turn: Turn) -> Screen:
    """The ended trade *t* as account *a* had it; the first account's unless told."""
    trade, account = turn.arguments.get("t", "").upper(), turn.arguments.get("a", "")
    latest = await turn.data("closed", limit=LATEST)
    found = sorted((each for each in latest if each["id"] == trade), key=lambda each: str(each["account"]))
    if not found:
        return Screen(
            f"No trade {code(trade or '?')} is open, nor among the latest {LATEST}.", back("Trades", "trades")
        )
    shown = next((each for each in found if each["account"] == account), found[0])
    others = [
        go(f"{'● ' if each is shown else ''}{each['account']}", "ended", t=trade, a=each["account"]) for each in found
    ]
    rows = (*((tuple(others),) if len(others) > 1 else ()),
            row(go("📈 Chart", "chart", t=trade, a=shown["account"])), *back("Trades", "trades"))  # fmt: skip
    return Screen(fitted(_parts(shown, turn.zone)), rows)


def _parts(shown: dict[str, Any], zone: str) -> list[str]:
    reason = plain(shown["close_reason"] or "open").replace("_", " ")
    figures = [
        ("Entered", plain(shown["entry_qty"])),
        ("Average", price(shown["average_entry"]) if shown["entry_qty"] != "0" else "-"),
        ("Gross", gain(shown["realised_pnl_gross"])),
        ("Fees", amount(shown["fees"])),
        ("Funding", amount(shown["funding"])),
        ("Net", gain(shown["realised_pnl_net"])),
    ]
    orders: list[str] = []
    for each in shown["entries"]:
        left = f"E{each['leg']} {plain(each['price'])}"
        orders += sides(left, f"{plain(each['filled_qty'])}/{plain(each['planned_qty'])}")
    for each in shown["tps"]:
        orders += sides(
            f"TP{each['level']} {plain(each['price'])}", f"{plain(each['filled_qty'])}/{plain(each['target_qty'])}"
        )
    if shown["stop"]:
        orders += sides(f"Stop {plain(shown['stop']['price'])}", plain(shown["stop"]["kind"]))
    when = f"{moment(shown.get('opened_at'), zone)} to {zoned(shown.get('closed_at'), zone)}"
    return [
        bold(f"{marked(shown)}{shown['account']} {shown['symbol']} {str(shown['side']).upper()}"),
        f"closed: {said(reason)}",
        *([when] if shown.get("closed_at") else []),
        block(pairs(figures)),
        block(orders),
        code(shown["id"]),
    ]
