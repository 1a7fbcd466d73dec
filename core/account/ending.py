"""The end of a trade: flat by executions, nothing of it at the venue, everything booked; told and reported once."""

from dataclasses import replace
from decimal import Decimal

from core.account import gating, netting, owing
from core.account.box import Box
from core.account.explaining import by_clock
from core.account.hands import forgive
from core.account.inputs import LeaderIs
from core.account.reporting import trade_report
from core.account.state import KEPT_CLOSED, AccountState
from core.account.timers import want_cut
from core.alerts import LateClose, PositionClosed
from core.desired import Desired, Phase
from core.ladder_alerts import frame
from core.ladder_state import LadderState, hits
from core.money import HUNDRED
from core.stats import TAKEN
from core.trade import Trade

LATE_CLOSE = 5_000


def close_if_over(state: AccountState, box: Box, desired: Desired) -> None:
    """Close a trade that is done: sums to zero, once no order works or may work and every execution is booked (C8)."""
    if box.round is not None or not _quiet(state, box.trade) or unsure(state, box):
        return
    netting.share_out(state, box)
    if owing.below_zero(state, box):
        return
    lay_aside(state, box.id)
    forgive(state, box)
    _report(state, box, desired.reason)
    lead(state, box)


def lay_aside(state: AccountState, trade: str) -> None:
    """Keep an ended trade at hand for ghost fills; it owns nothing any more. The oldest is forgotten."""
    box = state.boxes.pop(trade)
    box.phase = Phase.CLOSED
    state.ended[trade] = box
    if len(state.ended) > KEPT_CLOSED:
        oldest = next(iter(state.ended))
        _forget(state, oldest)
    slot = box.trade.plan.slot
    if state.owners.get(slot) is box:
        del state.owners[slot]
        beside = next((other for other in state.boxes.values() if other.trade.plan.slot == slot), None)
        if beside is not None:  # a late fill woke it: what became of that fill looks tell the owner alone (C8)
            state.owners[slot] = beside


def _quiet(state: AccountState, trade: Trade) -> bool:
    return not any(line.live or line.key in state.busy or not trade.booked(line) for line in trade.lines.values())


def unsure(state: AccountState, box: Box) -> bool:
    """Whether a trade is flat by a guess of unknown age that held an entry by the clock alone: a look decides (C8).

    One that was asked for since the last was booked, and shows nothing else in its slot.
    """
    slot = box.trade.plan.slot
    if by_clock(box) is None or (state.cuts.shown > box.booked and slot not in state.cuts.mismatched):
        return False
    state.cuts.full_due = state.now
    want_cut(state)
    return True


def _forget(state: AccountState, trade: str) -> None:
    box = state.ended.pop(trade)
    state.leads.pop(trade, None)
    for key in [key for key, (owner, _) in state.keys.items() if owner is box]:
        del state.keys[key]


def _report(state: AccountState, box: Box, reason: str) -> None:
    trade = box.trade
    report = trade_report(trade, Phase.CLOSED, reason, box.last_stop, state.now)
    if state.silent:
        return
    told, box.reported = box.reported, report
    state.out.closed.append(report)
    gating.ended(state, report, told)
    cause = "closed" if told is None else f"closed:{trade.ledger.seq}"
    if trade.ledger.entered or reason != "skipped":
        state.out.alerts.append(frame(trade.plan, _closed(trade, reason), trade.ledger.last_at or state.now, cause))
    late = state.now - (trade.ledger.last_at or state.now)
    if late > LATE_CLOSE:
        state.out.alerts.append(frame(trade.plan, LateClose(late), state.now, "late_close"))


def correct_report(state: AccountState, box: Box, reason: str) -> None:
    """Report an ended trade once more when its ledger has changed since: funding, say, that was learned of late (I10).

    The later report takes the place of the first (ports.persistence); nobody is told again. The trade ended when it
    ended: what is learned of late moves it into no other day or period of the statistics (G1). *reason* is by what is
    known now: its stop fired, say, where looks had only shown that nothing was held any more.
    """
    told = box.reported
    if told is None or told.closed_at is None:
        return
    found = trade_report(box.trade, Phase.CLOSED, reason, box.last_stop, told.closed_at)
    report = replace(found, closed_at=told.closed_at, known_at=told.known_at)
    if report == told:
        return
    box.reported = report
    state.out.closed.append(report)
    gating.ended(state, report, told)


def _closed(trade: Trade, reason: str) -> PositionClosed:
    ledger, plan = trade.ledger, trade.plan
    used = ledger.entry_cost / plan.leverage
    exits = ledger.exit_value / ledger.exited if ledger.exited else None
    began = ledger.first_at if ledger.first_at is not None else plan.at
    ended = ledger.last_at if ledger.last_at is not None else began
    return PositionClosed(
        reason,
        ledger.entered,
        ledger.average_entry if plan.request.origin != TAKEN else None,
        exits,
        ledger.gross,
        ledger.fees,
        ledger.funding,
        ledger.net,
        ledger.net / used * HUNDRED if used else None,
        ended - began,
        len(hits(trade)) if isinstance(trade.own, LadderState) else 0,
        len(plan.levels),
        sum(1 for leg in plan.legs if ledger.filled(leg.role) >= leg.quantity),
        len(plan.legs),
    )


def lead(state: AccountState, box: Box) -> None:
    """Pass on how a leader's trade stands, when that changed (A4)."""
    plan = box.trade.plan
    if plan.leader is not None or state.silent:
        return
    word = leader_word(box)
    if state.leads.get(box.id) != word:
        state.leads[box.id] = word
        state.out.leads.append(word)


def leader_word(box: Box) -> LeaderIs:
    """How a leader's trade stands, for its mirrors."""
    trade, desired = box.trade, box.desired
    reason = desired.reason if desired is not None else ""
    own = trade.own if isinstance(trade.own, LadderState) else None
    tp1 = own is not None and bool(hits(trade))
    ledger, moved, less = trade.ledger, _moved(own), _less(own)
    return LeaderIs(box.id, trade.plan.account, box.phase, tp1, reason, moved, ledger.entered, ledger.first_at, less)


def _less(own: LadderState | None) -> str:
    """What somebody took back by hand; entries whose time is over are every account's own (B15)."""
    if own is None:
        return ""
    if own.entries_cancelled not in ("", "expired"):
        return "its unfilled entries were cancelled"
    return "a part of it was closed" if own.reduced else ""


def _moved(own: LadderState | None) -> tuple[Decimal | None, int] | None:
    """The stop as moved by hand: to breakeven it has no price, since that is the account's own (B9)."""
    if own is None or own.moved is None:
        return None
    return (None, own.moved[1]) if own.each_own else own.moved
