"""What is configured, to read: accounts, notifiers, time zone, and who may do what."""

from collections.abc import Iterator, Mapping
from typing import Any

from core.money_text import duration_text
from plugins.frontends.telegram.rooms.leading import home
from plugins.frontends.telegram.rooms.money import marked
from plugins.frontends.telegram.rooms.texts import block, bold, fitted, pairs, plain, said
from plugins.frontends.telegram.screen import Screen, go, row
from plugins.frontends.telegram.turn import Turn
from ports.frontend import Role

TIMES = ("audit", "cooldown_after_stop")
"""Limits that are times, in milliseconds."""
LIMITS = {"max_trades": "Most trades", "audit": "Audit every"}
STOPPED = {"keep": "stay", "cancel_entries": "are cancelled"}


async def settings(turn: Turn) -> Screen:
    """The configuration in short; it is changed in its file."""
    data = await turn.data("settings")
    who = f"{said(turn.who.name or turn.who.user)}, {said(turn.who.role.value)}"
    parts = [
        "<b>Settings</b>",
        f"You: {who}",
        block(pairs(_general(data))),
        *_accounts(data["accounts"]),
        *_named("Strategies", data["strategies"]),
        *_named("Notifiers", data["notifiers"]),
        *_named("Front ends", data["frontends"]),
        *_people(data["people"], turn),
        f"Changed in {said(data['path'])}; what is told how, in Preferences.",
    ]
    return Screen(fitted(parts), (row(go("Preferences", "preferences"), go("Status", "status")), *home()))


def _general(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "Time zone", plain(data["timezone"])
    yield "Store", plain(data["store"])
    yield "Entries when stopped", STOPPED.get(str(data["on_stop"]), plain(data["on_stop"]))
    for name, value in data["limits"].items():
        yield LIMITS.get(name, plain(name).replace("_", " ")), duration_text(value) if name in TIMES else plain(value)


def _accounts(accounts: list[Mapping[str, Any]]) -> Iterator[str]:
    yield "<b>Accounts</b>"
    for each in accounts:
        follows = f", follows {said(each['follows'])}" if each["follows"] else ""
        yield f"{bold(marked(each) + each['account'])}: {said(each['use'])}{follows}"


def _people(people: list[Mapping[str, Any]], turn: Turn) -> Iterator[str]:
    """Who is served; a viewer is told how many, not who."""
    if turn.who.role is Role.TRADER:
        named = ", ".join(f"{said(each['user'])} {said(each['role'])}" for each in people)
        yield f"<b>People served</b> {named or 'nobody'}"
    else:
        yield f"<b>People served</b> {len(people)}"


def _named(title: str, rows: list[Mapping[str, Any]]) -> Iterator[str]:
    if rows:
        yield f"<b>{title}</b> " + ", ".join(_one(each) for each in rows)


def _one(each: Mapping[str, Any]) -> str:
    return said(each["name"]) if each["name"] == each["use"] else f"{said(each['name'])} ({said(each['use'])})"
