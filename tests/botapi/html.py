"""Telegram's HTML, read as strictly as Telegram reads it: text, and the entities that lie over it.

Not the whole of HTML: some fifteen tags, four named references, and anything else is refused with its byte offset.
Markdown is not read at all.
"""

import re
from dataclasses import dataclass, field, replace

from tests.botapi.entities import Entity, Formatted, units
from tests.botapi.links import is_link
from tests.botapi.refusals import Refusal, bad

_TYPES = {
    "bold": ("b", "strong"),
    "italic": ("i", "em"),
    "underline": ("u", "ins"),
    "strikethrough": ("s", "strike", "del"),
    "spoiler": ("tg-spoiler", "span"),
    "blockquote": ("blockquote",),
    "text_link": ("a",),
    "code": ("code",),
    "pre": ("pre",),
    "custom_emoji": ("tg-emoji",),
}
TAGS = {tag: kind for kind, tags in _TYPES.items() for tag in tags}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|([A-Za-z]+));?")
_SPACE = " \t\r\n\0\v"
_END = ""


def parse_html(source: str) -> Formatted:
    """The text under the tags. Raises Refusal as Telegram does."""
    return _Parser(source).run()


@dataclass(slots=True)
class _Open:
    """A tag that waits for its end."""

    name: str
    argument: str
    offset: int
    text_from: int


