"""What the entry gate knows of an account (I1): what live trades may lose and bind, the day's result, the last stop."""

from collections.abc import Iterator
from decimal import Decimal

from core.account.state import AccountState
from core.days import day
from core.gate import AccountView
from core.ladder_state import LadderState, plan_risk
from core.ladder_stop import risk_at_stop
from core.money import ZERO
from core.report import TradeReport
from core.stats import STOPS, ended_at
from core.trade import Trade


def ended(state: AccountState, report: TradeReport, told: TradeReport | None = None) -> None:
    """Count what a trade made since it was *told* of last, and when a stop ended it."""
    at = ended_at(report)
    ended_on = day(at, state.offset)
    made = report.net - (ZERO if told is None else told.net)
    state.net_by_day[ended_on] = state.net_by_day.get(ended_on, ZERO) + made
    if report.reason in STOPS:
        state.last_stop_at = max(at, state.last_stop_at or at)


def view_of(state: AccountState, without: str = "") -> AccountView:
    """The account as it stands, leaving out the trade that is about to be added to."""
    plans = [box.trade.plan for box in state.boxes.values() if box.id != without]
    symbols: dict[str, int] = {}
    margins: dict[str, Decimal] = {}
    for plan in plans:
        symbols[plan.symbol] = symbols.get(plan.symbol, 0) + 1
        margins[plan.symbol] = margins.get(plan.symbol, ZERO) + plan.margin
    today = day(state.now, state.offset)
    state.net_by_day = {number: made for number, made in state.net_by_day.items() if number >= today}
    return AccountView(
        paused=state.paused,
        live_trades=len(plans),
        risk_open=sum((_risk(box.trade) for box in state.boxes.values() if box.id != without), ZERO),
        margin_used=sum((plan.margin for plan in plans), ZERO),
        equity=state.wallet.equity if state.wallet is not None else ZERO,
        net_today=state.net_by_day.get(today, ZERO),
        last_stop_at=max(_stops(state), default=None),
        symbol_trades=symbols,
        symbol_margin=margins,
        degraded=(),
    )


def _risk(trade: Trade) -> Decimal:
    """What a live trade may lose at its stop; a strategy that isn't a ladder has but its plan's."""
    return risk_at_stop(trade) if isinstance(trade.own, LadderState) else plan_risk(trade.plan)


def _stops(state: AccountState) -> Iterator[int]:
    """When stops fired, also of trades that are not over yet: an order in doubt, say, keeps them open for a while."""
    if state.last_stop_at is not None:
        yield state.last_stop_at
    for box in state.boxes.values():
        ledger = box.trade.ledger
        if ledger.stopped and ledger.last_at is not None:
            yield ledger.last_at
