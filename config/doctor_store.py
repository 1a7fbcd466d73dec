"""What `tandem doctor` finds about the store: can it be read, is it whole, who holds it, how new is its backup."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from config import offline
from config.doctor import Finding
from config.models import Settings
from core.engine.control import GOOD, Answer
from core.engine.unwatched import MEND, unwatched
from core.errors import ConfigError, TandemError
from core.words import iso
from plugins.clocks.system import SystemClock
from plugins.stores.sql import PostgresSettings, SqliteSettings, SqlSettings, place_of, shelf_of
from ports.persistence import Store

ALL_TRADES = 100_000
RESTORE = "`tandem restore` takes a backup back"
MISSED = 3
"""So many backups may be missed before that is a finding."""


async def stored(settings: Settings, *, whole: bool, running: bool) -> list[Finding]:
    """Everything about the store; *whole* reads every trade's journal and every page."""
    findings, live = await _journals(settings, whole=whole)
    if live is None:
        return findings
    chosen = settings.store.settings
    if live and not running:
        alone = f"{live} trades are live and no service watches over them"
        findings.append(Finding("trades", well=False, found=alone, mend=f"tandem run {settings.path}"))
    if isinstance(chosen, SqliteSettings | PostgresSettings):
        findings += [] if running else _holder(chosen)
        findings += _pages(chosen) if whole else ()
        findings += _backups(chosen, running=running)
    return findings


async def _journals(settings: Settings, *, whole: bool) -> tuple[list[Finding], int | None]:
    """Whether it can be read and its chains are unbroken; the number of live trades, None where there is no store."""
    counted: dict[str, int] = {}
    gone: list[str] = []

    async def read(store: Store) -> Answer:
        journals = [await store.live(account) for account in settings.accounts]
        counted["live"] = sum(len({each.trade for each in records} - {None}) for records in journals)
        gone.extend(unwatched(await store.live_elsewhere(list(settings.accounts))))
        ended = await store.closed(None, ALL_TRADES) if whole else ()
        for report in ended:
            await store.trade(report.account, report.id)
        counted["ended"] = len(ended)
        return {"exit": GOOD}

    try:
        await offline.read(settings, read)
    except ConfigError:
        return [Finding("store", well=True, found="there is none yet; the first start makes it")], None
    except TandemError as error:
        return [Finding("store", well=False, found=str(error), mend=RESTORE)], None
    found = f"readable, live trades: {counted['live']}" + (f", {counted['ended']} ended ones unbroken" if whole else "")
    lost = [Finding("accounts", well=False, found=why, mend=MEND) for why in gone]
    return [Finding("store", well=True, found=found), *lost], counted["live"]


def _holder(chosen: SqlSettings) -> list[Finding]:
    """Whether somebody holds the store although no service answers; looking takes the lock for a moment."""
    try:
        with place_of(chosen).alone("tandem doctor, for a moment"):
            return [Finding("lock", well=True, found="nobody holds the store")]
    except TandemError as error:
        mend = "find that process: stop it, or use the configuration whose service it is"
        return [Finding("lock", well=False, found=str(error), mend=mend)]


def _pages(chosen: SqlSettings) -> Iterator[Finding]:
    """Every page, by copying all of it and checking the copy."""
    place = place_of(chosen)
    if shelf_of(chosen) is None:
        return
    try:
        with tempfile.TemporaryDirectory(prefix="tandem-doctor-") as folder:
            copy = Path(folder) / "copy"
            place.copy(copy)
            form = place.check(copy).form
            size = copy.stat().st_size
    except TandemError as error:
        yield Finding("integrity", well=False, found=str(error), mend=RESTORE)
    else:
        yield Finding("integrity", well=True, found=f"every page is sound: {size} bytes, schema {form}")


def _backups(chosen: SqlSettings, *, running: bool) -> Iterator[Finding]:
    shelf, every = shelf_of(chosen), chosen.backups.every
    if shelf is None or not every:
        yield Finding("backups", well=True, found="none are made", warning=True)
        return
    kept, now = shelf.all(), SystemClock().now()
    found = (
        f"{len(kept)} in {shelf.folder}, the newest is {kept[0].name}" if kept else f"there is none in {shelf.folder}"
    )
    late = running and not shelf.has_one(now - MISSED * every, now)
    lately = f" (none since {iso(now - MISSED * every)})" if late else ""
    yield Finding("backups", well=True, found=found + lately, warning=late or not kept)
