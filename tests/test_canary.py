"""The canary itself: what it finds (S5)."""

import base64
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.botapi.server import TOKEN
from tests.canary import files_with_it, shown


@pytest.mark.parametrize(
    "text",
    [
        f"https://api.telegram.org/bot{TOKEN}/getMe",
        TOKEN.partition(":")[2],
        quote(f"{TOKEN}", safe=""),
        base64.b64encode(TOKEN.encode()).decode(),
    ],
)
def test_the_token_is_found_however_it_is_written(text: str, tmp_path: Path) -> None:
    """S5: plain, without the bot's number, quoted for an address, in base 64; in a text and in a file deep down."""
    (tmp_path / "deep").mkdir()
    file = tmp_path / "deep" / "any.db"
    file.write_bytes(b"\\0\\1" + f"x{text}y".encode())
    found = list(files_with_it(tmp_path))
    file.unlink()

    assert found == [file]
    assert shown(f"x{text}y")


def test_the_file_that_is_the_secret_is_left_out(tmp_path: Path) -> None:
    """What the configuration points to must hold it; nothing else may."""
    (tmp_path / "token").write_text(TOKEN)

    assert list(files_with_it(tmp_path)) == []
    assert not shown("nothing of it")
