"""What is, as plain values (core.view), read from the account machines, running or recalled."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from core.account.box import Box
from core.account.gating import view_of
from core.account.reporting import trade_report
from core.account.state import AccountState
from core.alert_text import text as alert_text
from core.alert_text import title
from core.alerts import Alert
from core.engine.unwatched import lost
from core.identity import parse_key
from core.money import ZERO
from core.plan import entry_role, target_role
from core.potential import potential
from core.reporting import trade_status
from core.trade import LineState, Trade
from core.view import (
    AccountStatus,
    AlertStatus,
    EntryStatus,
    Mark,
    MonitorStatus,
    OrderStatus,
    PositionStatus,
    StopStatus,
    TargetStatus,
    TradeStatus,
)
from core.words import Side

Prices = Mapping[str, Decimal]


def accounts(states: Mapping[str, AccountState], prices: Prices) -> tuple[AccountStatus, ...]:
    """Each account's money and health."""
    return tuple(_account(state, prices) for state in states.values())


def _account(state: AccountState, prices: Prices) -> AccountStatus:
    wallet = state.wallet
    held = ("new entries are paused",) if state.paused else ()
    return AccountStatus(
        account=state.account,
        environment=state.environment,
        follows=state.following.leader if state.following is not None else None,
        equity=wallet.equity if wallet is not None else None,
        available=wallet.available if wallet is not None else None,
        margin_used=view_of(state).margin_used,
        open_pnl=_made(state, prices),
        live_trades=len(state.boxes),
        potential=potential(trade(state, box, prices) for box in state.boxes.values()),
        troubles=tuple(sorted(state.troubles)),
        held=held,
        lost=lost(state.lost),
    )


def _made(state: AccountState, prices: Prices) -> Decimal | None:
    """What the account's positions would make now; None while the price of one isn't known."""
    held = [open_pnl(box, prices) for box in state.boxes.values() if box.trade.ledger.position]
    known = [each for each in held if each is not None]
    return sum(known, ZERO) if len(known) == len(held) else None


def trades(states: Mapping[str, AccountState], prices: Prices) -> tuple[TradeStatus, ...]:
    """Every live trade."""
    return tuple(trade(state, box, prices) for state in states.values() for box in state.boxes.values())


def trade(state: AccountState, box: Box, prices: Prices) -> TradeStatus:
    report = trade_report(box.trade, box.phase, "", box.last_stop, state.now)
    status = trade_status(report, state.environment)
    view = state.slots.get(box.trade.plan.slot)
    stop = status.stop
    if stop is not None:
        asked = report.position and state.cuts.taken_at is not None
        proven = view is not None and view.proven and view.stop is not None if asked else None
        stop = StopStatus(stop.price, stop.kind, proven)
    return replace(
        status,
        entries=tuple(_entry(box, each) for each in status.entries),
        targets=tuple(_target(box.trade, each) for each in status.targets),
        stop=stop,
        last=prices.get(report.symbol),
        open_pnl=open_pnl(box, prices),
    )


def _entry(box: Box, entry: EntryStatus) -> EntryStatus:
    """With what it cost, and by its order's line: one that was never sent waits while it is wished for."""
    trade, role = box.trade, entry_role(entry.number)
    fills = trade.ledger.roles.get(role)
    entry = replace(entry, average=fills.average if fills is not None else None)
    if entry.mark is Mark.FILLED or trade.live(role):
        return entry
    line = trade.line(role)
    if line is None or (line.state is LineState.IDLE and not line.given_up):
        wished = box.desired is None or any(want.role == role for want in box.desired.wants)
        return replace(entry, mark=Mark.WAITING if wished else Mark.CANCELLED)
    if not trade.over(role):
        return entry
    return replace(entry, mark=Mark.FAILED if line.given_up else Mark.CANCELLED)


def _target(trade: Trade, target: TargetStatus) -> TargetStatus:
    """With its share of the ladder; one without an order waits."""
    share = trade.plan.levels[target.number - 1].share
    waits = target.mark is not Mark.FILLED and not trade.live(target_role(target.number))
    return replace(target, share=share, mark=Mark.WAITING if waits else target.mark)


def open_pnl(box: Box, prices: Prices) -> Decimal | None:
    """What our part of a position would make at the last price, before fees; None where that isn't known."""
    last = prices.get(box.trade.plan.symbol)
    average = box.trade.ledger.average_entry
    if last is None or average is None:
        return None
    move = (last - average) * box.trade.ledger.position
    return move if box.trade.plan.side is Side.LONG else -move


def positions(states: Mapping[str, AccountState], prices: Prices) -> tuple[PositionStatus, ...]:
    """Every position with a part of ours."""
    return tuple(
        PositionStatus(
            account=state.account,
            environment=state.environment,
            symbol=box.trade.plan.symbol,
            side=box.trade.plan.side,
            size=box.trade.ledger.held,
            ours=box.trade.ledger.position,
            average_entry=box.trade.ledger.average_entry,
            last=prices.get(box.trade.plan.symbol),
            stop=state.view(box.trade.plan.slot).stop,
            open_pnl=open_pnl(box, prices),
            trade=box.id,
        )
        for state in states.values()
        for box in state.boxes.values()
        if box.trade.ledger.position or box.trade.ledger.foreign
    )


def orders(states: Mapping[str, AccountState]) -> tuple[OrderStatus, ...]:
    """Every order of ours that works or may work."""
    return tuple(
        OrderStatus(
            key=line.key,
            account=state.account,
            environment=state.environment,
            symbol=box.trade.plan.symbol,
            side=box.trade.plan.closing if line.reduce_only else box.trade.plan.opening,
            quantity=line.quantity,
            filled=line.filled,
            price=line.price,
            reduce_only=line.reduce_only,
            stop=line.stop,
            trade=box.id,
            role=line.role,
            at=line.at,
        )
        for state in states.values()
        for box in state.boxes.values()
        for line in box.trade.lines.values()
        if line.live
    )


def monitors(states: Mapping[str, AccountState]) -> tuple[MonitorStatus, ...]:
    """Each live trade's supervision: phase, protection, last fact, and what differs from the wish."""
    return tuple(_monitor(state, box) for state in states.values() for box in state.boxes.values())


def _monitor(state: AccountState, box: Box) -> MonitorStatus:
    plan, ledger = box.trade.plan, box.trade.ledger
    view = state.view(plan.slot)
    last = box.history[-1][2] if box.history else None
    return MonitorStatus(
        trade=box.id,
        account=state.account,
        environment=state.environment,
        symbol=plan.symbol,
        side=plan.side,
        phase=box.phase,
        protected=(view.proven and view.stop is not None)
        if ledger.position and state.cuts.taken_at is not None
        else None,
        last_fact=type(last).__name__.lower() if last is not None else "",
        last_fact_at=last.at if last is not None else None,
        last_audit_at=state.cuts.taken_at,
        differences=_differences(state, box),
    )


def _differences(state: AccountState, box: Box) -> tuple[str, ...]:
    found = [f"{role} backs off: {each.reason}" for role, each in box.backoffs.items()]
    for key in state.doubts:
        parts = parse_key(key)
        if parts is not None and parts.trade == box.id:
            found.append(f"{parts.role} is being asked for")
    if box.preparing:
        found.append("the leverage is being set")
    return tuple(found)


def alert_status(alert: Alert) -> AlertStatus:
    """An alert for a list."""
    return AlertStatus(
        at=alert.at,
        account=alert.account,
        kind=alert.kind,
        title=title(alert),
        text=alert_text(alert),
        critical=alert.critical,
        trade=alert.trade,
    )
