"""One deliberate defect, applied to the source as it is imported, and the storms that should catch it.

``python -m config.simulation.mutated NAME FIRST LAST [FOLDER [BEFORE]]``: a process of its own, so nothing of it can
stay. The storm that catches it is made small and saved in FOLDER, unless that is "". BEFORE is the seed or scenario
that caught it the last time. With ``NAME FILE`` a saved case is played instead.
"""

import importlib.util
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType

from config.simulation.mutant import Mutant
from config.simulation.mutants import MUTANTS

CAUGHT, SURVIVED = 0, 1


class Defective(SourceFileLoader):
    """Loads one module with the defect in it; raises LookupError when the source no longer has the place."""

    def __init__(self, fullname: str, path: str, mutant: Mutant) -> None:
        """*path* is the source's."""
        super().__init__(fullname, path)
        self._mutant = mutant

    def path_stats(self, path: str) -> dict[str, int]:
        """Refused: without them Python neither takes the code from a cache nor puts it there."""
        raise OSError(f"{path} is not as it stands on disk")

    def get_data(self, path: str) -> bytes:
        """The source with the defect."""
        return mutated_source(self._mutant, super().get_data(path).decode("utf-8")).encode("utf-8")


class Finder(MetaPathFinder):
    """Gives the defective loader to the one module."""

    def __init__(self, mutant: Mutant) -> None:
        """Nothing is loaded here."""
        self._mutant = mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of the mutant's module; None for all others."""
        if fullname != self._mutant.module:
            return None
        found = PathFinder.find_spec(fullname, path, target)
        if found is None or found.origin is None:
            return None
        loader: Loader = Defective(fullname, found.origin, self._mutant)
        return importlib.util.spec_from_file_location(fullname, found.origin, loader=loader)


def mutated_source(mutant: Mutant, source: str) -> str:
    """*source* with the defect; raises LookupError unless the place is there exactly once."""
    if source.count(mutant.old) != 1:
        raise LookupError(f"{mutant.module} has {source.count(mutant.old)} places like: {mutant.old.strip()[:80]}")
    return source.replace(mutant.old, mutant.new)


def main(name: str, *asked: str) -> int:
    """Apply the defect, and look whether it is caught."""
    mutant = MUTANTS[name]
    sys.meta_path.insert(0, Finder(mutant))
    found = _played(Path(asked[0])) if len(asked) == 1 else _hunted(name, *asked)
    answer = {"mutant": name, "caught": found is not None, "why": mutant.why, "by": found}
    sys.stdout.write(json.dumps(answer) + "\n")
    return SURVIVED if found is None else CAUGHT


# What follows imports only now, so that the defect is in it.


def _hunted(name: str, first: str, last: str, folder: str = "", before: str = "") -> dict[str, object] | None:
    """Storms until one catches it, then the crash sweep and the mishaps."""
    from config.simulation.hunting import hunt

    found = hunt(int(first), int(last), before)
    if found is None or "seed" not in found or not folder:
        return found
    from config.simulation.cases import saved
    from config.simulation.shrink import shrunk

    case = shrunk(int(str(found["seed"])))
    return found if case is None else {**found, "case": str(saved(replace(case, mutant=name), Path(folder)))}


def _played(path: Path) -> dict[str, object] | None:
    """What a saved case breaks."""
    from config.simulation.cases import broken, case_of

    breaks = broken(case_of(path.read_text("utf-8")))
    return {"case": str(path), "breaks": list(breaks)} if breaks else None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
