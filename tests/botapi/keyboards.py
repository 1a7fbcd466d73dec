"""Keyboards: what Telegram takes as reply_markup, what a person sees of it, and which button does what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.botapi.links import is_link
from tests.botapi.refusals import Refusal, bad, not_modelled, strict

DATA_BYTES = 64
IN_A_ROW = 8
IN_ALL = 100
_INLINE_KEYS = {"text", "callback_data", "url", "copy_text", "style", "icon_custom_emoji_id"}
_OTHERS = {
    "keyboard": {
        *("keyboard", "is_persistent", "resize_keyboard", "one_time_keyboard"),
        *("input_field_placeholder", "selective"),
    },
    "remove_keyboard": {"remove_keyboard", "selective"},
    "force_reply": {"force_reply", "input_field_placeholder", "selective"},
}


@dataclass(frozen=True, slots=True)
class Button:
    """One button under a message."""

    text: str
    data: str = ""
    url: str = ""
    copies: str = ""

    def as_json(self) -> dict[str, object]:
        """The Bot API's InlineKeyboardButton."""
        does: dict[str, object] = {"callback_data": self.data, "url": self.url}
        if self.copies:
            does["copy_text"] = {"text": self.copies}
        return {"text": self.text} | {name: value for name, value in does.items() if value}


@dataclass(frozen=True, slots=True)
class Keyboard:
    """The buttons under a message, row by row."""

    rows: tuple[tuple[Button, ...], ...] = ()

    def labels(self) -> tuple[tuple[str, ...], ...]:
        """What is written on them."""
        return tuple(tuple(button.text for button in row) for row in self.rows)

    def buttons(self) -> tuple[Button, ...]:
        """All, from the top."""
        return tuple(button for row in self.rows for button in row)

    def as_json(self) -> dict[str, object]:
        """The Bot API's InlineKeyboardMarkup."""
        return {"inline_keyboard": [[button.as_json() for button in row] for row in self.rows]}


@dataclass(frozen=True, slots=True)
class ReplyKeyboard:
    """What stands in place of a person's own keyboard: labels that are sent as they stand; none takes it away."""

    rows: tuple[tuple[str, ...], ...] = ()


def read_markup(given: object) -> Keyboard | ReplyKeyboard | None:
    """What reply_markup asks for; None when there is none. Raises Refusal in Telegram's words."""
    if given is None:
        return None
    if not isinstance(given, Mapping):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in given:
        _only(given, {"inline_keyboard"}, "InlineKeyboardMarkup")
        return _measured(Keyboard(tuple(tuple(map(_button, row)) for row in _rows(given["inline_keyboard"]) if row)))
    for kind, known in _OTHERS.items():
        if kind in given:
            _only(given, known, kind)
            return _reply_keyboard(given.get("keyboard", ()))
    raise bad("object expected as reply markup")


def only_inline(markup: Keyboard | ReplyKeyboard | None) -> Keyboard:
    """What an edit may bring; nothing means no buttons."""
    if isinstance(markup, ReplyKeyboard):
        raise bad("inline keyboard expected")
    return markup or Keyboard()


def _rows(given: object) -> Sequence[Sequence[object]]:
    if not isinstance(given, list) or not all(isinstance(row, list) for row in given):
        raise bad('can\'t parse inline keyboard: field "inline_keyboard" must be an Array of Arrays')
    return given


def _button(given: object) -> Button:
    if not isinstance(given, Mapping):
        raise _unreadable("InlineKeyboardButton must be an Object")
    if not isinstance(given.get("text"), str):
        raise _unreadable('Can\'t find field "text"')
    if not given["text"].strip():
        raise strict("a button without a label; Telegram would leave it out")
    _only(given, _INLINE_KEYS, "InlineKeyboardButton")
    if not given.keys() & {"callback_data", "url", "copy_text"}:
        raise _unreadable("Text buttons are unallowed in the inline keyboard")
    return Button(given["text"], _data(given), _url(given), _copies(given))


def _data(given: Mapping[str, Any]) -> str:
    data = given.get("callback_data", "")
    if "callback_data" in given and not (isinstance(data, str) and 0 < len(data.encode()) <= DATA_BYTES):
        raise bad("BUTTON_DATA_INVALID")
    return str(data)


def _url(given: Mapping[str, Any]) -> str:
    url = str(given.get("url", ""))
    if url and not is_link(url):
        raise bad(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    return url


def _copies(given: Mapping[str, Any]) -> str:
    copied = given.get("copy_text")
    if copied is None:
        return ""
    text = copied.get("text") if isinstance(copied, Mapping) else None
    if not isinstance(text, str) or not 1 <= len(text) <= 256:
        raise bad("BUTTON_COPY_TEXT_INVALID")
    return text


def _measured(keyboard: Keyboard) -> Keyboard:
    if len(keyboard.buttons()) > IN_ALL:
        raise bad("reply markup is too long")
    if any(len(row) > IN_A_ROW for row in keyboard.rows):
        raise strict(f"more than {IN_A_ROW} buttons in a row")
    return keyboard


def _reply_keyboard(given: object) -> ReplyKeyboard:
    rows = []
    for row in _rows(list(given) if isinstance(given, tuple) else given):
        labels = [each.get("text") if isinstance(each, Mapping) else each for each in row]
        if not all(isinstance(label, str) and label for label in labels):
            raise bad("can't parse keyboard button: KeyboardButton must be a String or an Object")
        if any(isinstance(each, Mapping) and each.keys() - {"text"} for each in row):
            raise not_modelled("keyboard button that asks for something")
        rows.append(tuple(map(str, labels)))
    return ReplyKeyboard(tuple(rows))


def _only(given: Mapping[str, Any], known: set[str], what: str) -> None:
    if unknown := sorted(given.keys() - known):
        raise strict(f"{what} with the field {unknown[0]!r}")


def _unreadable(words: str) -> Refusal:
    return bad(f"can't parse inline keyboard button: {words}")
