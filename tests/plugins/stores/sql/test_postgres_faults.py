"""What the server says, in our words: try again, or stop and tell. Its own words are kept behind them."""

import psycopg
import pytest
from psycopg import errors
from sqlalchemy.exc import DBAPIError

from plugins.stores.sql.postgres_faults import translated
from ports.errors import Stopped, Unavailable


def fault(error: psycopg.Error, *, lost: bool = False) -> Exception:
    """What becomes of what the driver raised."""
    wrapped = DBAPIError("INSERT", {}, error, connection_invalidated=lost)
    try:
        with translated("db"):
            raise wrapped
    except (Stopped, Unavailable, DBAPIError) as caught:
        return caught


@pytest.mark.parametrize(
    ("error", "found"),
    [
        (errors.DiskFull("no space left"), "out of disk, memory or connections"),
        (errors.TooManyConnections("slots"), "out of disk, memory or connections"),
        (errors.QueryCanceled("statement timeout"), "longer than 5 s"),
        (errors.LockNotAvailable("lock timeout"), "holds it locked"),
        (errors.AdminShutdown("terminating"), "going down or coming up"),
        (errors.CannotConnectNow("starting up"), "going down or coming up"),
        (errors.ReadOnlySqlTransaction("standby"), "only reads now"),
        (errors.InsufficientPrivilege("denied"), "may not do that"),
        (errors.IdleInTransactionSessionTimeout("idle"), "was this process paused?"),
        (errors.SerializationFailure("again"), "in the way"),
        (errors.IoError("could not read block"), "disk does not read or write"),
        (psycopg.OperationalError("connection refused"), "check that it runs, and the address and user"),
        (errors.ConnectionTimeout("connection timeout expired"), "check that it runs, and the address and user"),
    ],
)
def test_what_passes_is_tried_again(error: psycopg.Error, found: str) -> None:
    """rel:F45, rel:F46: who waits knows what would mend it, and what the server said."""
    told = fault(error)

    assert isinstance(told, Unavailable)
    assert str(told).startswith("store db: ")
    assert found in str(told)
    assert str(error) in str(told)


@pytest.mark.parametrize("error", [errors.DataCorrupted("invalid page"), errors.IndexCorrupted("posting list")])
def test_damage_stops(error: psycopg.Error) -> None:
    """rel:F47: nothing is guessed; the way back is named."""
    told = fault(error)

    assert isinstance(told, Stopped)
    assert "tandem restore" in str(told)


def test_a_connection_that_broke_is_tried_again() -> None:
    """Whatever the driver calls it."""
    assert isinstance(fault(psycopg.InterfaceError("gone"), lost=True), Unavailable)


@pytest.mark.parametrize("error", [errors.SyntaxError("at or near"), errors.UniqueViolation("twice")])
def test_our_own_mistakes_stay_what_they_are(error: psycopg.Error) -> None:
    """A bug is no weather: retrying it for ever would hide it."""
    assert isinstance(fault(error), DBAPIError)
