"""Whose the trades of a store are: another account at the venue is never traded on their strength (C8, A10)."""

import asyncio
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from core.alerts import AccountDegraded, Alert
from core.engine import belonging
from core.engine.audit import Audit
from core.engine.belonging import ACCOUNT
from core.engine.connections import CONNECTION, FOR_GOOD
from core.engine.emergency import Emergency
from core.engine.handover import Handover
from core.engine.memory_store import MemoryStore
from core.engine.repairing import Repairs
from core.errors import ConfigError, Stopped, Unavailable
from core.words import OrderSide
from plugins.exchanges.paper.adapter import PaperExchange
from tests.core.engine.test_handover import read
from tests.serving import House, house
from tests.staging import SYMBOL, request

MAIN, MIRROR, STRANGE = "101", "202", "303"
HERE: Mapping[str, str] = {"main": MAIN, "mirror": MIRROR}
SWAPPED: Mapping[str, str] = {"main": MIRROR, "mirror": MAIN}
NOBODY: Mapping[str, str] = {"main": "", "mirror": ""}
STRANGER: Mapping[str, str] = {"main": STRANGE, "mirror": MIRROR}


def keyed(uids: Mapping[str, object]) -> type[PaperExchange]:
    """Accounts whose venue says whose key each has."""

    class Keyed(PaperExchange):
        """One of them; a fault of its own is raised."""

        @property
        def uid(self) -> Any:
            """The venue's id."""
            found = uids[self.account]
            if isinstance(found, Exception):
                raise found
            return found

    return Keyed


async def traded(store: MemoryStore, uids: Mapping[str, object] = HERE) -> str:
    """A trade is on, main's and the mirror's; then the service ends."""
    async with house(store=store, build=keyed(uids)) as at:
        trade = await at.open(request(["market", 95]))
        await at.service.writer.flush()
        return trade


async def known(store: MemoryStore) -> dict[str, str]:
    """Whose each account's trades are."""
    found = {name: await store.recall(f"owner:{name}") for name in HERE}
    return {name: json.loads(written)["uid"] for name, written in found.items() if written is not None}


async def told(store: MemoryStore, what: str) -> list[Alert]:
    """What people were told of one trouble of accounts, newest first."""
    return [
        each for each in await store.alerts(500) if isinstance(each.body, AccountDegraded) and each.body.what == what
    ]


async def refusals(store: MemoryStore, uids: Mapping[str, object]) -> tuple[str, ...]:
    """Why none of the accounts may trade; the service doesn't start."""
    with pytest.raises(ConfigError) as caught:
        async with house(store=store, build=keyed(uids)):
            pass
    return caught.value.problems


def desk(at: House) -> tuple[Emergency, Repairs, Handover]:
    """Everything that acts on accounts."""
    repairs = Repairs(at.service)
    handover = Handover(at.service, repairs, read)
    return Emergency(at.service, repairs, handover), repairs, handover


@pytest.mark.parametrize("older", [True, False])
async def test_a_store_that_remembers_nobody_takes_the_first_it_hears(older: bool) -> None:
    """C8: one of an *older* release, or whose venue gave no id so far, goes on with its trades; nobody is told."""
    store = MemoryStore()
    await traded(store, NOBODY)
    if older:
        store._values.clear()  # noqa: SLF001 - as an older release leaves it
    async with house(store=store, build=keyed(HERE), running=False) as at:
        assert at.service.connections.down == {}

    assert await known(store) == HERE
    assert await told(store, ACCOUNT) == []


@pytest.mark.parametrize("now", [HERE, NOBODY, {"main": "", "mirror": MIRROR}])
async def test_the_same_key_and_a_venue_that_gives_no_id_are_as_before(now: Mapping[str, str]) -> None:
    """What isn't known contradicts nothing, and takes nothing of what is remembered away."""
    store = MemoryStore()
    await traded(store)
    async with house(store=store, build=keyed(now), running=False) as at:
        assert at.service.connections.down == {}

    assert await known(store) == HERE


async def test_accounts_whose_venues_give_no_id_are_not_taken_for_one_another() -> None:
    """C8: main has a trade on, the mirror none: nobody can say that the mirror's key is main's."""
    store = MemoryStore()
    await traded(store, NOBODY)
    store._account("mirror").live.clear()  # noqa: SLF001
    async with house(store=store, build=keyed(NOBODY), running=False) as at:
        assert at.service.connections.down == {}


