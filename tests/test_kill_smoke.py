"""A handful of kills of the real service over the wire: what `make kill-loop` does two hundred times."""

from decimal import Decimal

import pytest

from bench.census import Finding, Sight, findings
from bench.kill_loop import arguments, kill_loop
from bench.ledger import Ledger
from bench.soak import slope
from plugins.stores.sql.sqlite_file import SqliteFile


@pytest.mark.integration
@pytest.mark.slow
@pytest.mark.timeout(390)
def test_nothing_is_lost_or_doubled_by_kill_9() -> None:
    """rel:F43, rel:I5, I6, I15: cut off in the middle of trades and of its start, all is whole after it."""
    figures = kill_loop(arguments(["--kills", "3", "--symbols", "2", "--seed", "5"]))

    assert figures["violations"] == []
    assert figures["unprotected_ms"] == 0
    assert figures["executions"]


def seen(**account: object) -> Sight:
    """An empty store, an empty service, and a venue whose main holds so much."""
    bare: dict[str, object] = {"orders": [], "positions": []}
    venue = {"unprotected_ms": 0, "prices": {"S": "100"}, "accounts": {"main": {**bare, **account}, "mirror": bare}}
    status: dict[str, object] = {"trades": [], "accounts": [], "monitors": []}
    executions: dict[str, dict[str, dict[str, object]]] = {"main": {}, "mirror": {}}
    return Sight(venue, executions, status, Ledger(SqliteFile(":memory:"), ""))


def kinds(found: list[Finding]) -> set[str]:
    """What was found, in a word each."""
    return {each.kind for each in found}


def test_the_census_sees_what_is_wrong() -> None:
    """rel:I3, I4, I6: a position that nobody booked, its missing stop, and an order without a trade are all found."""
    held = {"symbol": "S", "side": "Buy", "size": "1", "stopLoss": ""}
    order = {"orderLinkId": "t1-main-7K3QX9A2MD-TP1-00", "leavesQty": "1"}

    assert findings(seen()) == []
    assert kinds(findings(seen(positions=[held], orders=[order]))) == {"lost", "unprotected", "differs", "orphan"}


def test_an_execution_that_is_not_booked_is_lost() -> None:
    """rel:I6: and what is entered beyond the plan is doubled."""
    found = seen()
    row = {"orderLinkId": "t1-main-7K3QX9A2MD-E1-00", "execQty": str(Decimal(1))}
    lost = Sight(found.venue, {**found.executions, "main": {"e1": row}}, found.status, found.ledger)

    assert kinds(findings(lost)) == {"lost"}


def test_growth_is_told_by_the_day() -> None:
    """rel:I16: half a MiB in six hours is two a day; two points are no line."""
    assert slope([(0, 10), (3, 10.25), (6, 10.5)]) == 2
    assert slope([(0, 10), (6, 10.5)]) is None
