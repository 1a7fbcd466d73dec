"""A call that doesn't come back is interrupted where it hangs (rel:F58)."""

from collections.abc import Iterator

import pytest

from config.cutoff import Cutoff
from core.engine.guarded import TookTooLong


@pytest.fixture
def cutoff() -> Iterator[Cutoff]:
    """One that has SIGALRM for the test's time."""
    made = Cutoff(30)
    assert made.arm()
    yield made
    made.disarm()


def hang() -> int:
    """Never comes back, and swallows what a careless author swallows."""
    number = 0
    while True:
        try:
            number += 1
        except Exception:  # noqa: BLE001, S112 - that is the point
            continue


def test_a_call_that_hangs_is_cut_off(cutoff: Cutoff) -> None:
    """rel:F58: a loop without end, though it catches every Exception; the next call is as quick as ever."""
    with pytest.raises(TookTooLong, match="within 30 ms"):
        cutoff(hang)

    assert cutoff(divmod, 7, 2) == (3, 1)


def test_a_call_within_a_call_is_bounded_by_the_outer_one(cutoff: Cutoff) -> None:
    """rel:F58: one strategy built on another: the inner call's return does not stop the outer's alarm."""

    def outer() -> int:
        cutoff(divmod, 7, 2)
        return hang()

    with pytest.raises(TookTooLong):
        cutoff(outer)


def test_unarmed_it_only_calls() -> None:
    """rel:F58: virtual time and tests of other things share a process with it, and nothing of theirs is interrupted."""
    assert Cutoff(1)(divmod, 7, 2) == (3, 1)