async def test_two_keys_that_were_swapped_are_both_refused_and_name_each_other() -> None:
    """C8: both in one message, each with the id that was found, the one that is remembered, and what is open there."""
    store = MemoryStore()
    trade = await traded(store)
    main, mirror = await refusals(store, SWAPPED)

    assert main.startswith("main: its key is of uid 202 (paper), which is mirror's: the keys of main and mirror look")
    assert mirror.startswith("mirror: its key is of uid 101 (paper), which is main's: the keys of mirror and main look")
    assert f"were made with uid 101 (paper), and 1 trade is open ({trade}) there. Nothing was sent to uid 202" in main
    assert "Mend: put the key of uid 101 (paper) back under main. If uid 202 (paper) is the one" in main
    assert await known(store) == HERE


async def test_an_account_with_a_strangers_key_does_not_trade_and_the_other_does() -> None:
    """C8, A10: it is told once, with what mends it, is tried no more, and its adapter hears nothing any more."""
    store = MemoryStore()
    await traded(store)
    async with house(store=store, build=keyed(STRANGER), running=False) as at:
        down, exchanges = dict(at.service.connections.down), at.service.exchanges
        heard = [each._started for each in exchanges.values()]  # type: ignore[attr-defined]  # noqa: SLF001
        assert not await at.service.connections.revive("main")
        await at.service.writer.flush()
    alerts = await told(store, CONNECTION)

    assert list(down) == ["main"]
    assert "its key is of uid 303 (paper); this store's trades were made with uid 101 (paper)" in down["main"]
    assert [alert.body.detail for alert in alerts] == [f"{down['main']}; {FOR_GOOD}"]  # type: ignore[union-attr]
    assert heard == [False, True]


async def test_where_nothing_is_live_another_key_is_taken_over_and_told_once() -> None:
    """Whoever makes a new sub-account needs no new store; whoever did not mean it hears of it."""
    store = MemoryStore()
    for uids in (HERE, STRANGER, STRANGER):
        async with house(store=store, build=keyed(uids), running=False) as at:
            assert at.service.connections.down == {}
    alerts = await told(store, ACCOUNT)

    assert await known(store) == STRANGER
    assert [alert.account for alert in alerts] == ["main"]
    assert "main is uid 303 (paper) at the venue from now on; it was uid 101 (paper)" in str(alerts[0].body)


async def test_one_with_nothing_open_is_refused_the_key_of_one_that_has() -> None:
    """C8: main's trade is over, the mirror's is not; with swapped keys neither may trade where the other's is."""
    store = MemoryStore()
    trade = await traded(store)
    store._account("main").live.clear()  # noqa: SLF001
    main, mirror = await refusals(store, SWAPPED)

    assert f"is of uid 202 (paper), which is mirror's by this store, and 1 trade is open ({trade}) there" in main
    assert "put main's own key, that of uid 101 (paper) under main, and that of uid 202 (paper) under mirror" in main
    assert "mirror: its key is of uid 101 (paper), which is main's" in mirror


async def test_two_keys_are_swapped_where_neither_has_anything_open() -> None:
    """Nothing can be taken for another's then: both are taken over, and both are told."""
    store = MemoryStore()
    for uids in (HERE, SWAPPED):
        async with house(store=store, build=keyed(uids), running=False) as at:
            assert at.service.connections.down == {}

    assert await known(store) == SWAPPED
    assert sorted(alert.account for alert in await told(store, ACCOUNT)) == ["main", "mirror"]


async def test_an_account_of_another_environment_is_another_account() -> None:
    """A10: trades of the embedded venue aren't looked for at a real one, whatever that says of its ids."""
    store = MemoryStore()
    await traded(store, NOBODY)
    for name in HERE:
        await store.remember(f"owner:{name}", json.dumps({"environment": "demo", "uid": ""}))
    main, _ = await refusals(store, NOBODY)

    assert "its key is of the account on paper; this store's trades were made with the account on demo" in main


class Refusing(MemoryStore):
    """A store that remembers nothing while it is *full*."""

    full: Exception | None = None

    async def remember(self, name: str, value: str) -> None:
        """As it can."""
        if self.full is not None:
            raise self.full
        await super().remember(name, value)


