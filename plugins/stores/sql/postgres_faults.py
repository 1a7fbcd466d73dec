"""The one place where PostgreSQL's errors become ours, by their SQLSTATE: try again, or stop and tell."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from plugins.stores.sql.faults import damaged
from ports.errors import TandemError, Unavailable

_DAMAGED = ("XX001", "XX002")
_PASSING = {
    "08": "the connection broke; check the server and the network between",
    "25006": "the server only reads now (a standby?); name the one that writes",
    "25P03": "the server gave up on a transaction that stood still; was this process paused?",
    "40": "another transaction was in the way",
    "42501": "this user may not do that; grant it the tables and the schema",
    "53": "the server is out of disk, memory or connections",
    "55P03": "another connection holds it locked; end that process, or wait",
    "57014": "the server took longer than 5 s; is it overloaded?",
    "57": "the server is going down or coming up; wait, or start it",
    "58": "the server's disk does not read or write; check it and its free space",
}
"""By SQLSTATE or its class, the longer one first."""


@contextmanager
def translated(name: str) -> Iterator[None]:
    """Turn what the server says about the store *name* into Unavailable or Stopped; what else there is is a bug."""
    try:
        yield
    except DBAPIError as error:
        fault = _fault(name, error)
        if fault is None:
            raise
        raise fault from error


def _fault(name: str, error: DBAPIError) -> TandemError | None:
    state = getattr(error.orig, "sqlstate", None) or ""
    said = " ".join(str(error.orig).split())
    if state in _DAMAGED:
        return damaged(name, said)
    known = _PASSING.get(state) or _PASSING.get(state[:2])
    if known is not None:
        return Unavailable(f"store {name}: {known} ({said})")
    if error.connection_invalidated:
        return Unavailable(f"store {name}: connection lost; check the server and the network between ({said})")
    if not state and "OperationalError" in (each.__name__ for each in type(error.orig).__mro__):
        # Said by the driver alone: no server was reached, it let nobody in, or it answered too late.
        return Unavailable(f"store {name}: not reached; check that it runs, and the address and user ({said})")
    return None
