"""Plain values against pydantic models: every problem at its place, said once, with a suggestion for a misspelt key."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.nodes import Document, Plain, Where
from config.saying import nearest, shown
from config.scalars import fitted
from ports.secret import Secret

M = TypeVar("M", bound=BaseModel)

_WORDS = {
    "missing": "is missing",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "decimal_parsing": "must be a number",
    "decimal_type": "must be a number",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "finite_number": "must be a finite number",
    "string_type": "must be plain text",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "dict_type": "needs keys and values",
    "model_type": "needs keys and values",
    "model_attributes_type": "needs keys and values",
    "extra_forbidden": "unknown key",
}


def checked(document: Document, value: Plain, where: Where, model: type[M], also: Iterable[str] = ()) -> M | None:
    """*value* as *model*; None when it isn't, with the problems added to *document*.

    *also* are keys known at this place that another model reads; they are only ever suggested.
    """
    before = len(document.problems)
    plain = {} if value is None else fitted(document, value, where, model, also)
    said = [problem.where for problem in document.problems]
    try:
        settings = model.model_validate(plain)
    except ValidationError as error:
        errors = [(_place(plain, each), each) for each in error.errors(include_url=False, include_input=True)]
        found: dict[Where, list[ErrorDetails]] = {}
        for place, each in errors:
            if (*where, *place) not in said and not _follows(place, each, errors):
                found.setdefault((*where, *place), []).append(each)
        for at, details in found.items():
            document.complain(at, _message(details))
        return None
    return settings if len(document.problems) == before else None


def _follows(place: Where, each: ErrorDetails, errors: Sequence[tuple[Where, ErrorDetails]]) -> bool:
    """Whether this only follows from what is wrong further in: a union's other member, a list without good items."""
    deeper = any(len(other) > len(place) and other[: len(place)] == place for other, _ in errors)
    return deeper and (each["type"].endswith("_type") or each["type"] == "too_short")


def _place(value: Any, each: ErrorDetails) -> Where:
    """The keys to where the error is, without the names that pydantic gives to a union's members."""
    place: list[str | int] = []
    last = len(each["loc"]) - 1
    for number, part in enumerate(each["loc"]):
        inside = isinstance(value, dict) and part in value
        listed = isinstance(value, list) and isinstance(part, int) and part < len(value)
        if inside or listed:
            value = value[part]
            place.append(part)
        elif number == last and each["type"] == "missing":
            place.append(part)
    return tuple(place)


def _message(details: Sequence[ErrorDetails]) -> str:
    """What is wrong at one place: every member of a union says what it would take, what was found is said once."""
    expected = [_expected(each) for each in details]
    wanted = " or ".join([expected[0], *(each.removeprefix("must be ") for each in expected[1:])])
    return wanted + _found(details[-1])


def _expected(each: ErrorDetails) -> str:
    kind, ctx = each["type"], each.get("ctx") or {}
    if isinstance(each.get("input"), Secret) and kind != "value_error":
        return "is a secret, and this key takes plain text that may be shown"
    match kind:
        case "value_error":
            return _lower(each["msg"].removeprefix("Value error, "))
        case "too_short" | "string_too_short":
            return f"needs at least {ctx['min_length']}" if ctx["min_length"] != 1 else "must not be empty"
        case "too_long" | "string_too_long":
            return f"is too long: {ctx['max_length']} at most"
        case _:
            return _WORDS.get(kind) or _lower(each["msg"]).replace("input should", "must", 1)


def _found(each: ErrorDetails) -> str:
    found = each.get("input")
    shows = isinstance(found, Secret | dict | list | tuple) or found in (None, "")
    if shows or each["type"] in ("missing", "value_error"):
        return ""
    return f", not {shown(found)}{_hint(each, str(found))}"


def _hint(each: ErrorDetails, found: str) -> str:
    choices = str((each.get("ctx") or {}).get("expected", ""))
    near = nearest(found, choices.replace(" or ", ", ").replace("'", "").split(", ")) if choices else None
    return f"; did you mean {near!r}?" if near is not None else ""


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
