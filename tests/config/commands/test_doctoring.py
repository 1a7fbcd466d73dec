"""`tandem doctor` and `clean-up` as their users meet them: without a service, with one, and with something broken."""

import asyncio
import os
import resource
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from config.doctor import Finding, machine, process
from config.doctor_store import stored
from config.doctor_venues import probed
from config.load import load
from config.models import Settings
from config.registry import Registry, registry
from core.engine.probing import Probe
from plugins.stores.sql import SqliteSettings, build
from ports.contract.samples import TRADE, opened, told
from ports.persistence import Batch
from tests.terminal import CONFIG, REQUEST, Running, standing, tandem, tandem_json


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a configuration and a request."""
    (tmp_path / "t.yaml").write_text(CONFIG)
    (tmp_path / "r.yaml").write_text(REQUEST)
    return tmp_path


@pytest.fixture
def running(folder: Path) -> Iterator[Running]:
    """A service that is well."""
    service = Running(folder).well()
    yield service
    service.end()


def wrong(shown: Any) -> list[str]:
    """The checks that found something."""
    return [each["check"] for each in shown["checks"] if not each["well"]]


@pytest.mark.integration
def test_doctor_finds_a_healthy_service_well(running: Running) -> None:
    """J1: every part is looked at, the venues too; exit 0."""
    shown = running.ask("doctor", "--check-all")

    assert shown["well"]
    looked = {each["check"] for each in shown["checks"]}
    assert {
        "config",
        "disk",
        "service",
        "store",
        "integrity",
        "backups",
        "account main",
        "invariants",
        "venue main",
        "venue mirror",
    } <= looked
    assert running.ask("clean-up") == {"would_cancel": [], "not_done": {}, "lost": {}}
    assert running.ask("verify")["well"]


@pytest.mark.integration
def test_doctor_sees_live_trades_that_nobody_watches_over(running: Running, folder: Path) -> None:
    """rel:F43: after a kill the trade is in the store, the service isn't; --fix says who alone could mend it."""
    running.traded()
    running.stop(signal.SIGKILL)
    shown = tandem_json("doctor", "--fix", "--config", "t.yaml", folder=folder, expected=1)

    assert wrong(shown) == ["trades", "fix"]
    assert "nobody holds" in next(each["found"] for each in shown["checks"] if each["check"] == "lock")
    assert "2 trades are live" in next(each["found"] for each in shown["checks"] if each["check"] == "trades")


@pytest.mark.integration
def test_a_damaged_store_is_named_with_what_mends_it(folder: Path) -> None:
    """rel:F47: exit 1, the file as it was."""
    (folder / "var").mkdir(mode=0o700)
    (folder / "var" / "tandem.db").write_bytes(b"not a database at all" * 300)
    (folder / "var" / "tandem.db").chmod(0o644)
    shown = tandem_json("doctor", "--config", "t.yaml", folder=folder, expected=1)

    assert wrong(shown) == ["files", "store"]


@pytest.mark.integration
def test_a_broken_configuration_is_a_usage_error(folder: Path) -> None:
    """rel:F57: every problem, exit 2."""
    (folder / "t.yaml").write_text("accounts: {main: {use: papr}}\nstor: {}\n")

    assert "papr" in tandem("doctor", "--config", "t.yaml", folder=folder, expected=2)


def test_a_plugin_that_did_not_load_is_found(folder: Path) -> None:
    """rel:F58: it is left out, and somebody should know."""
    found = registry(third_party=False)
    broken = Registry(found.offers, {"acme": "ImportError: no acme"})
    findings = list(machine(load(folder / "t.yaml", found), broken))

    assert [each.check for each in findings if not each.well] == ["plugin acme"]


def test_a_process_that_does_not_answer_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """J2: the pid file names a live process, its socket says nothing."""
    monkeypatch.chdir(folder)
    (folder / "var").mkdir()
    settings = load(folder / "t.yaml", registry(third_party=False))
    assert process(settings, answers=False).well
    with standing("tandem") as pid:
        (folder / "var" / "tandem.pid").write_text(f"{pid}\n")

        assert not process(settings, answers=False).well
        assert process(settings, answers=True).well


