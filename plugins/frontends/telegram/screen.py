"""What a person sees: HTML text, buttons in rows, maybe a picture. Plain values; the shell puts them on the phone."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Goes:
    """Where a button, a command or a typed answer leads: a screen's name with its arguments, all of them short text."""

    screen: str
    arguments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Button:
    """One button. *once*: it acts (E6): single-use, for this user in this chat only, dead after 60 s.

    *revision* is what the previewed answer said; it comes back in the arguments as `revision`. *code*: the act is one
    for which a one-time code is asked where the settings say so.
    """

    label: str
    goes: Goes
    once: bool = False
    revision: str = ""
    code: bool = False


@dataclass(frozen=True, slots=True)
class Screen:
    """A whole message. *text* is Telegram HTML, already escaped (`html.escape`), below 4,096 characters.

    *awaits*: what the next typed text in this chat is an answer to, for *patience* milliseconds (0 = as long as it
    takes); after that *forgotten* is shown instead. *watched*: drawn anew every 45 s while somebody looks.
    *picture* is a PNG; the text is its caption then, 1,024 characters at most. *toast* is shown for a moment over the
    buttons, unless the button acted. *fresh*: a new message even when a button was pressed.
    """

    text: str
    rows: tuple[tuple[Button, ...], ...] = ()
    awaits: Goes | None = None
    patience: int = 0
    forgotten: str = ""
    watched: Goes | None = None
    picture: bytes | None = None
    toast: str = ""
    fresh: bool = False


def row(*buttons: Button) -> tuple[Button, ...]:
    """A row of buttons; two or three fit a phone."""
    return buttons


def go(label: str, screen: str, **arguments: str) -> Button:
    """A button that only leads somewhere: it may be pressed as long as its message lives.

    >>> go("Back", "positions").goes.screen
    'positions'
    """
    return Button(label, Goes(screen, arguments))