@pytest.mark.parametrize("full", [Unavailable("the disk is full"), OSError("a plugin's bug")])
async def test_a_full_disk_keeps_no_account_from_being_watched(full: Exception) -> None:
    """rel:F46: what is heard for the first time is remembered once the disk takes it."""
    store = Refusing()
    store.full = full
    async with house(store=store, build=keyed(HERE)) as at:
        assert await known(store) == {}
        store.full = None
        await at.until(lambda: at.service.connections.belonging._owed == {})  # noqa: SLF001

    assert await known(store) == HERE


class Stuck(MemoryStore):
    """A store that stands still over what it is to remember."""

    async def remember(self, name: str, value: str) -> None:
        """Never."""
        await asyncio.Event().wait()


async def test_a_store_that_stands_still_keeps_no_account_from_being_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    """rel:F46: both come up, and are remembered another time."""
    monkeypatch.setattr(belonging, "KEPT_WITHIN", 0.01)
    async with asyncio.timeout(5), house(store=Stuck(), build=keyed(HERE), running=False) as at:
        assert at.service.connections.down == {}


async def test_what_a_late_account_owes_the_store_is_paid_too() -> None:
    """rel:F40, rel:F46: it came up when the service had run for long, and the disk was full just then."""
    store, uids = Refusing(), {"main": MAIN, "mirror": KeyError("userID")}
    async with house(store=store, build=keyed(uids), running=False) as at:
        at.task = asyncio.create_task(at.service.run())
        store.full, uids["mirror"] = Unavailable("the disk is full"), MIRROR
        await at.until(lambda: at.service.connections.down == {})
        store.full = None
        await at.until(lambda: len(store._values) == len(HERE))  # noqa: SLF001

    assert await known(store) == HERE


async def test_another_account_is_taken_over_only_once_the_store_has_it() -> None:
    """C8: trades of the new one beside the former one's name would be refused at the next start."""
    store = Refusing()
    async with house(store=store, build=keyed(HERE), running=False):
        store.full = Unavailable("the disk is full")
    async with house(store=store, build=keyed(STRANGER), running=False) as at:
        assert at.service.connections.down == {"main": "the disk is full"}
        store.full = None
        assert await at.service.connections.revive("main")

    assert await known(store) == STRANGER


async def test_a_store_that_was_taken_over_ends_the_start() -> None:
    """rel:F44: another process has it by now."""
    store = Refusing()
    store.full = Stopped("another process holds it")
    with pytest.raises(Stopped, match="another process"):
        async with house(store=store, build=keyed(HERE), running=False):
            pass


async def test_an_adapter_that_breaks_over_its_id_holds_back_no_other() -> None:
    """rel:F58: it is somebody's plugin."""
    store = MemoryStore()
    async with house(store=store, build=keyed({"main": KeyError("userID"), "mirror": MIRROR}), running=False) as at:
        assert at.service.connections.down == {"main": "main: the adapter failed: KeyError: 'userID'"}


@pytest.mark.parametrize("dry_run", [True, False])
async def test_an_emergency_touches_nothing_of_an_account_that_is_not_the_stores(dry_run: bool) -> None:
    """E6: not even orders whose ids read as ours, they are another store's; dry run and real one say the same."""
    store = MemoryStore()
    await traded(store)
    async with house(store=store, build=keyed(STRANGER), running=False) as at:
        at.task = asyncio.create_task(at.service.run())
        at.hand().place(SYMBOL, OrderSide.BUY, Decimal(1))
        emergency, repairs, handover = desk(at)
        asked: dict[str, object] = {"account": "main", "foreign": True, "dry_run": dry_run}
        answer: Any = await emergency.emergency(asked)
        mine = [row for row in answer["data"]["touches"] if row["account"] == "main"]
        cleaned: Any = await repairs.clean_up({"account": "main", "dry_run": dry_run})
        verified: Any = await Audit(at.service).verify({})
        with pytest.raises(Unavailable, match="uid 303"):
            await handover.adopt({"account": "main", "symbol": SYMBOL, "dry_run": dry_run})

        assert (answer["exit"], mine) == (1, [])
        assert "uid 303" in answer["data"]["not_reached"]["main"]
        assert "uid 303" in cleaned["data"]["not_done"]["main"]
        assert "uid 303" in verified["data"]["not_looked_at"]["main"]
        assert at.size() == 1
