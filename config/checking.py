"""Plain values against pydantic models: every problem at its place, with a suggestion for a misspelt key."""

import difflib
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.nodes import Document, Plain, Where
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
}


def checked(document: Document, value: Plain, where: Where, model: type[M]) -> M | None:
    """*value* as *model*; None when it isn't, with the problems added to *document*."""
    try:
        return model.model_validate({} if value is None else _strict(value))
    except ValidationError as error:
        for each in error.errors(include_url=False, include_input=True):
            document.complain((*where, *_place(each)), _message(each, model))
        return None


def _strict(value: Plain) -> Plain:
    """Booleans only as true and false: pydantic would take yes, on, 1 as well."""
    match value:
        case dict():
            return {key: _strict(each) for key, each in value.items()}
        case list():
            return [_strict(each) for each in value]
        case str() if value.lower() in ("yes", "no", "on", "off", "y", "n", "t", "f"):
            return f"{value} "
        case _:
            return value


def _place(each: ErrorDetails) -> Where:
    return tuple(part for part in each["loc"] if not (isinstance(part, str) and ("[" in part or "(" in part)))


def _message(each: ErrorDetails, model: type[BaseModel]) -> str:
    kind = each["type"]
    if kind == "extra_forbidden":
        return unknown("key", str(each["loc"][-1]), _keys(model, each["loc"][:-1]))
    found = each.get("input")
    shown = "" if isinstance(found, dict | list | Secret) or found is None else f", not {str(found).strip()!r}"
    text = _WORDS.get(kind)
    if text is None:
        text = each["msg"].removeprefix("Value error, ")
        text = text[:1].lower() + text[1:]
    return text if kind in ("missing", "value_error") else text + shown


def unknown(what: str, name: str, known: list[str]) -> str:
    """A sentence about a name that isn't known, with the nearest one that is."""
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f"unknown {what}; did you mean {near[0]!r}?"
    return f"unknown {what}; there are {', '.join(sorted(known))}" if known else f"unknown {what}"


def _keys(model: type[BaseModel], where: tuple[int | str, ...]) -> list[str]:
    """The keys that the model has at a place."""
    current: type[BaseModel] | None = model
    for part in where:
        if current is None:
            return []
        info = current.model_fields.get(str(part))
        annotation = info.annotation if info is not None else None
        current = annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
    return list(current.model_fields) if current is not None else []
