"""Mirrors that were not there to hear that their leader's trade ended, however long ago that was (A4)."""

from collections.abc import Iterable

from core.account.inputs import LeaderIs
from core.account.state import AccountState
from core.desired import Phase
from core.report import TradeReport
from ports.persistence import Store


async def left_behind(store: Store, leader: AccountState, states: Iterable[AccountState]) -> list[LeaderIs]:
    """How *leader*'s trades ended that mirrors still hold and its machine no longer knows, from their reports.

    Where none tells, nobody knows that it ended: nothing is said.
    """
    gone = {
        box.id: box.trade.plan.at
        for state in states
        for box in state.boxes.values()
        if box.trade.plan.leader == leader.account and box.id not in leader.boxes and box.id not in leader.ended
    }
    found: list[LeaderIs] = []
    last: TradeReport | None = None
    while gone and (page := await store.ended(min(gone.values()), after=last)):
        found += [_word(report) for report in page if report.account == leader.account and report.id in gone]
        last = page[-1]
    return found


def _word(report: TradeReport) -> LeaderIs:
    hit = bool(report.targets) and report.targets[0].hit
    reason, began = report.reason or "", report.opened_at
    return LeaderIs(report.id, report.account, Phase.CLOSED, hit, reason, None, report.entered, began)
