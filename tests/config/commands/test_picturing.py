"""`tandem chart` and `tandem equity`: what the service painted, in a file."""

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from config.commands.picturing import picture
from core.engine.control import Answer, ControlServer

PNG = b"\x89PNG"


class Service:
    """A service that paints one trade, and remembers what it was asked."""

    def __init__(self) -> None:
        """Nothing asked yet."""
        self.asked: list[Mapping[str, object]] = []

    async def chart(self, arguments: Mapping[str, object]) -> Answer:
        """Only X is a trade."""
        self.asked.append(arguments)
        if arguments["trade"] != "X":
            return {"exit": 2, "error": ["no such trade"]}
        return {"exit": 0, "data": {"png": b64encode(PNG).decode(), "caption": "X long"}}


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    """It listens where the configuration says."""
    (tmp_path / "c.yaml").write_text(f"control: {tmp_path}/t.sock\naccounts: {{main: {{use: paper}}}}\n")
    found = Service()
    server = ControlServer(tmp_path / "t.sock", {"chart": found.chart})
    await server.start()
    yield found
    await server.close()


def run(at: Path, out: str, trade: str = "X", *, force: bool = False, as_json: bool = False) -> int:
    """The command, as app.py calls it."""
    arguments = {"trade": trade, "account": None, "interval": 5}
    return picture(at / "c.yaml", "chart", arguments, at / out, force=force, as_json=as_json)


async def test_the_picture_is_written_and_its_caption_said(
    service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """E5: what wasn't named isn't asked for."""
    code = await asyncio.to_thread(run, tmp_path, "x.png", as_json=True)

    assert (code, (tmp_path / "x.png").read_bytes()) == (0, PNG)
    assert json.loads(capsys.readouterr().out) == {"file": str(tmp_path / "x.png"), "caption": "X long"}
    assert service.asked == [{"trade": "X", "interval": 5}]


async def test_a_file_that_is_there_is_replaced_by_force_only(
    service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """E5: it may be anything; exit 2, and nobody is asked to paint."""
    (tmp_path / "x.png").write_bytes(b"something older and longer")
    refused = await asyncio.to_thread(run, tmp_path, "x.png")
    left, asked = (tmp_path / "x.png").read_bytes(), list(service.asked)
    forced = await asyncio.to_thread(run, tmp_path, "x.png", force=True)

    assert (refused, left, asked) == (2, b"something older and longer", [])
    assert "x.png: is there already; name another file by --out" in capsys.readouterr().err
    assert (forced, (tmp_path / "x.png").read_bytes()) == (0, PNG)


@pytest.mark.usefixtures("service")
async def test_what_went_wrong_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """E5: no such trade, no such folder: 2, and which; no file is left."""
    codes = [await asyncio.to_thread(run, tmp_path, *each) for each in (("y.png", "Y"), ("no/x.png",))]

    said = capsys.readouterr().err
    assert codes == [2, 2]
    assert "no such trade" in said
    assert "no/x.png: can't be written: No such file or directory; name another file by --out" in said
    assert not (tmp_path / "y.png").exists()


def test_without_a_service_it_says_how_to_start_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """E5: exit 1, and the command to run."""
    (tmp_path / "c.yaml").write_text(f"control: {tmp_path}/t.sock\n")

    assert run(tmp_path, "x.png") == 1
    assert f"start it with `tandem run {tmp_path / 'c.yaml'}`" in capsys.readouterr().err
