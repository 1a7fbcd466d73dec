"""What lies over a text: entities, their units, and a text with them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """What lies over a part of a text; offset and length count UTF-16 units, as Telegram does."""

    type: str
    offset: int
    length: int
    url: str = ""
    language: str = ""
    custom_emoji_id: str = ""

    def as_json(self) -> dict[str, object]:
        """The Bot API's MessageEntity."""
        more = {"url": self.url, "language": self.language, "custom_emoji_id": self.custom_emoji_id}
        found: dict[str, object] = {"type": self.type, "offset": self.offset, "length": self.length}
        return found | {name: value for name, value in more.items() if value}


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text as a person reads it, with what lies over it in order."""

    text: str = ""
    entities: tuple[Entity, ...] = ()

    def marks(self) -> tuple[tuple[str, str], ...]:
        """Each entity with the words it covers."""
        return tuple((each.type, cut(self.text, each.offset, each.length)) for each in self.entities)


def units(text: str) -> int:
    """UTF-16 units; an emoji beyond the basic plane counts two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, offset: int, length: int) -> str:
    """The part of *text* between two UTF-16 positions."""
    return text.encode("utf-16-le")[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")
