"""The folder of backups: what each is called, which is the newest, which may go. It opens no database."""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.words import iso

_STAMP = r"\d{8}T\d{6}\.\d{3}Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Backups of one store, `<stem>-<UTC time>[-<why>]<suffix>`: their names sort as their times do.

    *unasked* ones are made before a migration too. Kept are the *latest* ones and the last one of each of the last
    *daily* days that have any. One with a reason in its name (before a migration, before a restore) stays until
    somebody removes it.
    """

    folder: Path
    stem: str
    suffix: str
    latest: int = 24
    daily: int = 7
    unasked: bool = True

    def place(self, at: int, why: str = "") -> Path:
        """Where the backup made *at* belongs."""
        return self.folder / f"{self.stem}-{compact(at)}{'-' if why else ''}{why}{self.suffix}"

    def made_at(self, path: Path) -> int:
        """When a backup of this shelf was made, milliseconds; 0 where its name doesn't say it."""
        stamp = path.name[len(self.stem) + 1 :][: len(compact(0))]
        try:
            return round(datetime.strptime(stamp, "%Y%m%dT%H%M%S.%f%z").timestamp() * 1_000)
        except ValueError:
            return 0

    def all(self) -> list[Path]:
        """Every backup, the newest first."""
        return _newest_first(path for path, _ in self._found())

    def regular(self) -> list[Path]:
        """Backups without a reason, the newest first."""
        return _newest_first(path for path, found in self._found() if not found["why"])

    def has_one(self, since: int, until: int) -> bool:
        """Whether a regular backup was made after *since*; one from after *until* was made by a wrong clock."""
        first, last = self.place(since).name, self.place(until).name
        return any(first < path.name <= last for path in self.regular())

    def superfluous(self, now: int) -> list[Path]:
        """Regular backups that are neither among the latest nor the last of their day.

        Those that a wrong clock dated after *now* stay, and count for nothing: else they would push the true ones out.
        """
        last = self.place(now).name
        regular = [path for path in self.regular() if path.name <= last]
        days: dict[str, Path] = {}
        for path in regular:
            days.setdefault(path.name[len(self.stem) + 1 :][:8], path)
        kept = {*regular[: self.latest], *list(days.values())[: self.daily]}
        return [path for path in regular if path not in kept]

    def unfinished(self, target: Path) -> Path:
        """What *target* is called until it is complete: nobody takes it for a backup, nor for one of their own."""
        return target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")

    def abandoned(self, before: int) -> list[Path]:
        """Unfinished backups begun before a time: whoever began them is dead."""
        last = self.place(before).name
        hidden = self.folder.glob(f".{self.stem}-*{self.suffix}.*part")
        return [path for path in hidden if path.name[1:] < last]

    def _found(self) -> Iterator[tuple[Path, re.Match[str]]]:
        name = re.compile(rf"{re.escape(self.stem)}-{_STAMP}(?P<why>-[a-z0-9-]+)?{re.escape(self.suffix)}")
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            found = name.fullmatch(path.name)
            if found is not None:
                yield path, found


def compact(at: int) -> str:
    """A time as text for file names, UTC: 20200101T000000.000Z."""
    return iso(at).replace("-", "").replace(":", "")


def _newest_first(paths: Iterator[Path]) -> list[Path]:
    return sorted(paths, key=lambda path: path.name, reverse=True)
