"""The crash sweep: die at every single point at which the process can, start again, and end as if nothing had been.

As SQLite tests itself: run once and count the points, then once for each point (rel:I9).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from config.simulation.fates import Fates, Kind
from config.simulation.scene import Breach
from config.simulation.storm import follow
from config.simulation.story import Story
from config.simulation.world import World

PASSING = frozenset({"account_degraded", "account_restored", "late_close", "service_degraded", "service_restored"})
"""What is told about the outage itself, not about the trade."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What came of one sweep: how many runs, and what differed, with the crashes that did it."""

    runs: int
    points: int
    breaches: tuple[tuple[Mapping[int, Kind], Breach], ...]


def sweep(story: Story, *, double: int = 0) -> Swept:
    """Crash at every point, each way that differs there; *double* pairs besides, spread evenly over all pairs."""
    calm = _played(story, {})
    found = list(calm.watch.breaches)
    wanted = _essence(calm)
    breaches: list[tuple[Mapping[int, Kind], Breach]] = [({}, each) for each in found]
    runs = 0
    points = calm.fates.points
    for plan in (*_single(points), *islice(_pairs(list(points)), 0, None, _stride(calm, double))):
        runs += 1
        world = _played(story, plan)
        breaches += [(plan, each) for each in world.watch.breaches]
        breaches += [(plan, each) for each in _different(wanted, _essence(world))]
    return Swept(runs, len(points), tuple(breaches))


def _played(story: Story, plan: Mapping[int, Kind]) -> World:
    world = World(story, Fates(story.seed, {}, plan))
    follow(world)
    return world


def _single(points: Mapping[int, tuple[Kind, ...]]) -> Iterator[Mapping[int, Kind]]:
    for point, ways in points.items():
        for way in ways:
            yield {point: way}


def _pairs(points: list[int]) -> Iterator[Mapping[int, Kind]]:
    for place, first in enumerate(points):
        for later in range(1, len(points) - place + 4):
            yield {first: Kind.CRASH, first + later: Kind.CRASH_TORN}


def _stride(world: World, double: int) -> int:
    """Every how manieth pair makes *double* of them; so far that none is taken when none is asked for."""
    count = len(world.fates.points)
    pairs = count * (count + 5) // 2
    return max(pairs // double, 1) if double else pairs + 1_000_000


def _essence(world: World) -> dict[str, object]:
    """What must be equal: the venue's truth, the reports and what people were told, times aside."""
    state = world.venue.state
    return {
        "wallets": {name: account.wallet for name, account in state.accounts.items()},
        "orders": {name: sorted(order.link for order in each.orders.values()) for name, each in state.accounts.items()},
        "reports": {
            key: replace(report, closed_at=None, opened_at=0, first_fill_at=None, last_fill_at=None, known_at=None)
            for key, report in sorted(world.disk.reports.items())
        },
        "alerts": {
            (account, kind, cause.split(":")[0]) for account, _, kind, cause in world.disk.alerts if kind not in PASSING
        },
    }


def _different(wanted: dict[str, object], found: dict[str, object]) -> Iterator[Breach]:
    for name, each in wanted.items():
        other = found[name]
        if name == "alerts" and isinstance(each, set) and isinstance(other, set):
            if each - other:
                yield Breach("I8", "", 0, f"never told: {sorted(each - other)}")
        elif isinstance(each, dict) and isinstance(other, dict) and each != other:
            for key in {**each, **other}:
                if each.get(key) != other.get(key):
                    yield Breach("I9", str(key), 0, f"{name} differ: {other.get(key)} not {each.get(key)}")