@pytest.mark.parametrize("dead", [True, False], ids=["dead and not collected", "of another program"])
def test_a_number_that_is_no_service_s_any_more_is_nobody_to_stop(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, dead: bool
) -> None:
    """J2, J1: after a crash and a restart of the machine it said to stop whoever has the number by then."""
    monkeypatch.chdir(folder)
    (folder / "var").mkdir()
    with standing("tandem" if dead else "somebody") as pid:
        (folder / "var" / "tandem.pid").write_text(f"{pid}\n")
        if dead:
            os.kill(pid, signal.SIGKILL)
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        found = process(load(folder / "t.yaml", registry(third_party=False)), answers=False)

    assert (found.well, found.found) == (True, "does not run")


@pytest.mark.parametrize(("skew", "said"), [(0, None), (900, None), (5_000, "behind"), (-5_000, "ahead of")])
def test_a_clock_that_is_off_is_told_with_its_direction(skew: int, said: str | None) -> None:
    """rel:F05: venue time less ours; positive means that this machine is behind."""
    findings = probed(Probe(account="main", environment="demo", skew=skew))

    assert [each.well for each in findings] == ([True] if said is None else [True, False])
    assert said is None or said in findings[1].found


def test_a_venue_that_does_not_answer_and_a_key_that_expires() -> None:
    """rel:F41: each is a finding of its own, in the venue's words; the key still trades, so that is a warning."""
    down = probed(Probe(account="main", environment="demo", why="no route to host"))
    old = probed(Probe(account="main", environment="demo", warnings=("main: the key expires in 3 days",)))

    assert [(each.well, each.found) for each in down] == [(False, "no route to host")]
    assert old[-1] == Finding("key main", well=True, found="the key expires in 3 days", warning=True)


async def test_a_store_that_another_process_holds_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """rel:F44: no service answers at this socket, and somebody has the store all the same."""
    monkeypatch.chdir(folder)
    settings = load(folder / "t.yaml", registry(third_party=False))
    assert isinstance(settings.store.settings, SqliteSettings)
    store = build(settings.store.settings)
    await store.start()
    await store.acquire(["main"], "somebody else")
    held = await stored(settings, whole=True, running=False)
    await store.close()
    free = await stored(settings, whole=True, running=False)

    assert [each.check for each in held if not each.well] == ["lock"]
    assert "somebody else" in next(each.found for each in held if each.check == "lock")
    assert all(each.well for each in free)
    assert {"store", "lock", "integrity", "backups"} <= {each.check for each in free}


async def kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Settings, str]:
    """A configuration whose store has been backed up, and the backup."""
    monkeypatch.chdir(folder)
    settings = load(folder / "t.yaml", registry(third_party=False))
    assert isinstance(settings.store.settings, SqliteSettings)
    store = build(settings.store.settings)
    await store.start()
    backup = await store.backup()
    await store.close()
    return settings, backup


async def test_a_store_that_was_lost_is_found_by_its_backups(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """rel:F47, J1: a file that is gone is none that the first start makes: which backup to put back is said."""
    settings, backup = await kept(folder, monkeypatch)
    (folder / "var" / "tandem.db").unlink()
    (found,) = await stored(settings, whole=False, running=False)

    assert (found.check, found.well) == ("store", False)
    assert str(folder / "var" / "tandem.db") in found.found
    assert found.mend == f"put it back, or tandem restore {backup} {settings.path}"


def garble(path: Path, table: str) -> None:
    """Damage a table that nobody reads who only looks whether the store can be read."""
    with closing(sqlite3.connect(path)) as file:
        ((page,),) = file.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,))
        ((size,),) = file.execute("PRAGMA page_size")
    whole = path.read_bytes()
    path.write_bytes(whole[: (page - 1) * size] + b"\xff" * size + whole[page * size :])


