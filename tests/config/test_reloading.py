"""What a reload takes over, what it leaves for a restart, and what is then said to be in force (J2)."""

import asyncio
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from config.container import Container
from config.load import load
from config.registry import Offer, Registry, registry
from config.reloading import Reloading
from core.account.box import Box
from core.alert_text import text as alert_text
from core.engine.memory_store import MemoryStore
from core.engine.outbox import Outbox
from core.errors import Stopped
from ports.contract.samples import told
from ports.hooks import Adapter
from ports.notifier import Moving, Notifier
from ports.persistence import Batch
from tests.core.engine.outboxes import Recorder
from tests.driving import driven
from tests.staging import request

BOT = "{use: telegram, token: !env TANDEM_TEST_TOKEN}"
WRITTEN = f"""
accounts: {{main: {{use: paper, balance: 10000}}}}
notifiers: [{{use: console}}, {BOT}]
frontends: [{{use: telegram, users: {{7: trader, 8: trader}}}}]
store: {{use: sqlite, path: ':memory:'}}
venue: {{state: ':memory:'}}
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration with a bot that two people may use."""
    monkeypatch.setenv("TANDEM_TEST_TOKEN", "123456:a-token-that-nobody-may-see-0123456789")
    monkeypatch.setenv("TANDEM_NEXT_TOKEN", "123456:another-token-that-nobody-may-see-012345")
    write(tmp_path / "t.yaml", WRITTEN)
    return tmp_path / "t.yaml"


def write(file: Path, text: str) -> None:
    """Somebody edits it."""
    file.write_text(text, "utf-8")


def reloading(
    file: Path,
    live: dict[str, Box] | None = None,
    notifiers: dict[str, Notifier] | None = None,
    found: Registry | None = None,
    store: MemoryStore | None = None,
) -> Reloading:
    """Of a service that is built and not opened, with these trades on."""
    found = found or registry(third_party=False)
    settings = load(file, found)
    container = Container(settings=settings, registry=found)
    service = container.service()
    service.store = store or MemoryStore()
    notifiers = {} if notifiers is None else notifiers
    notifiers.update(container.notifiers())
    service.states["main"].boxes = {} if live is None else live
    outbox = Outbox(service.store, service.clock, notifiers, alert_text)
    fronts = container.frontends()
    return Reloading(settings, found, service, outbox, notifiers, fronts, lambda _: None, lambda _: None)


async def test_who_is_served_changes_at_once_and_the_rest_of_a_front_end_waits(file: Path) -> None:
    """E1, J2: nobody may believe that a lost phone is shut out when it isn't; what waits is named at every reload."""
    live = reloading(file)
    write(
        file,
        WRITTEN.replace(", 8: trader", ", 9: viewer, 10: trader").replace(
            "telegram, users", "telegram, poll: 5, users"
        ),
    )
    first, second = await live.reload(), await live.reload()

    assert (first.applied, second.applied) == (("frontends.telegram.users",), ())
    assert first.needs_restart == second.needs_restart == ("frontends.telegram",)
    assert [each.settings.model_dump()["poll"] for each in live.settings.frontends] == [25]
    assert [sorted(each.settings.model_dump()["users"]) for each in live.settings.frontends] == [[7, 9, 10]]


async def test_somebody_is_shut_out_though_the_rest_of_the_file_cannot_be_taken_over(
    file: Path, tmp_path: Path
) -> None:
    """E1, J2: a notifier that can't write holds up nothing of it, and the same file is not told as new again."""
    (tmp_path / "taken").write_text("a file where a folder is wanted")
    broken = f"[{{use: file, path: {tmp_path}/alerts.jsonl}}, "
    write(file, WRITTEN.replace("[{use: console}, ", broken))
    live = reloading(file)
    write(
        file, WRITTEN.replace("[{use: console}, ", broken.replace("alerts", "taken/alerts")).replace(", 8: trader", "")
    )
    answer = await live.answer({})

    assert answer["exit"] == 1
    assert [sorted(each.settings.model_dump()["users"]) for each in live.settings.frontends] == [[7]]


