"""Pictures (E5): a position's chart and the equity curve."""

from base64 import b64decode
from binascii import Error
from collections.abc import Mapping

from plugins.frontends.telegram.rooms.leading import Rows, back
from plugins.frontends.telegram.rooms.texts import CAPTION, plain, said
from plugins.frontends.telegram.screen import Screen, go, row
from plugins.frontends.telegram.turn import Turn

INTERVALS = ("1m", "5m", "15m", "1h")
LONGEST = 10_000_000
"""Bytes of a photo that Telegram takes."""


async def chart(turn: Turn) -> Screen:
    """The chart of trade *t* on account *a*."""
    trade, account = turn.arguments.get("t", ""), turn.arguments.get("a", "")
    asked = {"trade": trade, **({"account": account} if account else {})}
    if turn.arguments.get("i"):
        asked["interval"] = turn.arguments["i"]
    again = tuple(go(each, "chart", t=trade, a=account, i=each) for each in INTERVALS)
    return await _picture(turn, "chart", asked, (again, *back("Trade", "position", t=trade, a=account)))


async def equity(turn: Turn) -> Screen:
    """The equity curve with profit and loss by day."""
    days = turn.arguments.get("days", "")
    again = row(*(go(f"{each} days", "equity", days=each) for each in ("7", "30", "90")))
    return await _picture(
        turn, "equity", {"days": int(days)} if days.isdigit() else {}, (again, *back("Stats", "stats"))
    )


async def _picture(turn: Turn, command: str, asked: Mapping[str, object], rows: Rows) -> Screen:
    answer = await turn.ask(command, **asked)
    if "error" in answer:
        reasons = answer["error"]
        shown = "; ".join(map(str, reasons)) if isinstance(reasons, list) else str(reasons)
        return Screen(f"<b>No picture</b>\n{said(shown, 900)}", rows)
    data = _data(answer["data"])
    if data is None:
        return Screen("<b>No picture</b>\nWhat came is no picture that Telegram takes; see the log.", rows)
    picture, caption = data
    return Screen(said(plain(caption, CAPTION), CAPTION), rows, picture=picture)


def _data(found: object) -> tuple[bytes, str] | None:
    if not isinstance(found, dict):
        return None
    try:
        picture = b64decode(str(found.get("png", "")), validate=True)
    except (Error, ValueError):
        return None
    good = picture.startswith(b"\x89PNG") and len(picture) <= LONGEST
    return (picture, str(found.get("caption", ""))) if good else None
