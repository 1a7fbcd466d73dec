"""The one door: who may, what is kept, and that nobody's mistake is an error of the program (E1, S1)."""

import asyncio
from collections.abc import Mapping

import pytest

from core.engine.application import FrontDoor
from core.engine.control import Answer
from core.engine.memory_store import MemoryStore
from core.errors import ConfigError, Stopped, Unavailable
from plugins.clocks.system import SystemClock
from ports.frontend import Principal, Role
from ports.persistence import Audited

ALICE = Principal(front="telegram", user="7", name="Alice", role=Role.TRADER, chat="7")
VICTOR = Principal(front="telegram", user="8", name="Victor", role=Role.VIEWER, chat="8")


class Full(MemoryStore):
    """A disk that takes nothing."""

    async def audit(self, entry: Audited) -> None:
        """Refused."""
        raise Unavailable("the disk is full")


class Room:
    """Handlers that remember what they were asked."""

    def __init__(self, raises: BaseException | None = None) -> None:
        self.asked: list[Mapping[str, object]] = []
        self._raises = raises

    async def act(self, arguments: Mapping[str, object]) -> Answer:
        """Does it, or raises."""
        self.asked.append(arguments)
        if self._raises is not None:
            raise self._raises
        return {"exit": 0, "data": "done"}


def door(room: Room, store: MemoryStore | None = None) -> FrontDoor:
    """With the room behind it."""

    async def tell(what: str, detail: str) -> None:
        raise AssertionError((what, detail))

    handlers = dict.fromkeys(("act", "status", "close_all"), room.act)
    return FrontDoor(handlers, store or MemoryStore(), SystemClock(), tell)


@pytest.mark.parametrize(
    ("command", "arguments", "may"),
    [
        ("status", {}, True),
        ("act", {"dry_run": True}, True),
        ("act", {}, False),
        ("act", {"dry_run": False}, False),
        ("close_all", {"dry_run": True}, False),
    ],
)
async def test_a_viewer_looks_and_never_acts(command: str, arguments: dict[str, object], may: bool) -> None:
    """E1: what isn't known to be a mere look is an act."""
    room = Room()
    answer = await door(room).do(VICTOR, command, arguments)

    assert bool(room.asked) is may
    assert (answer["exit"] == 0) is may


async def test_an_act_that_breaks_off_is_kept_as_such() -> None:
    """E1, J2: cut off by a stop, or by a bug of ours, it may have been done: the trail must not be silent."""
    store = MemoryStore()
    for each in (asyncio.CancelledError(), ZeroDivisionError()):
        with pytest.raises(type(each)):
            await door(Room(each), store).do(ALICE, "act", {"trade": "X"})

    assert [(kept.command, kept.exit, "not known" in kept.detail) for kept in await store.audited()] == [
        ("act", 1, True)
    ] * 2


async def test_who_acts_is_the_doors_word_and_is_kept() -> None:
    """S1: a front end can't act in another's name; the trail says who, what and what came of it."""
    room, store = Room(), MemoryStore()
    await door(room, store).do(ALICE, "act", {"trade": "X", "by": "somebody else", "origin": "cli"})
    (kept,) = await store.audited()

    assert (room.asked[0]["by"], room.asked[0]["origin"], room.asked[0]["chat"]) == (
        "Alice (telegram 7)",
        "telegram",
        "7",
    )
    assert (kept.by, kept.command, kept.exit) == ("Alice (telegram 7)", "act", 0)
    assert '"trade": "X"' in kept.arguments


@pytest.mark.parametrize(
    ("raised", "exit_", "words"),
    [
        (ConfigError(("one", "two")), 2, ["one", "two"]),
        (Unavailable("later"), 1, ["later"]),
        (Stopped("ask a person"), 1, ["ask a person"]),
    ],
)
async def test_what_goes_wrong_is_an_answer(raised: Exception, exit_: int, words: list[str]) -> None:
    """E7: refusals and venues that can't be reached are sentences, and they stand in the trail."""
    store = MemoryStore()
    answer = await door(Room(raised), store).do(ALICE, "act", {})
    (kept,) = await store.audited()

    assert answer == {"exit": exit_, "error": words}
    assert (kept.exit, kept.detail) == (exit_, "; ".join(words))


async def test_a_full_disk_stops_nobody_from_closing() -> None:
    """DESIGN 4: what lowers risk goes out though nothing can be written."""
    room = Room()
    answer = await door(room, Full()).do(ALICE, "act", {"kind": "close"})

    assert answer["exit"] == 0
    assert len(room.asked) == 1


async def test_an_unknown_command_is_a_sentence() -> None:
    """E7: a front end of another version breaks nothing."""
    answer = await door(Room()).do(ALICE, "explode", {})

    assert answer["exit"] == 2
    assert "explode" in str(answer["error"])


class Stuck(MemoryStore):
    """A disk that never answers, or a plugin's bug."""

    bug = False

    async def audit(self, entry: Audited) -> None:
        """Never."""
        if self.bug:
            raise OSError("not one of ours")
        await asyncio.Event().wait()


@pytest.mark.parametrize("bug", [False, True])
async def test_who_acted_hears_what_came_of_it_though_it_cannot_be_kept(bug: bool) -> None:
    """B14, rel:F46, rel:F58: it is done; an answer that never comes would make somebody do it twice."""
    store = Stuck()
    store.bug = bug
    front = door(Room(), store)
    front.kept_within = 0.01

    assert await front.do(ALICE, "act", {}) == {"exit": 0, "data": "done"}
