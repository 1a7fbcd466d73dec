"""The control socket: private, one line each way, and an answer as long as it has to be."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from core.engine.control import LONGEST, Answer, ControlServer, ask
from core.errors import ConfigError, Stopped, Unavailable


async def much(_: Mapping[str, object]) -> Answer:
    """More than a line may have."""
    return {"exit": 0, "data": "x" * (3 * LONGEST)}


async def wrong(_: Mapping[str, object]) -> Answer:
    """A mistake of whoever asks."""
    raise ConfigError(("one", "two"))


async def down(_: Mapping[str, object]) -> Answer:
    """A venue that isn't there."""
    raise Unavailable("no route")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where it listens."""
    return tmp_path / "run" / "t.sock"


async def test_an_emergency_over_a_thousand_trades_is_answered_whole(path: Path) -> None:
    """E6: what it touches is listed order by order, however many there are."""
    server = ControlServer(path, {"much": much})
    await server.start()
    answer = await ask(path, "much", {})
    await server.close()

    assert answer is not None
    assert len(str(answer["data"])) == 3 * LONGEST


async def test_only_its_owner_may_open_it_and_it_goes_when_closed(path: Path) -> None:
    """S15: mode 0600 in a directory of mode 0700; without a service nobody answers."""
    server = ControlServer(path, {})
    await server.start()
    modes = [each.stat().st_mode & 0o777 for each in (path, path.parent)]
    await server.close()

    assert modes == [0o600, 0o700]
    assert await ask(path, "status", {}) is None


async def test_failures_are_answers(path: Path) -> None:
    """Usage is 2 with every problem, what may pass is 1, an unknown command says that versions differ."""
    server = ControlServer(path, {"wrong": wrong, "down": down})
    await server.start()
    answers = [await ask(path, name, {}) for name in ("wrong", "down", "nope")]
    await server.close()

    assert [each and each["exit"] for each in answers] == [2, 1, 2]
    assert answers[0] == {"exit": 2, "error": ["one", "two"]}


async def silent(_: Mapping[str, object]) -> Answer:
    """A service that hangs."""
    await asyncio.Event().wait()
    return {}


async def test_a_service_that_hangs_is_not_waited_for_without_end(path: Path) -> None:
    """rel:F49: what to do is said, since whoever asks at night can't see why."""
    server = ControlServer(path, {"silent": silent})
    await server.start()
    with pytest.raises(Unavailable, match="Stop it"):
        await ask(path, "silent", {}, within=0.05)
    await server.close()


@pytest.mark.parametrize("place", ["taken/t.sock", "x" * 200])
async def test_a_socket_that_cannot_be_made_says_which_key_names_another(tmp_path: Path, place: str) -> None:
    """rel:F57: under a file, or longer than the system takes: a sentence, no traceback."""
    (tmp_path / "taken").touch()
    with pytest.raises(Stopped, match=r"control socket .*`control:`"):
        await ControlServer(tmp_path / place, {}).start()


@pytest.mark.parametrize("place", ["taken/t.sock", "x" * 200])
async def test_a_socket_that_no_service_can_have_is_a_sentence(tmp_path: Path, place: str) -> None:
    """J1, rel:F57: every command asks there first; at night nobody reads a traceback."""
    (tmp_path / "taken").touch()
    with pytest.raises(Stopped, match=r"control socket .*`control:`"):
        await ask(tmp_path / place, "status", {})


async def test_a_service_that_dies_while_it_is_asked_has_broken_off(tmp_path: Path) -> None:
    """rel:F43: it may have acted and be killed before it says so: nobody closes half of a trade twice by that."""

    async def dies(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    server = await asyncio.start_unix_server(dies, tmp_path / "t.sock")
    with pytest.raises(Unavailable, match=r"broke off.* may be done all the same.* before you repeat it"):
        await ask(tmp_path / "t.sock", "open", {"request": "x" * 4_000_000})
    server.close()


async def test_half_an_answer_is_none(tmp_path: Path) -> None:
    """rel:F43: killed while it says what it did: a sentence with what to do, no traceback."""

    async def dies(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b'{"exit": 0, "da')
        writer.close()

    server = await asyncio.start_unix_server(dies, tmp_path / "t.sock")
    with pytest.raises(Unavailable, match=r"broke off.* may be done all the same"):
        await ask(tmp_path / "t.sock", "status", {})
    server.close()
