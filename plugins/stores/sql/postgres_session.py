"""A session with PostgreSQL that waits for no answer for ever. It imports the driver: import it when one is opened.

The server's own limits help only where the server still works. One that stands still while its machine acknowledges
every packet (a paused virtual machine, a disk that hangs) would else be waited for until somebody ends us.
"""

import time
from collections.abc import Callable, Generator
from typing import Any, TypeVar

import psycopg

Result = TypeVar("Result")
Steps = Generator[Any, Any, Result]
"""The driver's: yields what it waits for at the socket, is sent what is ready there, 0 for nothing yet."""


class Silent(psycopg.OperationalError):
    """The server said nothing for too long; the session is over."""


class Session(psycopg.Connection[Any]):
    """Ends itself where the server is silent in the middle of an answer. What became of a commit is not known then."""

    silent_for: float = 10
    """Seconds."""

    def wait(self, gen: "Steps[Result]", *arguments: Any, **named: Any) -> Result:
        """See psycopg.Connection.wait. Raises Silent."""
        try:
            return super().wait(heard(gen, self.silent_for), *arguments, **named)
        except Silent:
            self.pgconn.finish()  # a session whose answer is still to come is of no use to anybody
            raise


def heard(steps: "Steps[Result]", within: float, now: Callable[[], float] = time.monotonic) -> "Steps[Result]":
    """The same steps, as long as something comes *within* so many seconds again and again. Raises Silent."""
    last = now()
    try:
        wanted = next(steps)
        while True:
            ready = yield wanted
            if ready:
                last = now()
            elif now() - last > within:
                raise Silent(f"the server has said nothing for {within} s; does it stand still?")
            wanted = steps.send(ready)
    except StopIteration as done:
        result: Result = done.value
        return result
