"""A trade as a report: numbers from plan, ledger and the last stop in force only."""

from decimal import Decimal

from core.desired import Phase, StopKind
from core.ladder_state import LadderState, level_price, reserved
from core.ladder_wishes import standing, target_totals
from core.money import ZERO
from core.report import EntryReport, StopReport, TargetReport, TradeReport
from core.request import Request
from core.trade import Trade


def trade_report(
    trade: Trade, phase: Phase, reason: str, stop: tuple[Decimal, StopKind] | None, now: int
) -> TradeReport:
    """The report of a trade as it stands; *reason* "" while it is open."""
    plan, ledger = trade.plan, trade.ledger
    if stop is None and plan.stop is not None:
        stop = (plan.stop, StopKind.INITIAL)
    return TradeReport(
        id=plan.trade,
        account=plan.account,
        strategy=plan.request.strategy,
        origin=plan.request.origin,
        symbol=plan.symbol,
        side=plan.side,
        phase=phase,
        reason=reason or None,
        entered=ledger.entered,
        position=ledger.position,
        average_entry=ledger.average_entry,
        gross=ledger.gross,
        fees=ledger.fees,
        funding=ledger.funding,
        net=ledger.net,
        entries=tuple(
            EntryReport(number, leg.price, leg.quantity, ledger.filled(leg.role))
            for number, leg in enumerate(plan.legs, 1)
        ),
        targets=_targets(trade),
        stop=StopReport(*stop) if stop is not None else None,
        leverage=plan.leverage,
        margin=plan.margin,
        leader=plan.leader,
        opened_at=plan.at,
        closed_at=(now if ledger.last_at is None else ledger.last_at) if phase is Phase.CLOSED else None,
        note=plan.request.note,
        first_fill_at=ledger.first_at,
        last_fill_at=ledger.last_at,
        known_at=now if phase is Phase.CLOSED else None,
    )


def _targets(trade: Trade) -> tuple[TargetReport, ...]:
    """Each level's total by the latest split: of all that was entered less what left by other ways than the ladder."""
    plan, ledger = trade.plan, trade.ledger
    if not isinstance(trade.own, LadderState) or not plan.levels:
        return ()
    executed, closed = standing(trade)
    closed_early = sum((ledger.filled(role) for role, *_ in trade.own.reduced), ZERO) + reserved(trade)
    base = ledger.entered - ledger.taken - ledger.liquidated - ledger.deleveraged - closed_early
    base = max(base, sum(executed, ZERO))
    totals = target_totals(trade, base, executed, closed) if ledger.entered else tuple(ZERO for _ in executed)
    return tuple(
        TargetReport(number, level_price(trade, level), total, done, hit)
        for number, (level, total, done, hit) in enumerate(zip(plan.levels, totals, executed, closed, strict=True), 1)
    )


def unopened(request: Request, account: str, trade: str, leader: str | None, reason: str, now: int) -> TradeReport:
    """The report of a trade that an account did not open: zeros, closed as rejected or skipped (A3)."""
    return TradeReport(
        id=trade,
        account=account,
        strategy=request.strategy,
        origin=request.origin,
        symbol=request.symbol,
        side=request.side,
        phase=Phase.CLOSED,
        reason=reason,
        entered=ZERO,
        position=ZERO,
        average_entry=None,
        gross=ZERO,
        fees=ZERO,
        funding=ZERO,
        net=ZERO,
        entries=tuple(EntryReport(n, spec.price, ZERO, ZERO) for n, spec in enumerate(request.entries, 1)),
        targets=tuple(TargetReport(n, price, ZERO, ZERO) for n, price in enumerate(request.take_profits, 1)),
        stop=StopReport(request.stop, StopKind.INITIAL) if request.stop is not None else None,
        leverage=request.leverage,
        margin=ZERO,
        leader=leader,
        opened_at=now,
        closed_at=now,
        note=request.note,
        known_at=now,
    )
