"""A configuration whose keys are other accounts' than the store's (C8): doctor, an emergency, SIGHUP."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from config.alone import alone
from config.container import Container
from config.doctor_venues import venues
from config.load import load
from config.models import Settings
from config.opening import open_service
from config.registry import registry
from config.reloading import Reloading
from config.service import run_service
from core.alert_text import text as alert_text
from core.engine.belonging import Owner
from core.engine.outbox import Outbox
from core.errors import ConfigError
from plugins.exchanges.paper.v5.boot import accounts
from plugins.exchanges.paper.v5.server import VenueServer
from plugins.exchanges.paper.v5.settings import WireSettings
from plugins.stores.sql import SqliteSettings, build
from ports.contract.samples import TRADE, opened
from ports.persistence import Batch

pytestmark = pytest.mark.integration

WRITTEN = """
accounts:
  main: {{use: bybit, environment: '{where}', key: !env {main}_KEY, secret: !env {main}_SECRET}}
  mirror: {{use: bybit, environment: '{where}', key: !env {mirror}_KEY, secret: !env {mirror}_SECRET, follows: main}}
notifiers: [{{use: file, path: alerts.jsonl}}]
store: {{use: sqlite, path: t.db}}
control: t.sock
"""


@pytest_asyncio.fixture
async def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[VenueServer]:
    """A venue; the keys of its accounts are in the environment, the folder is the test's own."""
    monkeypatch.chdir(tmp_path)
    made = VenueServer(WireSettings(accounts=accounts()))
    await made.start()
    for each in made.settings.accounts:
        monkeypatch.setenv(f"{each.name.upper()}_KEY", each.keys[0].key)
        monkeypatch.setenv(f"{each.name.upper()}_SECRET", each.keys[0].secret.reveal())
    yield made
    await made.close()


def configured(server: VenueServer, main: str = "MAIN", mirror: str = "MIRROR") -> Settings:
    """The accounts with these keys."""
    Path("t.yaml").write_text(WRITTEN.format(where=server.http, main=main, mirror=mirror), "utf-8")
    return load(Path("t.yaml"), registry(third_party=False))


def written_alerts() -> list[Any]:
    """What the file notifier was given."""
    return [json.loads(line) for line in Path("alerts.jsonl").read_text("utf-8").splitlines()]


async def kept(settings: Settings) -> None:
    """A service has run with these keys; main's trade is in the store."""
    async with AsyncExitStack() as stack:
        await open_service(Container(settings=settings, registry=registry(third_party=False)), settings, stack)
    assert isinstance(settings.store.settings, SqliteSettings)
    store = build(settings.store.settings)
    await store.start()
    await store.append(Batch(records=(opened("main"),)))
    await store.close()


async def test_doctor_finds_keys_that_are_swapped_before_a_start(server: VenueServer) -> None:
    """J1: both accounts, each by the ids that it found and that the store remembers; the right ones are well."""
    right = configured(server)
    await kept(right)
    found = registry(third_party=False)
    wrong = [each for each in await venues(configured(server, "MIRROR", "MAIN"), found) if not each.well]

    assert [each.check for each in wrong] == ["key main", "key mirror"]
    assert all(word in wrong[0].found for word in ("uid 1000002", "uid 1000001", TRADE, "mirror's"))
    assert "uid 1000001 (paper), which is main's by this store" in wrong[1].found
    assert [each for each in await venues(right, found) if not each.well] == []


async def test_doctor_finds_one_account_s_key_under_two_names(server: VenueServer) -> None:
    """J1, C8: each was looked at alone and found well, in a new store; the start then refused the mirror."""
    found = await venues(configured(server, "MAIN", "MAIN"), registry(third_party=False))
    wrong = [each for each in found if not each.well]

    assert [each.check for each in wrong] == ["venue mirror"]
    assert "mirror and main are the same account at the venue (uid 1000001)" in wrong[0].found


async def test_one_account_s_key_under_two_names_trades_by_one(server: VenueServer) -> None:
    """C8: main goes on; the mirror, which would trade in the same place, is down with what mends it."""
    settings = configured(server, "MAIN", "MAIN")
    async with AsyncExitStack() as stack:
        made = Container(settings=settings, registry=registry(third_party=False))
        service = await open_service(made, settings, stack)

        assert list(service.connections.down) == ["mirror"]
        assert "same account at the venue" in service.connections.down["mirror"]


async def test_people_are_told_once_that_not_one_account_was_started(server: VenueServer) -> None:
    """J2, D1, rel:F41: the service ends by it, and whoever starts it again and again reads it once for each account."""
    await kept(configured(server))
    swapped, found = configured(server, "MIRROR", "MAIN"), registry(third_party=False)
    for _ in range(2):
        with pytest.raises(ConfigError, match="swapped"):
            await run_service(swapped, found, say=lambda _: None, relog=lambda _: None)
    told = written_alerts()

    assert [(each["account"], each["kind"], each["critical"]) for each in told] == [
        ("main", "account_degraded", True),
        ("mirror", "account_degraded", True),
    ]
    assert all("start REFUSED" in each["text"] and "no account runs" in each["text"] for each in told)


@pytest.mark.parametrize("dry_run", [True, False])
async def test_an_emergency_without_a_service_acts_on_no_other_account(server: VenueServer, dry_run: bool) -> None:
    """E6: dry run and real one end alike, with what is wrong with both, and nothing was sent."""
    await kept(configured(server))
    before = [dict(each.links) for each in server.world.venue.state.accounts.values()]
    swapped, asked = configured(server, "MIRROR", "MAIN"), {"all_accounts": True, "dry_run": dry_run}
    with pytest.raises(ConfigError) as caught:
        await alone(swapped, registry(third_party=False), "emergency", asked)

    assert [each.split(":")[0] for each in caught.value.problems] == ["main", "mirror"]
    assert "`tandem emergency --foreign` by a configuration with a new store" in caught.value.problems[0]
    assert [dict(each.links) for each in server.world.venue.state.accounts.values()] == before


async def test_a_reload_with_swapped_keys_leaves_every_account_on_its_own(server: VenueServer) -> None:
    """J2: accounts wait for the restart, which refuses them; until then the service trades with what it has."""
    settings, found = configured(server), registry(third_party=False)
    async with AsyncExitStack() as stack:
        service = await open_service(Container(settings=settings, registry=found), settings, stack)
        outbox = Outbox(service.store, service.clock, {}, alert_text)
        live = Reloading(settings, found, service, outbox, {}, {}, lambda _: None, lambda _: None)
        configured(server, "MIRROR", "MAIN")
        answer: Any = await live.answer({})
        owners = {name: str(Owner.of(each)) for name, each in service.exchanges.items()}

    assert answer["data"] == {"applied": [], "needs_restart": ["accounts.main", "accounts.mirror"]}
    assert owners == {"main": "uid 1000001 (paper)", "mirror": "uid 1000002 (paper)"}
