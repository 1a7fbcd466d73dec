"""What `tandem doctor` finds about the store: can it be read, is it whole, who holds it, how new is its backup."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from config import offline
from config.doctor import Finding
from config.models import Settings
from core.engine.control import GOOD, Answer
from core.engine.stranded import MEND as HAND_ON
from core.engine.stranded import sentences
from core.engine.unwatched import MEND, unwatched
from core.errors import ConfigError, TandemError
from core.words import iso
from plugins.clocks.system import SystemClock
from plugins.stores.sql import PostgresSettings, SqliteSettings, SqlSettings, place_of, shelf_of
from plugins.stores.sql.backups import Backups
from plugins.stores.sql.faults import Damaged
from plugins.stores.sql.files import file_errors
from plugins.stores.sql.settings import WhenDamaged
from plugins.stores.sql.store import BEGIN_ANEW
from ports.persistence import Store

ALL_TRADES = 100_000
AWAY = "what the reason names; what is stored need not be damaged, so restore nothing yet"
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
        findings += _pages(chosen, settings.path) if whole else ()
        findings += [_backups(chosen, running=running)]
    return findings


async def _journals(settings: Settings, *, whole: bool) -> tuple[list[Finding], int | None]:
    """Whether it can be read and its chains are unbroken; the number of live trades, None where there is no store."""
    counted: dict[str, int] = {}
    gone: list[str] = []
    waiting: list[str] = []

    async def read(store: Store) -> Answer:
        journals = [await store.live(account) for account in settings.accounts]
        counted["live"] = sum(len({each.trade for each in records} - {None}) for records in journals)
        gone.extend(unwatched(await store.live_elsewhere(list(settings.accounts))))
        waiting.extend(sentences(await store.stranded([each.name for each in settings.notifiers])))
        ended = await store.closed(None, ALL_TRADES) if whole else ()
        for report in ended:
            await store.trade(report.account, report.id)
        counted["ended"] = len(ended)
        return {"exit": GOOD}

    try:
        await offline.read(settings, read)
    except ConfigError as error:
        return [_absent(settings, error)], None
    except TandemError as error:
        return [_unread("store", error, settings.store.settings, settings.path)], None
    found = f"readable, live trades: {counted['live']}" + (f", {counted['ended']} ended ones unbroken" if whole else "")
    lost = [Finding("accounts", well=False, found=why, mend=MEND) for why in gone]
    lost += [Finding("outbox", well=False, found=why, mend=HAND_ON) for why in waiting]
    return [Finding("store", well=True, found=found), *lost], counted["live"]


def _absent(settings: Settings, error: ConfigError) -> Finding:
    """No file is there: before the first start nothing is wrong with that. A server can't be missing so."""
    chosen = settings.store.settings
    if isinstance(chosen, PostgresSettings):
        mend = f"store.url, which is read from {chosen.url.source}, or the driver"
        return Finding("store", well=False, found="; ".join(error.problems), mend=mend)
    if isinstance(chosen, SqliteSettings) and (newest := _newest_good(chosen)):
        found = f"there is none at {Path(chosen.path).absolute()}, but backups of it: it was moved or lost"
        return Finding(
            "store", well=False, found=found, mend=f"put it back, or tandem restore {newest} {settings.path}"
        )
    return Finding("store", well=True, found="there is none yet; the first start makes it")


def _unread(check: str, error: TandemError, chosen: object, config: str) -> Finding:
    """What can't be read now may be whole: only a damaged store is one to put a backup over."""
    mend = AWAY
    if isinstance(error, Damaged) and isinstance(chosen, SqliteSettings | PostgresSettings):
        newest = _newest_good(chosen)
        mend = _goes_on(chosen, newest, config) if newest else f"there is no good backup: {BEGIN_ANEW}"
    return Finding(check, well=False, found=str(error), mend=mend)


def _goes_on(chosen: SqlSettings, newest: str, config: str) -> str:
    """The next start puts it back by itself, where the settings let it."""
    by_itself = isinstance(chosen, SqliteSettings) and chosen.damaged is WhenDamaged.BACKUP
    said = f"tandem restore {newest} {config}"
    return f"{said}; a start that finds pages torn does that by itself" if by_itself else said


def _newest_good(chosen: SqlSettings) -> str:
    shelf = shelf_of(chosen)
    found = Backups(place_of(chosen), shelf).newest_good() if shelf is not None else None
    return str(found) if found is not None else ""


def _holder(chosen: SqlSettings) -> list[Finding]:
    """Whether somebody holds the store although no service answers; looking takes the lock for a moment."""
    try:
        with place_of(chosen).alone("tandem doctor, for a moment"):
            return [Finding("lock", well=True, found="nobody holds the store")]
    except TandemError as error:
        mend = "find that process: stop it, or use the configuration whose service it is"
        return [Finding("lock", well=False, found=str(error), mend=mend)]


def _pages(chosen: SqlSettings, config: str) -> Iterator[Finding]:
    """Every page, by copying all of it and checking the copy."""
    place = place_of(chosen)
    if shelf_of(chosen) is None:
        return
    try:
        with (
            file_errors(Path(tempfile.gettempdir())),
            tempfile.TemporaryDirectory(prefix="tandem-doctor-") as folder,
        ):
            copy = Path(folder) / "copy"
            with place.translated():
                place.copy(copy)
            form = place.check(copy).form
            size = copy.stat().st_size
    except TandemError as error:
        yield _unread("integrity", error, chosen, config)
    else:
        yield Finding("integrity", well=True, found=f"every page is sound: {size} bytes, schema {form}")


def _backups(chosen: SqlSettings, *, running: bool) -> Finding:
    shelf, every = shelf_of(chosen), chosen.backups.every
    if shelf is None or not every:
        return Finding("backups", well=True, found="none are made", warning=True)
    now = SystemClock().now()
    try:
        with file_errors(shelf.folder):
            kept, lately = shelf.all(), shelf.has_one(now - MISSED * every, now)
    except TandemError as error:
        return Finding("backups", well=False, found=str(error), mend="the folder, or store.backups.folder")
    found = (
        f"{len(kept)} in {shelf.folder}, the newest is {kept[0].name}" if kept else f"there is none in {shelf.folder}"
    )
    late = running and not lately
    since = f" (none since {iso(now - MISSED * every)})" if late else ""
    return Finding("backups", well=True, found=found + since, warning=late or not kept)
