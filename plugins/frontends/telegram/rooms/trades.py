"""Live and ended trades, a line each, with a button to each in full."""

from collections.abc import Sequence
from dataclasses import replace

from plugins.frontends.telegram.rooms.dashboard import compact
from plugins.frontends.telegram.rooms.ended import LATEST
from plugins.frontends.telegram.rooms.groups import Group, groups, tag_of
from plugins.frontends.telegram.rooms.leading import home, in_rows, page_of, turning
from plugins.frontends.telegram.rooms.money import Row
from plugins.frontends.telegram.rooms.position import position
from plugins.frontends.telegram.rooms.texts import WIDTH, block, cut, fitted, gain, moment, plain, said, sides, tag
from plugins.frontends.telegram.screen import Screen, go
from plugins.frontends.telegram.turn import Turn

LIVE, PAGE = 10, 12


async def trades(turn: Turn) -> Screen:
    """The live ones on top, then a page of those that ended, newest first; one whose id was typed at once."""
    if turn.text.strip():
        return await position(replace(turn, arguments={"t": turn.text.strip()}))
    status = await turn.data("status")
    live = groups(status["trades"])
    ended = await turn.data("closed", limit=LATEST)
    page, shown = page_of(turn.arguments, ended, PAGE)
    first = page * PAGE + 1
    mixed = tag_of(live)
    parts = [f"<b>{mixed}Live trades</b> {len(live) or 'none'}", block(_live(live))] if page == 0 else []
    if len(live) > LIVE and page == 0:
        parts.append(f"… and {len(live) - LIVE} more: see Positions")
    parts.append(
        f"<b>{tag(each['environment'] for each in ended)}Ended</b> {len(ended) or 'none yet'}"
        + (" (the latest)" if len(ended) == LATEST else "")
        + (f" · {said(turn.zone)}" if ended else "")
    )
    parts.append(block(line for number, each in enumerate(shown, first) for line in _ended(number, each, turn.zone)))
    buttons = [go(plain(each.symbol, 14), "position", t=each.trade) for each in live[:LIVE]] if page == 0 else []
    numbered = [go(str(number), "ended", t=each["id"], a=each["account"]) for number, each in enumerate(shown, first)]
    rows = (*in_rows(buttons, 3), *in_rows(numbered, 6), *turning(page, len(ended), PAGE, "trades"), *home())
    return Screen(fitted([part for part in parts if part]), rows)


def _live(live: Sequence[Group]) -> list[str]:
    return [line for each in live[:LIVE] for line in compact(each)]


def _ended(number: int, each: Row, zone: str) -> list[str]:
    reason = plain(each["close_reason"] or "").replace("_", " ")
    when = f" {moment(each['closed_at'], zone)}" if each.get("closed_at") else ""
    first = sides(f"{number:>2} {plain(each['symbol'])} {str(each['side']).upper()}", gain(each["realised_pnl_net"]))
    return [*first, cut(f"   {each['account']} {reason}{when}", WIDTH)]
