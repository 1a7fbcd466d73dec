"""What the accounts of one group show alike: the count of filled limits (C6), and who follows whom."""

from collections.abc import Iterable
from dataclasses import replace

from core.account.state import AccountState
from core.alerts import Alert, LimitFilled


def with_group_count(alert: Alert, group: Iterable[AccountState]) -> Alert:
    """The alert with the group's k: the largest number of limits filled on one account of the group (C6).

    Counts come from the ledgers of all accounts each time and are stored nowhere (rel:I13).
    """
    body = alert.body
    if not isinstance(body, LimitFilled):
        return alert
    counts = [body.own_count, *(_filled(state, alert.trade) for state in group if state.account != alert.account)]
    if len(counts) == 1:
        return alert
    limits = max(body.of, *(_limits(state, alert.trade) for state in group))
    return replace(alert, body=replace(body, group_count=max(counts), group_of=limits))


def _limits(state: AccountState, trade: str) -> int:
    """How many limits an account's trade has: more where a merge added some (B13)."""
    box = state.box(trade)
    return 0 if box is None else len(box.trade.plan.resting)


def _filled(state: AccountState, trade: str) -> int:
    box = state.box(trade)
    if box is None:
        return 0
    ledger = box.trade.ledger
    return sum(1 for leg in box.trade.plan.resting if ledger.filled(leg.role) >= leg.quantity)


def group_of(account: str, states: Iterable[AccountState]) -> list[AccountState]:
    """The accounts that trade together with *account*: its leader and everybody who follows that leader."""
    everybody = list(states)
    mine = next(state for state in everybody if state.account == account)
    leader = mine.following.leader if mine.following is not None else account
    return [
        state
        for state in everybody
        if state.account == leader or (state.following is not None and state.following.leader == leader)
    ]
