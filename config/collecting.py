"""When nobody looks for garbage."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """A start makes what stays, modules and trades: looking for garbage among it took a tenth of its time.

    What was made meanwhile is set aside for good, garbage too: looked at once, at the end, it took half of that tenth.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.freeze()
            gc.enable()
