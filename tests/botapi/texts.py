"""Texts as Telegram keeps them: cleaned, trimmed, measured, with what it finds in them by itself (commands, links)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.botapi.entities import Entity, Formatted, units
from tests.botapi.html import parse_html
from tests.botapi.refusals import bad, not_modelled

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
"""Both count UTF-16 units, the stricter of two readings of "characters"."""

_FINDS = (
    (
        "url",
        re.compile(
            r"\bhttps?://[^\s<>\"]*[^\s<>\".,;:!?)]|\b(?:[\w-]+\.)+(?:com|org|net|io|me|app|dev|info)\b(?:/\S*)?"
        ),
    ),
    ("email", re.compile(r"\b[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,8}\b")),
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])")),
    ("mention", re.compile(r"(?<![\w@])@[A-Za-z]\w{3,31}\b")),
    ("cashtag", re.compile(r"(?<![\w$])\$[A-Z]{1,8}\b")),
    ("hashtag", re.compile(r"(?<![\w#])#\w*[^\W\d_]\w*")),
)
_OPAQUE = {"code", "pre", "text_link", "text_mention", "custom_emoji"}
_GIVEN = {*("bold", "italic", "underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote")} | _OPAQUE
_FOUND = {*("mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number")}
# Telegram takes these out of every text: line and paragraph separators and the marks that turn the reading direction.
_TAKEN_OUT = {**dict.fromkeys(range(0x2028, 0x202F)), 0x0D: None}
_BLANKED = {**dict.fromkeys((*range(9), *range(0x0B, 0x0D), *range(0x0E, 0x20), 9), " ")}


def read_text(text: str, parse_mode: str, entities: object) -> Formatted:
    """What a bot's text and entities amount to. Raises Refusal in Telegram's words."""
    match parse_mode.lower():
        case "html" if text:
            formatted = parse_html(text)
        case "" | "none" | "html":
            formatted = Formatted(text, tuple(_given(entities)))
        case "markdown" | "markdownv2":
            raise not_modelled(f"parse mode {parse_mode}")
        case _:
            raise bad("unsupported parse_mode")
    return tidy(formatted)


def tidy(formatted: Formatted) -> Formatted:
    """The text without what Telegram takes out and the space around it, with what Telegram finds."""
    trimmed = _trimmed(_cleaned(formatted))
    found = list(trimmed.entities)
    taken = [(each.offset, each.offset + each.length) for each in found if each.type in _OPAQUE]
    for each in _finds(trimmed.text):
        end = each.offset + each.length
        if not any(begin < end and each.offset < stop for begin, stop in taken):
            found.append(each)
            taken.append((each.offset, end))
    return Formatted(trimmed.text, tuple(sorted(found, key=lambda each: (each.offset, -each.length))))


def _cleaned(formatted: Formatted) -> Formatted:
    """Each letter that goes moves what lies behind it."""
    text = formatted.text.translate(_BLANKED)
    gone = [units(text[:at]) for at, letter in enumerate(text) if ord(letter) in _TAKEN_OUT]
    entities = (_moved(each, gone) for each in formatted.entities)
    return Formatted(text.translate(_TAKEN_OUT), tuple(each for each in entities if each.length))


def _moved(entity: Entity, gone: Sequence[int]) -> Entity:
    end = entity.offset + entity.length
    begin = entity.offset - sum(at < entity.offset for at in gone)
    return replace(entity, offset=begin, length=end - sum(at < end for at in gone) - begin)


def _trimmed(formatted: Formatted) -> Formatted:
    lead = units(formatted.text) - units(formatted.text.lstrip())
    text = formatted.text.strip()
    whole = units(text)
    kept = []
    for each in formatted.entities:
        begin = min(max(each.offset - lead, 0), whole)
        end = min(max(each.offset + each.length - lead, 0), whole)
        if begin < end:
            kept.append(replace(each, offset=begin, length=end - begin))
    return Formatted(text, tuple(kept))


def _finds(text: str) -> Iterator[Entity]:
    for kind, pattern in _FINDS:
        for match in pattern.finditer(text):
            yield Entity(type=kind, offset=units(text[: match.start()]), length=units(match.group()))


def _given(entities: object) -> Iterator[Entity]:
    """Entities that came as a list; those that Telegram finds by itself are ignored, as it ignores them."""
    if entities is None:
        return
    if not isinstance(entities, list):
        raise bad("can't parse entities: expected an Array")
    for each in entities:
        if not isinstance(each, Mapping):
            raise bad("can't parse MessageEntity: expected an Object")
        kind = each.get("type")
        if kind in _GIVEN:
            yield _entity(each)
        elif kind not in _FOUND:
            raise bad("can't parse MessageEntity: Unsupported type specified")


def _entity(given: Mapping[str, Any]) -> Entity:
    for name in ("offset", "length"):
        if not isinstance(given.get(name), int):
            raise bad(f"can't parse MessageEntity: Can't find field \"{name}\"")
    texts = {name: str(given[name]) for name in ("url", "language", "custom_emoji_id") if name in given}
    return Entity(type=given["type"], offset=given["offset"], length=given["length"], **texts)
