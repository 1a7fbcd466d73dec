"""What `tandem doctor` looks at without asking the running service: this machine, its files, the store."""

import platform
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from config.models import Settings
from config.presence import named, pid_file, there
from config.registry import Registry
from config.vitals import store_folder
from plugins.exchanges.paper.settings import PaperAccountSettings, PaperVenueSettings
from plugins.stores.sql.settings import SqliteSettings

LEAST_FREE = 512 * 1024 * 1024
"""Bytes that the disk under the store should have left."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. *mend* says what would mend it, when it isn't well.

    *warning*: well enough to trade, but somebody should see to it.
    """

    check: str
    well: bool
    found: str
    mend: str = ""
    warning: bool = False


def machine(settings: Settings, registry: Registry) -> Iterator[Finding]:
    """Python, plugins, the folder of the store: room, and nobody else may read it."""
    yield Finding("config", well=True, found=f"{settings.path} is good, its secrets are there")
    yield Finding("python", well=True, found=f"{platform.python_version()} at {sys.prefix}")
    for name, reason in registry.broken.items():
        yield Finding(f"plugin {name}", well=False, found=f"did not load: {reason}", mend="mend or uninstall it")
    for path in _kept(settings):
        yield from _file(path)
    yield from _embedded(settings)
    folder = store_folder(settings)
    if folder.exists():
        yield _room(folder)


def _embedded(settings: Settings) -> Iterator[Finding]:
    """Whether the embedded venue's state is whole, where an account trades there and it was kept before."""
    venue = settings.sections.get("venue")
    path = Path(venue.state if isinstance(venue, PaperVenueSettings) else PaperVenueSettings().state)
    used = any(isinstance(each.chosen.settings, PaperAccountSettings) for each in settings.accounts.values())
    if not used or not path.is_file():
        return
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as file:
            said = str(file.execute("pragma quick_check").fetchone()[0])
    except sqlite3.Error as error:
        said = str(error)
    mend = "move the file away to begin with a new venue, or put a backup in its place"
    yield Finding("venue", well=said == "ok", found=f"{path}, the embedded venue: {said}", mend=mend)


def _kept(settings: Settings) -> list[Path]:
    chosen = settings.store.settings
    stored = [Path(chosen.path)] if isinstance(chosen, SqliteSettings) else []
    return [path for path in (*stored, Path(settings.top.control)) if path.exists()]


def _file(path: Path) -> Iterator[Finding]:
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        yield Finding("files", well=False, found=f"{path} may be used by others ({mode:o})", mend=f"chmod 600 {path}")
    else:
        yield Finding("files", well=True, found=f"{path} is its owner's alone")


def _room(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    found = f"{free // (1024 * 1024)} MiB free under {folder}"
    return Finding("disk", well=free >= LEAST_FREE, found=found, mend="make room: a full disk stops new entries")


def process(settings: Settings, *, answers: bool) -> Finding:
    """Whether the service that the pid file names is there and speaks."""
    control = Path(settings.top.control)
    if answers:
        return Finding("service", well=True, found=f"runs as pid {named(control)}")
    pid = there(control)
    if pid is not None:
        found = f"pid {pid} is there (by {pid_file(control)}) and does not answer at {control}"
        return Finding("service", well=False, found=found, mend="look at its log; stop it and start it again")
    return Finding("service", well=True, found="does not run")
