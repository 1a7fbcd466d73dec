"""Who may act, and that it is written down (rel:I17)."""

import stat
from pathlib import Path

from core.engine.application import FrontDoor
from core.engine.control import ControlServer
from core.engine.control import ask as asked
from core.engine.desk import Desk
from core.engine.steering import Steering
from core.facts import Act, Paused
from core.request import Request
from core.trade import LineState
from ports.frontend import Principal, Role
from tests.living import Serving, ask, serving

ANN = Principal(front="cli", user="ann", role=Role.TRADER)


def door(stage: Serving) -> FrontDoor:
    """The application service; nothing is opened by text here."""

    def read(text: str, _identity: str, _at: int) -> Request:
        raise AssertionError(text)

    desk, steering = Desk(stage.service, read, profile="test", version="0"), Steering(stage.service)
    handlers = {**desk.handlers(), **steering.handlers()}
    return FrontDoor(handlers, stage.store, stage.service.clock, stage.service.tell)


def settled(stage: Serving) -> bool:
    """Whether what became of every order is known: nothing more is written down then."""
    lines = [line for box in stage.service.states["main"].boxes.values() for line in box.trade.lines.values()]
    return len(lines) == 6 and all(line.state in (LineState.WORKING, LineState.ENDED) for line in lines)


async def test_only_the_owner_reaches_the_service_and_is_written_down(tmp_path: Path) -> None:
    """rel:I17: the socket is its owner's alone; who moved a stop and who paused stands in the journal, by name."""
    path = tmp_path / "var" / "tandem.sock"
    async with serving() as stage:
        (reply,) = await stage.service.open(ask(stage), "main")
        assert reply.plan is not None
        server = ControlServer(path, door(stage).handlers(ANN))
        await server.start()
        modes = [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent)]
        what = {"trade": reply.plan.trade, "kind": "move_stop", "price": "55000", "by": "somebody else"}
        moved = await asked(path, "act", what)
        await asked(path, "pause", {"paused": True})
        await server.close()
        await stage.until(lambda: stage.service.states["main"].paused)
        await stage.service.writer.flush()
        acts = [(each.by, each.command, each.exit) for each in await stage.store.audited()]
        journal = [record.what for record in await stage.store.live("main")]

    assert modes == [0o600, 0o700]
    assert moved is not None
    assert moved["exit"] == 0
    assert [each.by for each in journal if isinstance(each, Act)] == ["cli ann"]
    assert [each.by for each in journal if isinstance(each, Paused)] == ["cli ann"]
    assert acts == [("cli ann", "pause", 0), ("cli ann", "act", 0)]


async def test_what_the_service_does_not_know_changes_nothing(tmp_path: Path) -> None:
    """rel:I17: commands that don't exist, no JSON, and dry runs are answered; the journal stays as it is."""
    path = tmp_path / "tandem.sock"
    async with serving() as stage:
        (reply,) = await stage.service.open(ask(stage), "main")
        assert reply.plan is not None
        await stage.until(lambda: settled(stage))
        await stage.service.writer.flush()
        before = await stage.store.live("main")
        server = ControlServer(path, door(stage).handlers(ANN))
        dry = {"trade": reply.plan.trade, "kind": "close", "dry_run": True}
        answers = [await server.answer(line) for line in (b"rubbish", b'{"command": "explode"}', b"[]")]
        would = await Steering(stage.service).act(dry)
        await stage.service.writer.flush()

        assert [answer["exit"] for answer in answers] == [2, 2, 2]
        assert would["exit"] == 0
        assert await stage.store.live("main") == before
