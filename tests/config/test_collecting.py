"""A start doesn't look for garbage among what stays."""

import gc

from config.collecting import uncollected


def test_nobody_looks_for_garbage_meanwhile_and_then_again() -> None:
    """DESIGN 7: within another such stretch it stays off until that ends too."""
    seen = []
    with uncollected():
        with uncollected():
            seen.append(gc.isenabled())
        seen.append(gc.isenabled())

    assert [*seen, gc.isenabled()] == [False, False, True]


def test_what_was_made_meanwhile_is_not_looked_at_afterwards() -> None:
    """DESIGN 7: the first search after it would go through all of it."""
    searched: list[str] = []
    gc.callbacks.append(lambda when, _: searched.append(when))
    try:
        with uncollected():
            kept = [[number] for number in range(100_000)]
        kept.extend([number] for number in range(300))
    finally:
        gc.callbacks.pop()

    assert not searched
