"""The error tree: what each error carries for the one who catches it."""

import pytest

from core.errors import ConfigError, Declined, RateLimited, Stopped, TandemError, Unavailable, Unreached


def test_every_problem_is_kept_and_has_a_line() -> None:
    """I: `tandem check` explains every problem at once."""
    error = ConfigError(("one", "two"))

    assert error.problems == ("one", "two")
    assert str(error) == "one\ntwo"


def test_the_time_that_was_named_is_kept() -> None:
    """D2: `retry_after` is obeyed."""
    error = RateLimited("too fast", 2.5)

    assert (str(error), error.retry_after_seconds) == ("too fast", 2.5)


@pytest.mark.parametrize(
    ("kind", "parents"),
    [
        (ConfigError, (TandemError,)),
        (RateLimited, (Unavailable, TandemError)),
        (Unreached, (Unavailable, TandemError)),
        (Declined, (TandemError,)),
        (Stopped, (TandemError,)),
    ],
)
def test_what_may_be_tried_again_is_unavailable(kind: type, parents: tuple[type, ...]) -> None:
    """D2, C4: whoever retries catches Unavailable and nothing else."""
    assert all(issubclass(kind, parent) for parent in parents)
    assert issubclass(kind, Unavailable) is (Unavailable in parents)
