"""What the accounts of one group show alike (C6): the largest count, from the ledgers as they are now."""

from decimal import Decimal

from core.account.grouping import group_of, with_group_count
from core.account.state import AccountState
from core.alerts import Alert, EntriesPaused, LimitFilled
from core.request import FixedQuantity
from tests.driving import Driven, driven, new_state
from tests.staging import request

LIMITS = request((99, 98, 97), size=FixedQuantity(Decimal(3000)))


def filled(account: str, *roles: str, entries: int = 3) -> Driven:
    """A trade of up to three limits, of which these are filled."""
    run = driven(account, follows=None if account == "main" else "main")
    size = FixedQuantity(Decimal(1000 * entries))
    asked = LIMITS if entries == 3 else request((99, 98, 97)[:entries], size=size)
    run.accept(run.open(asked))
    for role in roles:
        run.know(run.fill(role, 1000, 99), run.ended(role, 1000))
    return run


def last_fill(run: Driven) -> Alert:
    """The latest alert about a filled limit."""
    return next(alert for alert in reversed(run.alerts) if isinstance(alert.body, LimitFilled))


def counts(alert: Alert, *group: AccountState) -> tuple[int, int, int | None, int | None]:
    """Its own k and n, and the group's."""
    body = with_group_count(alert, group).body
    assert isinstance(body, LimitFilled)
    return body.own_count, body.of, body.group_count, body.group_of


def test_the_largest_count_of_the_group_is_shown() -> None:
    """C6: main has two, the mirror one: both alerts say 2/3, each account's own count stays."""
    main, mirror = filled("main", "E1", "E2"), filled("mirror", "E1")
    states = main.machine.state, mirror.machine.state

    assert counts(last_fill(main), *states) == (2, 3, 2, 3)
    assert counts(last_fill(mirror), *states) == (1, 3, 2, 3)


def test_a_partly_filled_limit_does_not_count() -> None:
    """C6: one lot short of the leg is not filled."""
    main, mirror = filled("main", "E1"), filled("mirror", "E1")
    mirror.know(mirror.fill("E2", 999, 98))
    states = main.machine.state, mirror.machine.state
    assert counts(last_fill(main), *states) == (1, 3, 1, 3)

    mirror.know(mirror.fill("E2", 1, 98))
    assert counts(last_fill(main), *states) == (1, 3, 2, 3)


def test_a_group_may_have_accounts_with_fewer_limits_or_none() -> None:
    """C6, A3: n is the largest; an account without the trade has none."""
    main, small = filled("main", "E1", "E2"), filled("small", "E1", entries=1)
    states = main.machine.state, small.machine.state, new_state("idle", follows="main")

    assert counts(last_fill(small), *states) == (1, 1, 2, 3)


def test_an_account_alone_has_no_group_count() -> None:
    """C6: nothing is added, nor to an alert of another kind."""
    main = filled("main", "E1")
    other = Alert(
        body=EntriesPaused(True, "ann"), account="main", environment=main.machine.state.environment, at=1, cause="c"
    )

    assert with_group_count(last_fill(main), [main.machine.state]) is last_fill(main)
    assert with_group_count(other, [main.machine.state, new_state("mirror")]) is other


def test_who_trades_together() -> None:
    """A1: a leader and all who follow it; seen alike from each of them."""
    states = [new_state("main"), new_state("m1", follows="main"), new_state("m2", follows="main"),
              new_state("solo"), new_state("s1", follows="solo")]  # fmt: skip
    names = {name: [state.account for state in group_of(name, iter(states))] for name in ("main", "m2", "solo", "s1")}

    assert names["main"] == names["m2"] == ["main", "m1", "m2"]
    assert names["solo"] == names["s1"] == ["solo", "s1"]
