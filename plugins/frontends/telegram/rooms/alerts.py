"""The alert centre: the latest alerts, and the ways to preferences, to one's own alerts and to the report."""

from collections.abc import Sequence
from typing import Any

from core.money_text import moment_text
from plugins.frontends.telegram.rooms.leading import acting, back, home, in_rows, page_of, turning
from plugins.frontends.telegram.rooms.texts import BAD, fitted, moment, plain, said
from plugins.frontends.telegram.screen import Screen, go, row
from plugins.frontends.telegram.turn import Turn
from ports.times import full_time

LATEST, PAGE = 100, 8
TITLE = 120


async def alerts(turn: Turn) -> Screen:
    """The latest alerts, newest first, a page at a time."""
    found = await turn.data("alerts", limit=LATEST)
    page, shown = page_of(turn.arguments, found, PAGE)
    first = page * PAGE + 1
    lines = [_line(number, each, turn.zone) for number, each in enumerate(shown, first)]
    buttons = [go(str(number), "alert", at=str(each["at"]), n=str(number)) for number, each in enumerate(shown, first)]
    rows = (
        *in_rows(buttons, 8),
        *turning(page, len(found), PAGE, "alerts"),
        row(go("🔔 My alerts", "user_alerts"), go("Preferences", "preferences")),
        *acting(turn, row(go("Report now", "report"))),
        *home(),
    )
    return Screen(fitted([f"<b>Alerts</b>{f' · {said(turn.zone)}' if lines else ''}", *(lines or ["None yet."])]), rows)


def _line(number: int, each: dict[str, Any], zone: str) -> str:
    sign = f"{BAD} " if each["critical"] else ""
    return f"{number}. {moment(each['at'], zone)} {sign}{said(each['title'], TITLE)}"


async def alert(turn: Turn) -> Screen:
    """One alert in full; found again by its time, since newer ones move it down the list."""
    found = await turn.data("alerts", limit=LATEST)
    shown = _found(found, turn.arguments)
    if shown is None:
        return Screen("That alert is not among the latest any more.", back("Alerts", "alerts"))
    words = _by_own_clock(shown["text"], shown["at"], turn.zone)
    text = "\n".join(said(line) for line in words.splitlines()[:40])
    leads = row(go("Its trade", "position", t=shown["trade"])) if shown["trade"] else ()
    rows = (*((leads,) if leads else ()), *back("Alerts", "alerts"))
    return Screen(fitted([f"{BAD} critical"] * bool(shown["critical"]) + [text]), rows)


def _by_own_clock(text: str, at: int, zone: str) -> str:
    """An alert's text, which tells its time by UTC, with that time as people's own clocks show it."""
    return text.replace(moment_text(at), full_time(at, zone))


def _found(found: Sequence[dict[str, Any]], arguments: Any) -> dict[str, Any] | None:
    same = [each for each in found if str(each["at"]) == arguments.get("at")]
    if not same:
        return None
    number = plain(arguments.get("n", "1"))
    index = int(number) - 1 if number.isascii() and number.isdigit() and len(number) < 7 else 0
    at = found[index] if 0 <= index < len(found) else same[0]
    return at if at in same else same[0]


async def report(turn: Turn) -> Screen:
    """The daily report, now."""
    data = await turn.data("report")
    lines = [said(line) for line in _by_own_clock(data["text"], data["at"], turn.zone).splitlines()]
    return Screen(fitted(lines or ["The report has gone to your alerts."]), back("Alerts", "alerts"))
