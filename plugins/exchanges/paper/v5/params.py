"""What callers send, read strictly: a missing or malformed parameter is 10001 and named."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from plugins.exchanges.paper.v5.numbers import read
from plugins.exchanges.paper.venue.words import VenueError

Params = Mapping[str, Any]


def text(params: Params, name: str) -> str:
    """A text that must be there."""
    value = params.get(name)
    if not isinstance(value, str) or not value:
        raise VenueError(10001, f"params error: {name} is required")
    return value


def optional(params: Params, name: str) -> str:
    """A text, "" when it is absent."""
    value = params.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise VenueError(10001, f"params error: {name} invalid")
    return value


def number(params: Params, name: str) -> Decimal:
    """A number that must be there."""
    if params.get(name) in (None, ""):
        raise VenueError(10001, f"params error: {name} is required")
    return read(params[name], name)


def number_or_none(params: Params, name: str) -> Decimal | None:
    """A number, None when it is absent or empty."""
    return None if params.get(name) in (None, "") else read(params[name], name)


def level(params: Params, name: str) -> Decimal | None:
    """A price that is absent or 0 for none."""
    return number_or_none(params, name) or None


def whole(params: Params, name: str, default: int, least: int, most: int) -> int:
    """A whole number within limits; what lies beyond them is cut to them, as Bybit does."""
    value = params.get(name)
    if value in (None, ""):
        return default
    try:
        return min(max(int(str(value)), least), most)
    except ValueError:
        raise VenueError(10001, f"params error: {name} invalid") from None


def flag(params: Params, name: str) -> bool:
    """True or false; clients also send them as text."""
    value = params.get(name)
    return value is True or value in ("true", "True")


def linear(params: Params) -> None:
    """The only category that this venue has."""
    category = params.get("category")
    if category != "linear":
        raise VenueError(10001, f"params error: category {category!r}; this venue has linear only")
