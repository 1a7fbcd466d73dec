"""The bot's token as tests have it, and every place where a test could have left it (S5)."""

import base64
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from tests.botapi.server import TOKEN

KEPT_ON_PURPOSE = {"token"}
"""Names of files that are the secret itself."""
LARGEST = 20_000_000
SECRET = TOKEN.partition(":")[2]
FORMS = tuple(
    form.encode() for form in (SECRET, quote(TOKEN, safe=""), base64.b64encode(TOKEN.encode()).decode().rstrip("="))
)


def shown(text: str) -> bool:
    """Whether the token can be read in a text, however it is written."""
    return any(form in text.encode() for form in FORMS)


def files_with_it(folder: Path) -> Iterator[Path]:
    """Files below a folder that hold it and shouldn't: databases, logs, sockets' leavings, whatever there is."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink() and path.name not in KEPT_ON_PURPOSE:
            try:
                body = path.read_bytes() if path.stat().st_size < LARGEST else b""
            except OSError:
                continue
            if any(form in body for form in FORMS):
                yield path