@dataclass(slots=True)
class _Parser:
    source: str
    at: int = 0
    text: list[str] = field(default_factory=list)
    units: int = 0
    open: list[_Open] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)

    def run(self) -> Formatted:
        while self.at < len(self.source):
            match self._here():
                case "<" if self._here(1) == "/":
                    self._end_tag()
                case "<":
                    self._start_tag()
                case "&":
                    self._say(self._reference())
                case letter:
                    self.at += 1
                    self._say(letter)
        if self.open:
            raise _unreadable(f'can\'t find end tag corresponding to start tag "{self.open[-1].name}"')
        plain = (replace(each, language="") if each.type == "code" else each for each in self.entities)
        ordered = sorted(plain, key=lambda each: (each.offset, -each.length))
        return Formatted("".join(self.text), tuple(ordered))

    def _here(self, ahead: int = 0) -> str:
        return self.source[self.at + ahead] if self.at + ahead < len(self.source) else _END

    def _say(self, letters: str) -> None:
        self.text.append(letters)
        self.units += units(letters)

    def _byte(self, at: int) -> str:
        return f"at byte offset {len(self.source[:at].encode())}"

    def _reference(self) -> str:
        """The letter of a reference; an unknown one stays as it stands."""
        found = _REFERENCE.match(self.source, self.at)
        letter = _letter(*found.groups()) if found else None
        self.at = found.end() if found and letter is not None else self.at + 1
        return letter if letter is not None else "&"

    def _until(self, stops: str) -> str:
        begin = self.at
        while self._here() != _END and self._here() not in stops:
            self.at += 1
        return self.source[begin : self.at]

    def _skip_space(self) -> None:
        while self._here() != _END and self._here() in _SPACE:
            self.at += 1

    def _start_tag(self) -> None:
        begin = self.at
        self.at += 1
        name = self._until(_SPACE + ">").lower()
        if self._here() == _END:
            raise _unreadable(f"unclosed start tag {self._byte(begin)}")
        if name not in TAGS:
            raise _unreadable(f'unsupported start tag "{name}" {self._byte(begin)}')
        argument = ""
        while self._more_attributes():
            key, value = self._attribute(name, begin)
            argument = _argument(name, key, value) or argument
        if name == "span" and argument != "spoiler":
            raise _unreadable(f'tag "span" must have class "tg-spoiler" {self._byte(begin)}')
        self.at += 1
        self.open.append(_Open(name, argument, self.units, len(self.text)))

    def _more_attributes(self) -> bool:
        self._skip_space()
        return self._here() != ">"

    def _attribute(self, tag: str, begin: int) -> tuple[str, str]:
        key = self._until(_SPACE + "=>")
        if not key:
            raise _unreadable(f'empty attribute name in the tag "{tag}" {self._byte(begin)}')
        self._skip_space()
        if self._here() != "=":
            if tag == "blockquote" and key == "expandable":
                return key, "yes"
            words = f'expected equal sign in declaration of an attribute of the tag "{tag}"'
            raise _unreadable(f"{words} {self._byte(begin)}")
        self.at += 1
        self._skip_space()
        value = self._quoted() if self._here() in ("'", '"') else self._token()
        if self._here() == _END:
            raise _unreadable(f"unclosed start tag {self._byte(begin)}")
        return key, value

    def _token(self) -> str:
        begin = self.at
        while self._here().isalnum() or self._here() in (".", "-"):
            self.at += 1
        if self._here() not in (*_SPACE, ">", _END):
            raise _unreadable(f"unexpected end of name token {self._byte(begin)}")
        return self.source[begin : self.at].lower()

    def _quoted(self) -> str:
        quote, letters = self._here(), []
        self.at += 1
        while self._here() not in (quote, _END):
            if self._here() == "&":
                letters.append(self._reference())
            else:
                letters.append(self._here())
                self.at += 1
        self.at += self._here() == quote
        return "".join(letters)

    def _end_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise _unreadable(f"unexpected end tag {self._byte(begin)}")
        self.at += 2
        name = self._until(_SPACE + ">").lower()
        self._skip_space()
        if self._here() != ">":
            raise _unreadable(f"unclosed end tag {self._byte(begin)}")
        wanted = self.open[-1].name
        if name not in ("", wanted):
            raise _unreadable(f'unmatched end tag {self._byte(begin)}, expected "</{wanted}>", found "</{name}>"')
        self.at += 1
        self._close(self.open.pop())

    def _close(self, tag: _Open) -> None:
        """Lay the entity over what was said since; an empty one is none, `<pre><code class=...>` is one."""
        length = self.units - tag.offset
        if not length:
            return
        entity = Entity(type=TAGS[tag.name], offset=tag.offset, length=length)
        match tag.name:
            case "a":
                url = tag.argument or "".join(self.text[tag.text_from :])
                if not is_link(url):
                    return
                entity = replace(entity, url=url)
            case "tg-emoji":
                if not tag.argument.isdigit():
                    raise _unreadable("invalid custom emoji identifier specified")
                entity = replace(entity, custom_emoji_id=tag.argument)
            case "code":
                entity = replace(entity, language=tag.argument)
            case "pre" if self._covers_code(entity):
                entity = replace(entity, language=self.entities.pop().language)
            case "blockquote" if tag.argument:
                entity = replace(entity, type="expandable_blockquote")
        self.entities.append(entity)

    def _covers_code(self, pre: Entity) -> bool:
        """Whether all of it is the code that ended just before: then the two are one."""
        return bool(self.entities) and self.entities[-1] == replace(
            pre, type="code", language=self.entities[-1].language
        )


def _argument(tag: str, key: str, value: str) -> str:
    """What an attribute means to its tag; Telegram ignores those that mean nothing."""
    match tag, key:
        case ("a", "href") | ("tg-emoji", "emoji-id") | ("blockquote", "expandable"):
            return value
        case "code", "class" if value.startswith("language-"):
            return value.removeprefix("language-")
        case "span", "class" if value.startswith("tg-"):
            return value.removeprefix("tg-")
    return ""


def _letter(hexadecimal: str | None, decimal: str | None, name: str | None) -> str | None:
    if name is not None:
        return NAMED.get(name)
    code = int(hexadecimal, 16) if hexadecimal else int(decimal or 0)
    return chr(code) if 0 < code < 0x10FFFF and not 0xD800 <= code <= 0xDFFF else None


def _unreadable(words: str) -> Refusal:
    return bad(f"can't parse entities: {words[0].upper()}{words[1:]}")
