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
