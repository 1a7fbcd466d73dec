"""A failing storm made small: the fewest faults and happenings that still break it (delta debugging, rel:4.7)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from config.simulation.fates import Kind
from config.simulation.storm import play
from config.simulation.story import Does, Happening, Story
from config.simulation.telling import tell

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Case:
    """A storm by hand: the seed's trade and prices, with exactly these faults (by decision) and happenings."""

    seed: int
    accounts: int
    faults: tuple[tuple[int, Kind], ...]
    happenings: tuple[Happening, ...]

    def story(self) -> Story:
        """The story, without what was left out."""
        return replace(tell(self.seed, accounts=self.accounts), happenings=self.happenings)

    def json(self) -> dict[str, object]:
        """As it is saved under tests/regress."""
        return {
            "seed": self.seed,
            "accounts": self.accounts,
            "faults": [[number, kind.value] for number, kind in self.faults],
            "happenings": [[each.at, each.what.value, each.account, each.size] for each in self.happenings],
        }


def case_of(saved: dict[str, object]) -> Case:
    """A saved case; raises KeyError, TypeError or ValueError for anything else."""
    faults, happenings = saved["faults"], saved["happenings"]
    if not isinstance(faults, list) or not isinstance(happenings, list):
        raise TypeError("faults and happenings are lists")
    return Case(
        int(str(saved["seed"])),
        int(str(saved["accounts"])),
        tuple((int(number), Kind(kind)) for number, kind in faults),
        tuple(Happening(int(at), Does(what), str(account), int(size)) for at, what, account, size in happenings),
    )


def broken(case: Case) -> tuple[str, ...]:
    """The invariants that a case breaks."""
    ended = play(case.story(), dict(case.faults))
    return tuple(sorted({each.invariant for each in ended.breaches}))


def shrunk(seed: int, accounts: int = 2) -> Case | None:
    """The smallest case found that breaks what the seed's storm breaks; None when it breaks nothing."""
    story = tell(seed, accounts=accounts)
    ended = play(story)
    whole = Case(seed, accounts, tuple(ended.struck.items()), story.happenings)
    wanted = {each.invariant for each in ended.breaches}
    if not wanted & set(broken(whole)):
        return None

    def fails(case: Case) -> bool:
        return bool(wanted & set(broken(case)))

    faults = _fewest(whole.faults, lambda some: fails(replace(whole, faults=some)))
    fewer = replace(whole, faults=faults)
    happenings = _fewest(fewer.happenings, lambda some: fails(replace(fewer, happenings=some)))
    return replace(fewer, happenings=happenings)


def _fewest(items: tuple[T, ...], fails: Callable[[tuple[T, ...]], bool]) -> tuple[T, ...]:
    """A subset that still fails and of which nothing alone can be left out."""
    if fails(()):
        return ()
    parts = 2
    while len(items) > 1:
        size = -(-len(items) // parts)
        rests = [(*items[:at], *items[at + size :]) for at in range(0, len(items), size)]
        found = _first(rests, fails)
        if found is not None:
            items, parts = found, max(parts - 1, 2)
        elif size == 1:
            break
        else:
            parts = min(parts * 2, len(items))
    return items


def _first(candidates: Sequence[tuple[T, ...]], fails: Callable[[tuple[T, ...]], bool]) -> tuple[T, ...] | None:
    return next((each for each in candidates if fails(each)), None)
