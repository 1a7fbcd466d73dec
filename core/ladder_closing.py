"""How a ladder trade ends: why it is closing or closed, and the phase that follows from that (B12, G2)."""

from core.desired import Phase, StopKind
from core.facts import Cause, EndReason
from core.ladder_entries import entries_alive, leg_dead, passed_by_stop, too_late, under_way
from core.ladder_state import LadderState, hits, state_of
from core.ladder_stop import stop_of
from core.money import ZERO
from core.plan import CLOSING_ROLE
from core.trade import Trade

FOLLOWED = "followed_main"
"""The closing reason of a mirror whose leader's trade closed (A4)."""

EXTERNAL = "external"
"""The closing reason of a trade that somebody else emptied, as executions say or looks agree (B11, C8)."""

DERIVED = (FOLLOWED, EXTERNAL)
"""What nobody asked for: it followed from what was known, and what is learned later may say otherwise."""

_STOP_REASONS = {
    StopKind.INITIAL: "stop",
    StopKind.MOVED: "stop",
    StopKind.BREAKEVEN: "breakeven_stop",
    StopKind.TRAILING: "trailing_stop",
}


def closing_reason(trade: Trade) -> str:
    """Why the trade is closing or closed (G2), "" while it is not. Once given, facts never take it back.

    But for two: a mirror that was told to follow, and a trade that looks agreed to be closed from outside, which then
    turn out to have been emptied by their own orders before a closing order executed anything, ended by those.
    """
    state, ledger = state_of(trade), trade.ledger
    outrun = state.closing in DERIVED and ledger.flat_seq is not None and not ledger.filled(CLOSING_ROLE)
    if state.closing and not outrun:
        return state.closing
    reason = _way_out(trade) if ledger.exited else ""
    if not reason and not ledger.entered and _none_may_enter(trade, state):
        return _unfilled_reason(trade, state)
    return reason


def _way_out(trade: Trade) -> str:
    """The closing reason that what has left the position gives, "" while the rest goes on."""
    ledger = trade.ledger
    if ledger.stopped:
        stop = stop_of(trade)
        return _STOP_REASONS[stop.kind] if stop is not None else "stop"
    if _too_little_left(trade):
        return "all_tps"
    if ledger.filled(CLOSING_ROLE):
        return "manual"
    if ledger.flat_seq is not None:
        return _flat_reason(ledger.flat_by)
    if _ladder_done(trade):
        return "all_tps"
    return ""


def _none_may_enter(trade: Trade, state: LadderState) -> bool:
    """Whether no entry works or may still be sent; one that a stop moved by hand bars was never sent, and won't be."""
    if state.moved is None:
        return not entries_alive(trade)
    for leg in trade.plan.legs:
        sendable = not leg_dead(trade, leg) and not passed_by_stop(trade, leg)
        if under_way(trade, leg) or sendable:
            return False
    return True


def _ladder_done(trade: Trade) -> bool:
    """Whether the last take-profit was hit, and every other: an entry learned of later has none left to leave by (B8).

    The last is looked at first: on the hot path it works still.
    """
    lines = trade.lines
    for level in reversed(trade.plan.levels):
        if level.share:
            line = lines.get(level.role)
            if line is None or not line.complete or not trade.booked(line):
                return False
    return bool(trade.plan.levels)


def _too_little_left(trade: Trade) -> bool:
    """Whether a take-profit was hit, and what it left is under the smallest order, so that no other can take it.

    The venue made that larger, or the step, since the ladder was made (rel:F37). Closed by now, it was so before.
    """
    left = trade.ledger.position + trade.ledger.filled(CLOSING_ROLE)
    if not ZERO < left < trade.plan.instrument.min_quantity or not hits(trade):
        return False
    return not any(trade.live(level.role) for level in trade.plan.levels)


def _flat_reason(by: str) -> str:
    match by:
        case Cause.LIQUIDATION:
            return "liquidation"
        case Cause.ADL:
            return "adl"
        case Cause.FOREIGN:
            return EXTERNAL
        case _ if by.startswith("TP"):
            return "all_tps"
        case _:
            return "manual"


def _unfilled_reason(trade: Trade, state: LadderState) -> str:
    if state.leader_tp1:
        return FOLLOWED
    if state.entries_cancelled:
        return "expired" if state.entries_cancelled == "expired" else "manual"
    if any(too_late(trade, leg) for leg in trade.plan.legs):
        return "expired"
    lines = [trade.lines[leg.role] for leg in trade.plan.legs if leg.role in trade.lines]
    refused = any(line.given_up or line.why in (EndReason.REJECTED, EndReason.VENUE) for line in lines)
    if refused or not lines:
        return "rejected"
    if state.stop_by != "app" and any(passed_by_stop(trade, leg) for leg in trade.plan.legs):
        return FOLLOWED if state.stop_by == trade.plan.leader else "manual"
    return EXTERNAL


def phase_of(trade: Trade) -> Phase:
    """Where the trade stands (B12), CLOSED aside: that is when nothing of it works any more."""
    return Phase.CLOSING if closing_reason(trade) else open_phase(trade, hits(trade))


def open_phase(trade: Trade, reached: tuple[int, ...]) -> Phase:
    """As `phase_of` for a trade that isn't closing, once it is known which take-profits were *reached*."""
    if reached:
        return Phase.PROFIT_TAKING
    return Phase.BUILDING if entries_alive(trade) else Phase.MONITORING
