"""A request as it came: its method, its fields and files, read strictly."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.botapi.refusals import bad, strict

_YES = {"true", "yes", "1"}
_NO = {"false", "no", "0", ""}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in a request."""

    name: str
    kind: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Given:
    """The fields of a request as texts, and its files."""

    fields: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The field; empty when it isn't there."""
        return self.fields.get(name, "")

    def needed(self, name: str) -> str:
        """The field; refused when it isn't there."""
        if not self.text(name):
            raise bad(f'parameter "{name}" is required')
        return self.text(name)

    def number(self, name: str, default: int = 0) -> int:
        """The field as an integer. Telegram reads nonsense as 0; here it is refused."""
        text = self.text(name)
        try:
            return int(text) if text else default
        except ValueError:
            raise strict(f"{name} is {text!r} and no integer") from None

    def flag(self, name: str) -> bool:
        """The field as yes or no."""
        text = self.text(name).strip().lower()
        if text not in _YES | _NO:
            raise strict(f"{name} is {text!r} and neither true nor false")
        return text in _YES

    def read(self, name: str) -> Any:
        """The field as JSON; None when it isn't there."""
        text = self.text(name)
        if not text:
            return None
        try:
            return json.loads(text)
        except ValueError:
            raise bad(f"can't parse {name.replace('_', ' ')} JSON object") from None

    def only(self, known: frozenset[str], method: str) -> None:
        """Refuse what the method doesn't take; Telegram would overlook it, and so would whoever misspelt it."""
        attached = {name for name in self.files if f"attach://{name}" in "".join(self.fields.values())}
        if unknown := sorted((self.fields.keys() | self.files.keys()) - known - attached):
            raise strict(f"{method} takes no parameter {unknown[0]!r}")


async def read_request(request: web.Request) -> Given:
    """Fields from the address and from the body, in any of the four forms that the Bot API takes."""
    fields: dict[str, str] = dict(request.query)
    files: dict[str, Upload] = {}
    match request.content_type:
        case "application/json":
            fields |= _from_json(await request.text())
        case "multipart/form-data" | "application/x-www-form-urlencoded":
            for name, value in (await request.post()).items():
                if isinstance(value, web.FileField):
                    files[name] = Upload(value.filename, value.content_type, value.file.read())
                else:
                    fields[name] = value if isinstance(value, str) else value.decode()
    return Given(fields, files)


def _from_json(text: str) -> dict[str, str]:
    try:
        body = json.loads(text or "{}")
    except ValueError:
        raise bad("can't parse JSON object in the request") from None
    if not isinstance(body, dict):
        raise bad("expected an Object in the request")
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}
