"""backup and restore: copies of the store, made beside a running service and put back without one."""

from pathlib import Path

from config.commands.printing import GOOD, failing, print_json, say
from config.load import load
from config.models import Settings
from config.registry import registry
from core.errors import ConfigError
from plugins.stores.sql import PostgresSettings, SqliteSettings, SqlSettings, place_of, shelf_of
from plugins.stores.sql.backups import Backups
from plugins.stores.sql.lease import inscription
from plugins.stores.sql.place import Place
from plugins.stores.sql.restoring import Restored, foreseen, inspected
from plugins.stores.sql.restoring import restore as put_back
from plugins.stores.sql.shelf import Shelf
from plugins.stores.sql.store import wall_clock

FORGOTTEN = (
    "the service makes it again from the venue when it starts, by today's rules, and tells so; what can't be told from "
    "there it leaves alone, with a critical alert. {} still knows it"
)
OTHER = (
    "CAUTION {file} was made of another store than the one at {store}: of another installation, or the present one was "
    "begun anew since. If its trades aren't those of these accounts, no account comes to rest: {mend}"
)


@failing
def backup(config: Path, to: Path | None, *, as_json: bool) -> int:
    """Make a backup now, whether the service runs or not."""
    place, shelf = _kept(load(config, registry()))
    backups = Backups(place, shelf)
    if to is None:
        made = backups.make(wall_clock())
    else:
        made = to
        backups.make_at(to)
    form = inspected(place, shelf, made).form
    if as_json:
        print_json({"backup": str(made), "bytes": made.stat().st_size, "schema": form, "store": place.name})
    else:
        say(
            f"{made}: {made.stat().st_size:,} bytes, read back whole; put it back with `tandem restore {made} {config}`"
        )
    return GOOD


@failing
def restore(file: Path, config: Path, *, dry_run: bool, as_json: bool) -> int:
    """Check a backup and put it in the place of what is stored, which is kept."""
    settings = load(config, registry())
    place, shelf = _kept(settings)
    if dry_run:
        return _restored(file, place, foreseen(place, shelf, file), dry_run=True, as_json=as_json)
    by = inscription(list(settings.accounts), f"tandem restore {file}", wall_clock())
    return _restored(file, place, put_back(place, shelf, file, by, wall_clock()), dry_run=False, as_json=as_json)


def _restored(file: Path, place: Place, done: Restored, *, dry_run: bool, as_json: bool) -> int:
    if as_json:
        print_json(
            {
                "backup": str(file),
                "schema": done.form,
                "store": place.name,
                "restored": not dry_run,
                "other_store": done.other,
                "kept": done.kept or None,
                "salvaged": done.salvaged,
                "forgotten": _rows(done.forgotten),
            }
        )
        return GOOD
    if done.other:
        mend = f"put {done.kept} back before you start" if done.kept else "then don't"
        say(OTHER.format(file=file, store=place.name, mend=mend))
    if dry_run:
        say(f"{file} is good and could be put in the place of {place.name}; nothing was changed")
        _forgotten(done, place.name)
        return GOOD
    say(f"{place.name} is now {file}. What it replaced is kept: {done.kept or 'there was nothing'}")
    if done.salvaged:
        say(f"It was damaged: {done.salvaged} newer journal lines that it still proved were kept")
    _forgotten(done, done.kept)
    say("Start the service: the venue tells what happened since the backup, and the trades in it go on")
    return GOOD


def _rows(trades: tuple[tuple[str, str], ...] | None) -> list[dict[str, str]] | None:
    return None if trades is None else [{"account": account, "trade": trade} for account, trade in trades]


def _forgotten(done: Restored, knower: str) -> None:
    for account, trade in done.forgotten or ():
        say(f"{account}: {trade} was opened after the backup: {FORGOTTEN.format(knower)}")


def _kept(settings: Settings) -> tuple[Place, Shelf]:
    """The store's place and its backups; raises ConfigError for a store that can have none."""
    chosen = _sql(settings)
    shelf = shelf_of(chosen)
    if shelf is None:
        raise ConfigError((f"{settings.path}: store.path: a store in memory has no backups; name a file",))
    return place_of(chosen), shelf


def _sql(settings: Settings) -> SqlSettings:
    chosen = settings.store.settings
    if not isinstance(chosen, SqliteSettings | PostgresSettings):
        raise ConfigError(
            (f"{settings.path}: store: `use: {settings.store.use}` makes its backups in a way of its own",)
        )
    return chosen
