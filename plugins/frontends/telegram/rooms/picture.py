"""Pictures (E5): a position's chart and the equity curve."""

from base64 import b64decode
from binascii import Error
from collections.abc import Mapping

from plugins.frontends.telegram.rooms.leading import Rows, back, in_rows
from plugins.frontends.telegram.rooms.texts import CAPTION, fitted, said
from plugins.frontends.telegram.screen import Screen, go, row
from plugins.frontends.telegram.turn import Turn

INTERVALS = {"1": "1 min", "5": "5 min", "15": "15 min", "60": "1 h", "240": "4 h"}
"""Minutes of a candle, and what the button says."""
SPANS = ("7", "30", "90")
"""Days of an equity curve."""
LONGEST = 10_000_000
"""Bytes of a photo that Telegram takes."""


async def chart(turn: Turn) -> Screen:
    """The chart of trade *t* on account *a*."""
    trade, account = turn.arguments.get("t", ""), turn.arguments.get("a", "")
    asked = {"trade": trade, **({"account": account} if account else {})}
    if turn.arguments.get("i"):
        asked["interval"] = turn.arguments["i"]
    again = tuple(go(label, "chart", t=trade, a=account, i=minutes) for minutes, label in INTERVALS.items())
    return await _picture(turn, "chart", asked, (again, *back("Trade", "position", t=trade, a=account)))


async def equity(turn: Turn) -> Screen:
    """The equity curve with profit and loss by day, of one account: a mirror's is never added to its leader's (G1)."""
    status = await turn.data("status")
    names = [each["account"] for each in sorted(status["accounts"], key=lambda each: each["follows"] is not None)]
    account, days = turn.arguments.get("a", names[0]), turn.arguments.get("days", "")
    again = row(*(go(f"{each} days", "equity", days=each, a=account) for each in SPANS))
    others = [go(f"{'● ' if name == account else ''}{name}", "equity", days=days, a=name) for name in names]
    asked = {"days": int(days) if days in SPANS else 30, "account": account}
    rows = (again, *(in_rows(others, 3) if others[1:] else ()), *back("Stats", "stats"))
    return await _picture(turn, "equity", asked, rows)


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
    return Screen(fitted([said(line) for line in caption.splitlines()], CAPTION), rows, picture=picture)


def _data(found: object) -> tuple[bytes, str] | None:
    if not isinstance(found, dict):
        return None
    try:
        picture = b64decode(str(found.get("png", "")), validate=True)
    except (Error, ValueError):
        return None
    good = picture.startswith(b"\x89PNG") and len(picture) <= LONGEST
    return (picture, str(found.get("caption", ""))) if good else None
