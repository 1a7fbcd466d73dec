"""What is told how (D3): on, silent or off for each kind of alert; critical ones can't be switched off."""

from typing import Any

from plugins.frontends.telegram.rooms.leading import acting, back, in_rows, page_of, turning
from plugins.frontends.telegram.rooms.texts import GOOD, bold, fitted, plain, said
from plugins.frontends.telegram.screen import Screen, go
from plugins.frontends.telegram.turn import Turn

PAGE = 10
SIGNS = {"on": "🔔", "silent": "🔕", "off": "🚫"}


async def preferences(turn: Turn) -> Screen:
    """Every kind with its setting, a page at a time."""
    found = await turn.data("preferences")
    page, shown = page_of(turn.arguments, found, PAGE)
    first = page * PAGE + 1
    lines = [_line(number, each) for number, each in enumerate(shown, first)]
    buttons = [go(f"{n}", "preference", k=str(each["kind"])) for n, each in enumerate(shown, first)]
    text = fitted(["<b>Preferences</b> 🔔 on · 🔕 silent · 🚫 off", *lines])
    rows = (
        *acting(turn, *in_rows(buttons, 5)),
        *turning(page, len(found), PAGE, "preferences"),
        *back("Alerts", "alerts"),
    )
    return Screen(text, rows)


def _line(number: int, each: dict[str, Any]) -> str:
    critical = " (critical)" if each.get("critical") else ""
    return f"{number}. {SIGNS.get(each['setting'], '')} {said(each['kind']).replace('_', ' ')}{critical}"


async def preference(turn: Turn) -> Screen:
    """One kind: what it is, and a button for each other setting."""
    kind = turn.arguments.get("k", "")
    found = next((each for each in await turn.data("preferences") if each["kind"] == kind), None)
    if found is None:
        return Screen("There is no such kind of alert.", back("Preferences", "preferences"))
    may = [setting for setting in SIGNS if setting != "off" or not found["critical"]]
    other = [setting for setting in may if setting != found["setting"]]
    buttons = [go(f"{SIGNS[setting]} {setting}", "prefer", k=kind, s=setting) for setting in other]
    note = "\nIt is critical and can't be switched off." if found["critical"] else ""
    sign = SIGNS.get(found["setting"], "")
    head = bold(plain(kind).replace("_", " "))
    text = f"{head}\n{said(found['about'], 400)}\nNow: {sign} {said(found['setting'])}{note}"
    return Screen(text, (*acting(turn, *in_rows(buttons, 3)), *back("Preferences", "preferences")))


async def prefer(turn: Turn) -> Screen:
    """Set it."""
    kind, setting = turn.arguments.get("k", ""), turn.arguments.get("s", "")
    await turn.data("prefer", kind=kind, setting=setting)
    shown = plain(kind).replace("_", " ")
    return Screen(f"{GOOD} {said(shown)}: {said(setting)}.", back("Preferences", "preferences"))
