"""Pause and resume (I1): no new entries on one account or on all; what is open goes on."""

from collections.abc import Mapping
from typing import Any

from plugins.frontends.telegram.rooms.leading import home, in_rows
from plugins.frontends.telegram.rooms.money import marked, troubles
from plugins.frontends.telegram.rooms.texts import BAD, GOOD, HELD, bold, said
from plugins.frontends.telegram.screen import Button, Goes, Screen, row
from plugins.frontends.telegram.turn import Turn
from ports.frontend import Role

ALL = "*"


async def pause(turn: Turn) -> Screen:
    """Which account is to open nothing new."""
    return await _choice(turn, "paused", "⏸", "Pause new entries?", "Exits and stops go on as always.")


async def resume(turn: Turn) -> Screen:
    """Which account may open new trades again."""
    return await _choice(turn, "resumed", "▶️", "Resume new entries?", "Trades may be opened again.")


async def _choice(turn: Turn, screen: str, sign: str, title: str, what: str) -> Screen:
    if turn.who.role is not Role.TRADER:
        return Screen("Pausing is for traders; your role here is viewer.", home())
    status = await turn.data("status")
    lines = [_line(each) for each in status["accounts"]]
    names = [each["account"] for each in status["accounts"]]
    coded = screen == "resumed"
    one = [Button(f"{sign} {name}", Goes(screen, {"a": name}), once=True, code=coded) for name in names]
    every = [row(Button(f"{sign} All accounts", Goes(screen, {"a": ALL}), once=True, code=coded))] if one[1:] else []
    return Screen("\n".join([f"<b>{title}</b>", what, *lines]), (*every, *in_rows(one, 3), *home()))


def _line(each: Mapping[str, Any]) -> str:
    name = bold(f"{marked(each)}{each['account']}")
    if each["troubles"] or each["held"]:
        sign = BAD if each["troubles"] else HELD
        return "\n".join([f"{sign} {name} opens nothing new", *troubles(each)])
    return f"{GOOD} {name} opens new trades"


async def paused(turn: Turn) -> Screen:
    """Do it."""
    return await _done(turn, paused=True)


async def resumed(turn: Turn) -> Screen:
    """Do it."""
    return await _done(turn, paused=False)


async def _done(turn: Turn, *, paused: bool) -> Screen:
    account = turn.arguments.get("a", "")
    named = {} if account == ALL else {"account": account}
    rows = await turn.data("pause", paused=paused, **named)
    names = ", ".join(said(each["account"]) for each in rows)
    if paused:
        return Screen(f"{HELD} Paused: {names}. Nothing new is opened; exits and stops go on.", home())
    return Screen(f"{GOOD} Resumed: {names}. New trades may be opened.", home())