async def test_what_is_damaged_is_told_with_the_backup_that_mends_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """rel:F47, J1: the words to type, not where to look for them; without a good backup what is left to do."""
    settings, backup = await kept(folder, monkeypatch)
    for path in (folder / "var" / "tandem.db", folder / backup):
        garble(path, "alert")
        (found,) = [each for each in await stored(settings, whole=True, running=False) if not each.well]
        told = f"tandem restore {backup} {settings.path}" if path.name == "tandem.db" else "there is no good backup: "
        assert (found.check, found.mend.startswith(told)) == ("integrity", True)


@pytest.mark.parametrize(
    ("url", "found"), [("postgresql://t@/t?host=/nowhere", "not reached"), ("postgresql://t@h/t?x=1", "can't be read")]
)
async def test_a_server_that_is_away_is_nothing_to_restore(
    folder: Path, monkeypatch: pytest.MonkeyPatch, url: str, found: str
) -> None:
    """rel:F45, J1: what nobody can reach is neither new nor damaged; an old backup over it would lose what is there."""
    monkeypatch.setenv("TANDEM_DB", url)
    (folder / "t.yaml").write_text(CONFIG + "store: {use: postgres, url: !env TANDEM_DB}\n")
    (said,) = await stored(load(folder / "t.yaml", registry(third_party=False)), whole=False, running=False)

    assert (said.check, said.well) == ("store", False)
    assert found in said.found
    assert "tandem restore" not in said.mend