async def test_what_needs_a_restart_is_in_force_as_it_was(file: Path) -> None:
    """J2: the zone, the notifiers' list, the socket: shown as they are, and named again by the next reload."""
    live = reloading(file)
    more = "timezone: Europe/Berlin\ncontrol: var/other.sock\n"
    write(file, WRITTEN.replace("[{use: console}, ", "[") + more)
    first, second = await live.reload(), await live.reload()

    assert first.needs_restart == second.needs_restart == ("notifiers", "control", "timezone")
    assert [each.name for each in live.settings.notifiers] == ["console", "telegram"]
    assert (live.settings.top.timezone, live.settings.top.control) == ("UTC", "var/tandem.sock")


class Away(MemoryStore):
    """A store that says nothing of what waits."""

    async def stranded(self, notifiers: Collection[str]) -> tuple[tuple[str, int], ...]:
        """Never."""
        await asyncio.Event().wait()
        return await super().stranded(notifiers)


async def test_what_a_notifier_that_is_taken_out_has_not_told_is_named(file: Path) -> None:
    """J2, D2: until the restart it goes on; two alerts that it never delivered would have waited there unseen."""
    live = reloading(file, store=MemoryStore(("older", "console", "telegram")))
    await live._service.store.append(Batch(alerts=(told("a"), told("b"))))  # noqa: SLF001 - whose store it is
    write(file, WRITTEN.replace("[{use: console}, ", "["))
    first, second = await live.reload(), await live.reload()

    assert first == second
    assert first.needs_restart[0] == "notifiers"
    assert "nobody is told by console (not in the configuration), for which alerts wait: 2" in first.needs_restart[1]
    assert "tandem doctor --fix" in first.needs_restart[1]
    assert len(first.needs_restart) == 2  # of one that was gone before the start has told


async def test_a_store_that_is_away_holds_no_reload_up(file: Path) -> None:
    """J2, rel:F46: what can be taken over is, and what isn't known is said."""
    live = reloading(file, store=Away())
    live.stored_within = 0.01
    write(file, WRITTEN.replace("[{use: console}, ", "[").replace(", 8: trader", ""))
    async with asyncio.timeout(5):
        done = await live.reload()

    assert done.applied == ("frontends.telegram.users",)
    assert done.needs_restart[1].startswith(
        "notifiers: console: whether alerts wait there isn't known (the store has not answered for 0.01 s)"
    )


async def test_a_store_that_is_away_is_not_asked_where_no_notifier_goes(file: Path) -> None:
    """J2, rel:F46: nothing is left behind, so nothing is said of it."""
    live = reloading(file, store=Away())
    live.stored_within = 0.01
    write(file, WRITTEN.replace(", 8: trader", ""))

    assert (await live.reload()).needs_restart == ()


async def test_a_front_end_goes_on_with_the_bot_that_it_was_lent(file: Path) -> None:
    """E7, J2: alerts go by the new token at once; buttons still come by the old one, so a restart is asked for."""
    live = reloading(file)
    write(file, WRITTEN.replace("TANDEM_TEST_TOKEN", "TANDEM_NEXT_TOKEN"))
    done = await live.reload()

    assert done.applied == ("notifiers.telegram",)
    assert done.needs_restart == ("frontends.telegram",)


async def test_strategies_that_a_trade_holds_back_are_not_in_force_and_come_with_the_next_reload(file: Path) -> None:
    """J2, rel:F57: a live trade's strategy can't go; once the trade has ended the same file is taken over."""
    machine = driven()
    machine.open(request())
    trade = machine.box.id
    boxes = {trade: machine.box}
    live = reloading(file, boxes)
    write(file, WRITTEN + "strategies: {other: {use: conservative}}\n")
    held = await live.reload()
    assert list(live.settings.strategies) == ["conservative"]
    boxes.clear()
    done = await live.reload()

    assert held.needs_restart == (f"strategies: conservative is gone, and {trade} on main lives by it",)
    assert done.applied == ("strategies",)


