"""What a button's 64 bytes mean. One that only leads somewhere says so itself; one that acts is a row of ours (S3).

A row is for one user in one chat, once, for 60 seconds. It is spent before anything is done, so that a double tap, a
replay or a restart acts at most once.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from plugins.frontends.telegram.screen import Button, Goes
from plugins.frontends.telegram.turn import Memory

LONGEST = 64
"""Bytes of callback data (Bot API, InlineKeyboardButton)."""
LIVES = 60_000
"""Milliseconds in which an acting button may be pressed (E6)."""
KEPT_LINKS = 300
KEPT_ONCE = 60
ABOUT = 80
"""Characters of a line that says what was confirmed."""
NOWHERE = Goes("")
ONCE, LINKS, MADE = "_once", "_links", "_made"


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a press means: where to go, or *why* it means nothing any more."""

    goes: Goes = field(default=NOWHERE)
    once: bool = False
    code: bool = False
    why: str = ""
    about: str = ""


def data_of(button: Button, memory: Memory, user: int, now: int, text: str = "") -> str:
    """The callback data of a button that is about to be shown to *user*, under *text*."""
    if button.once:
        identity = secrets.token_urlsafe(12)
        rows = memory.setdefault(ONCE, {})
        rows[identity] = {**_plain(button.goes), "user": user, "until": now + LIVES, "code": button.code,
                          "revision": button.revision, "about": about(text, button.label)}  # fmt: skip
        _forget(rows, KEPT_ONCE)
        return f"c:{identity}"
    written = f"g:{quote(button.goes.screen)}?{urlencode(dict(button.goes.arguments))}"
    if len(written.encode()) <= LONGEST:
        return written
    links = memory.setdefault(LINKS, {})
    memory[MADE] = number = int(memory.get(MADE, 0)) + 1
    links[str(number)] = _plain(button.goes)
    _forget(links, KEPT_LINKS)
    return f"l:{number}"


def pressed(data: str, memory: Memory, user: int, now: int) -> Pressed:
    """What the data of a pressed button means for *user*; an acting one of theirs is spent by this, too late or not."""
    kind, _, rest = data.partition(":")
    if kind == "g":
        screen, _, arguments = rest.partition("?")
        return Pressed(Goes(screen, dict(parse_qsl(arguments, keep_blank_values=True))))
    if kind == "l":
        found = memory.get(LINKS, {}).get(rest)
        return (
            Pressed(_goes(found)) if found is not None else Pressed(why="This button is too old. Open it anew: /start")
        )
    if kind == "c":
        return _once(memory.get(ONCE, {}), rest, user, now)
    return Pressed(why="This button is not known here.")


def _once(rows: dict[str, Any], identity: str, user: int, now: int) -> Pressed:
    found = rows.get(identity)
    if found is None:
        return Pressed(why="This was confirmed already, or is too old. Nothing was done now.")
    if found["user"] != user:
        return Pressed(why="This button is somebody else's. Nothing was done.")
    del rows[identity]
    if now > found["until"]:
        return Pressed(why="Too late: a confirmation holds for 60 seconds. Nothing was done; look again.")
    goes = _goes(found)
    revised = {**goes.arguments, "revision": found["revision"]} if found["revision"] else goes.arguments
    return Pressed(Goes(goes.screen, revised), once=True, code=bool(found["code"]), about=str(found.get("about", "")))


def about(text: str, label: str) -> str:
    r"""What a press of *label* under a message means, in a line of HTML: how the message begins, and the button.

    >>> about("<b>Move the stop?</b>\nBTCUSDT LONG\n...", "Confirm")
    'Move the stop? · BTCUSDT LONG · [Confirm]'
    """
    lines = [unescape(re.sub(r"<[^>]*>", "", line)).strip()[:ABOUT] for line in text.splitlines()]
    return escape(" · ".join([*[line for line in lines if line][:2], f"[{label}]"]), quote=False)


def _plain(goes: Goes) -> dict[str, Any]:
    return {"screen": goes.screen, "arguments": dict(goes.arguments)}


def _goes(found: Mapping[str, Any]) -> Goes:
    return Goes(str(found["screen"]), {str(key): str(value) for key, value in found["arguments"].items()})


def goes_json(goes: Goes) -> dict[str, Any]:
    """Where something goes, as a memory keeps it."""
    return _plain(goes)


def goes_of(found: Mapping[str, Any]) -> Goes:
    """The other way."""
    return _goes(found)


def _forget(rows: dict[str, Any], kept: int) -> None:
    """The oldest go first: a memory doesn't grow with history."""
    while len(rows) > kept:
        del rows[next(iter(rows))]