async def test_a_full_disk_ends_no_examination(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """rel:F45, J1: the copy that is checked finds no room: a finding among the others, and no advice to restore."""
    settings, _ = await kept(folder, monkeypatch)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        found = {each.check: each for each in await stored(settings, whole=True, running=False)}
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert [name for name, each in found.items() if not each.well] == ["integrity"]
    assert "restore nothing yet" in found["integrity"].mend


async def test_a_folder_of_backups_that_is_gone_is_a_finding(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """rel:F45, J1: a share that nobody may look into: told as that, and the rest is examined."""
    (folder / "t.yaml").write_text(f"{CONFIG}store: {{use: sqlite, backups: {{folder: {'x' * 300}}}}}\n")
    monkeypatch.chdir(folder)
    settings = load(folder / "t.yaml", registry(third_party=False))
    assert isinstance(settings.store.settings, SqliteSettings)
    store = build(settings.store.settings)
    await store.start()
    await store.close()
    found = await stored(settings, whole=False, running=False)

    assert [each.check for each in found if not each.well] == ["backups"]
    assert "name too long" in found[-1].found


async def test_backups_that_are_made_no_more_are_a_warning(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """rel:P7, J1: a service that runs makes one every quarter of an hour; none at all is worse than an old one."""
    settings, backup = await kept(folder, monkeypatch)
    made = folder / backup

    async def warned(*, running: bool) -> tuple[bool, str]:
        looked = await stored(settings, whole=False, running=running)
        (found,) = [each for each in looked if each.check == "backups"]
        return found.warning, found.found

    assert not (await warned(running=True))[0]
    old = made.rename(made.with_name("tandem-20200101T000000.000Z.db"))
    warning, said = await warned(running=True)
    assert (warning, "(none since 20" in said, old.name in said) == (True, True, True)
    assert not (await warned(running=False))[0]
    old.unlink()
    assert (await warned(running=False))[0]


async def test_trades_of_an_account_that_is_gone_are_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """J2: renamed in the configuration: nobody watches over what it holds; which account and which trade is said."""
    settings, _ = await kept(folder, monkeypatch)
    assert isinstance(settings.store.settings, SqliteSettings)
    store = build(settings.store.settings)
    await store.start()
    await store.append(Batch(records=(opened("old"),)))
    await store.close()
    wrong = [each for each in await stored(settings, whole=False, running=True) if not each.well]

    assert [each.check for each in wrong] == ["accounts"]
    assert all(word in wrong[0].found for word in ("old", TRADE))


async def renamed(folder: Path) -> None:
    """A store in which two alerts wait for a notifier that has another name by now."""
    store = build(SqliteSettings(path=str(folder / "var" / "tandem.db")), notifiers=("chat",))
    await store.start()
    await store.append(Batch(alerts=(told("x"), told("y"))))
    await store.close()


def _degraded(shown: Any) -> list[str]:
    """What is told of the service."""
    return [each["text"] for each in shown["alerts"] if each["kind"] == "service_degraded"]


@pytest.mark.integration
def test_alerts_of_a_notifier_that_is_gone_are_told_and_handed_on(folder: Path) -> None:
    """J2, D2: at the start, by doctor and by the health; `--fix` lets those that are there tell them."""
    asyncio.run(renamed(folder))
    service = Running(folder).well()
    try:
        told_so = service.until(lambda shown: any(_degraded(shown)), "alerts")  # alerts wait for the store a moment
        (greeting,) = _degraded(told_so)
        red = service.ask("status", "--health", expected=1)["wrong"]
        before = service.ask("doctor", expected=1)
        after = service.ask("doctor", "--fix")
        service.until(lambda _: (folder / "var/alerts.jsonl").read_text().count("close handled late") == 2, "status")
    finally:
        service.end()

    assert wrong(before) == ["outbox"]
    assert [each["check"] for each in after["fixed"]] == ["outbox"]
    said = "by chat (not in the configuration), for which alerts wait: 2"
    assert all(said in " ".join(each.split()) for each in (greeting, red[0]))


@pytest.mark.integration
def test_a_shell_without_the_secrets_still_hears_what_the_service_says(running: Running, folder: Path) -> None:
    """J1: at night nobody has the keys at hand; what is wrong with the file is a finding beside the others."""
    (folder / "t.yaml").write_text(CONFIG + "frontends: [{use: telegram, token: !env NOT_SET_HERE}]\n")
    shown = running.ask("doctor", expected=1)

    assert wrong(shown) == ["config"]
    assert {"account main", "invariants"} <= {each["check"] for each in shown["checks"]}


@pytest.mark.parametrize(("damaged", "well"), [(False, True), (True, False)])
def test_an_embedded_venue_that_is_damaged_is_found_before_a_start(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, damaged: bool, well: bool
) -> None:
    """rel:F47: the next start would stop at it."""
    monkeypatch.chdir(folder)
    (folder / "var").mkdir(mode=0o700)
    with closing(sqlite3.connect(folder / "var" / "venue.db")) as file:
        file.execute("create table world (id integer)")
    if damaged:
        (folder / "var" / "venue.db").write_bytes(b"not a database at all" * 300)
    found = registry(third_party=False)
    looked = {each.check: each.well for each in machine(load(folder / "t.yaml", found), found)}

    assert looked["venue"] is well


@pytest.mark.integration
def test_what_the_store_has_lost_is_said_until_a_person_has_seen_to_it(running: Running, folder: Path) -> None:
    """C7, J1: its entries waited at the venue, one alert was told, and from then on every command found all well."""
    (folder / "l.yaml").write_text(REQUEST.replace("[market, 59000]", "[50000, 49000]").replace("56000", "46000"))
    running.ask("open", "l.yaml", "--yes")
    running.until(lambda shown: len(shown["orders"]) == 4, "orders")
    running.stop()
    (folder / "var" / "tandem.db").unlink()
    again = Running(folder)
    try:
        lost = again.until(lambda shown: all(row["lost"] for row in shown["accounts"]), "status")["accounts"]
        shown, health = again.ask("doctor", expected=1), again.ask("status", "--health", expected=1)
        cleaned = tandem("clean-up", "--config", "t.yaml", folder=folder)
        again.ask("emergency", "--yes")
        well = again.ask("doctor")["well"]
    finally:
        again.end()

    assert all("nobody watches over BTCUSDT" in why for row in lost for why in row["lost"])
    assert wrong(shown) == ["lost main", "lost mirror"]
    assert [each.partition(":")[0] for each in health["wrong"]] == ["main", "mirror"]
    assert cleaned.count("left alone: nobody watches over") == 2
    assert "serves a live trade" not in cleaned
    assert well