async def test_a_notifier_with_new_settings_knows_at_once_where_chats_are(file: Path) -> None:
    """E1, J2: what is said in a group that had moved would be dropped as a stranger's for some seconds."""
    notifiers: dict[str, Notifier] = {}
    live = reloading(file, notifiers=notifiers)
    before = notifiers["telegram"]
    assert isinstance(before, Moving)
    before.follow("-100", "-1001")
    write(file, WRITTEN.replace("token: !env TANDEM_TEST_TOKEN", "token: !env TANDEM_NEXT_TOKEN"))
    await live.reload()
    after = notifiers["telegram"]

    assert after is not before
    assert isinstance(after, Moving)
    assert after.moved == {"-100": "-1001"}


class Word(BaseModel):
    """Anything."""

    word: str = ""


class Gated(Recorder):
    """A notifier of which each start waits for a gate of its own, and breaks when it has something to raise."""

    def __init__(self) -> None:
        """Open, and whole."""
        super().__init__("own")
        self.gates: list[asyncio.Event] = []
        self.raises: Exception | None = None

    async def start(self) -> None:
        """As it is told."""
        if self.gates:
            await self.gates.pop(0).wait()
        if self.raises is not None:
            raise self.raises


OWN = WRITTEN.replace("{use: console}", "{use: own, word: WORD}") + "limits: {max_trades: LIMIT}\n"


def own(word: str, limit: int) -> str:
    """A configuration with somebody's notifier."""
    return OWN.replace("WORD", word).replace("LIMIT", str(limit))


@pytest.fixture
def gated(file: Path) -> tuple[Reloading, Gated]:
    """A service with it."""
    found, notifier = registry(third_party=False), Gated()
    found.offers["notifiers", "own"] = Offer("notifiers", Adapter("own", Word, lambda _, **_name: notifier), "test")
    write(file, own("a", 1))
    return reloading(file, found=found), notifier


def limit(live: Reloading) -> tuple[int | None, int | None]:
    """How many trades the machine allows, and how many are said to be allowed."""
    (state,) = live._service.states.values()  # noqa: SLF001 - what it changed
    return state.limits.max_trades, live.settings.top.limits.max_trades


async def test_of_two_reloads_at_once_the_later_file_holds(file: Path, gated: tuple[Reloading, Gated]) -> None:
    """J2: SIGHUP and `tandem reload` within a second: a slow notifier must not bring the earlier file back."""
    live, notifier = gated
    slow, quick = notifier.gates[:] = [asyncio.Event(), asyncio.Event()]
    quick.set()
    write(file, own("b", 2))
    first = asyncio.create_task(live.reload())
    await asyncio.sleep(0)
    write(file, own("c", 3))
    second = asyncio.create_task(live.reload())
    await asyncio.wait({second}, timeout=0.05)
    slow.set()
    await asyncio.gather(first, second)

    assert limit(live) == (3, 3)


@pytest.mark.parametrize("raises", [None, KeyError("token"), Stopped("own: no such bot")])
async def test_what_a_notifier_that_does_not_start_came_with_does_not_hold(
    file: Path, gated: tuple[Reloading, Gated], raises: Exception | None
) -> None:
    """J2, rel:F58: it hangs or breaks: no limit that nobody is shown holds, and the next file is taken over."""
    live, notifier = gated
    live.starts_within, notifier.raises = 0.01, raises
    notifier.gates[:] = [asyncio.Event()] if raises is None else []
    write(file, own("b", 9))
    answer: Any = await live.answer({})
    broken, notifier.raises = limit(live), None
    write(file, own("a", 4))
    done = await live.reload()

    assert answer["exit"] == 1
    assert "own did not start" in answer["error"][0]
    assert (broken, done.applied, limit(live)) == ((1, 1), ("limits",), (4, 4))
