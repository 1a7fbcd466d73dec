"""The process's alarm clock over plugins' calls: one that doesn't come back is interrupted where it hangs (rel:F58).

No thread could do that. POSIX and the main thread only; elsewhere calls are made as they are, and the loop's watch
tells when one took long (core.engine.loop_watch). Code that blocks in C is interrupted when it comes back.
"""

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import ParamSpec, TypeVar

from core.engine.guarded import TookTooLong

P = ParamSpec("P")
T = TypeVar("T")
LIMIT = 1_000
"""Milliseconds; a strategy needs less than one."""


class Cutoff:
    """A Bounded. Raises TookTooLong inside the call once it took *limit* milliseconds, and again until it gives in."""

    def __init__(self, limit: int = LIMIT) -> None:
        """`arm` before the first call."""
        self._limit = limit
        self._seconds = limit / 1_000
        self._armed = False
        self._calling = False
        self._before: Callable[[int, FrameType | None], object] | int | None = signal.SIG_DFL

    def arm(self) -> bool:
        """Take the process's SIGALRM; False where that can't be, and nothing is cut off."""
        if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGALRM, self._ring)
            self._armed = True
        return self._armed

    def disarm(self) -> None:
        """Give SIGALRM back."""
        if self._armed:
            self._armed = False
            signal.signal(signal.SIGALRM, self._before)

    def __call__(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Make the call; a call within a call is bounded by the outer one."""
        if not self._armed or self._calling:
            return call(*args, **kwargs)
        self._calling = True
        others = signal.setitimer(signal.ITIMER_REAL, self._seconds, self._seconds)
        try:
            return call(*args, **kwargs)
        finally:
            self._calling = False
            signal.setitimer(signal.ITIMER_REAL, *others)

    def _ring(self, number: int, frame: FrameType | None) -> None:
        if self._calling:
            raise TookTooLong(f"did not come back within {self._limit} ms")
        if callable(self._before):  # not ours, or it came back while the alarm rang
            self._before(number, frame)
