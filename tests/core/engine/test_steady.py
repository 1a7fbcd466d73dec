"""Hysteresis: nothing flaps."""

import pytest

from core.engine.steady import Level, News, Steady

BAD, BETWEEN, WELL = Level.BAD, Level.BETWEEN, Level.WELL


def told(looks: list[Level], *, bad_for: int = 20, well_for: int = 30) -> list[tuple[int, str]]:
    """When something was told, a look every 10 ms."""
    steady = Steady(bad_for, well_for)
    return [(at * 10, news.value) for at, level in enumerate(looks) if (news := steady.look(level, at * 10))]


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        ([BAD, BAD, BAD], [(20, "degraded")]),
        ([BAD, BAD, WELL, BAD, BAD], []),
        ([BAD, BAD, BETWEEN, BAD, BAD], []),
        ([BAD] * 9, [(20, "degraded")]),
        ([BAD] * 3 + [WELL] * 4, [(20, "degraded"), (60, "restored")]),
        ([BAD] * 3 + [WELL, WELL, WELL, BETWEEN] * 3, [(20, "degraded")]),
        ([BAD] * 3 + [WELL] * 3 + [BAD] + [WELL] * 4, [(20, "degraded"), (100, "restored")]),
        ([BAD] * 3 + [WELL] * 4 + [BAD] * 3, [(20, "degraded"), (60, "restored"), (90, "degraded")]),
        ([BAD] * 3 + [WELL] * 9, [(20, "degraded"), (60, "restored")]),
        ([WELL] * 5, []),
    ],
)
def test_it_is_told_once_it_lasts_and_taken_back_once_its_end_does(
    looks: list[Level], expected: list[tuple[int, str]]
) -> None:
    """D1: one good look in between begins the count anew, either way."""
    assert told(looks) == expected


def test_since_when_it_is_told_as_bad_is_known_until_it_is_told_as_well() -> None:
    """D1: for how long it lasted is said by that."""
    steady, since = Steady(20, 30), list[int | None]()
    for at, level in enumerate([BAD] * 4 + [WELL] * 4):
        steady.look(level, 1_000 + at * 10)
        since.append(steady.since)

    assert since == [None, None, 1_020, 1_020, 1_020, 1_020, 1_020, None]


def test_without_a_wait_it_is_told_at_once() -> None:
    """A full disk isn't waited for."""
    assert Steady().look(BAD, 0) is News.DEGRADED
