"""What people are told about entries: filled, filled after the end, and those that never will be, with the reason."""

from collections.abc import Iterator, Sequence

from core.alerts import Body, EntriesCancelled, EntryFailed, EntryFilled, GhostFill, LevelLine, LimitFilled
from core.facts import EndReason, Filled
from core.ladder_closing import closing_reason
from core.ladder_entries import entries_wished, leg_dead, passed_by_stop, too_late, unsent, was_withdrawn
from core.ladder_state import hits, state_of
from core.money import ZERO
from core.plan import Leg
from core.trade import Trade

Bodies = tuple[tuple[str, Body], ...]
"""Alerts without their frame, each after what makes it unique."""


def entry_filled(before: Trade, fact: Filled, after: Trade, leg: Leg) -> Bodies:
    """An entry that is full now, or that filled after closing began (B10).

    What closed the trade may have taken with it what is listed only now: then there is nothing left to flatten.
    """
    if closing_reason(before) and after.ledger.position > 0:
        return ((f"ghost:{fact.execution}", GhostFill(leg.role, fact.quantity, fact.price)),)
    if before.ledger.filled(leg.role) < leg.quantity <= after.ledger.filled(leg.role):
        return _leg_filled(after, leg)
    return ()


def _leg_filled(trade: Trade, leg: Leg) -> Bodies:
    fills = trade.ledger.roles[leg.role]
    average = trade.ledger.average_entry or ZERO
    entered = trade.ledger.entered
    if leg.price is None:
        body = EntryFilled(leg.role, fills.average, fills.quantity, leg.quantity, entered, average)
        return ((f"filled:{leg.role}", body),)
    resting = trade.plan.resting
    limit = LimitFilled(
        resting.index(leg) + 1,
        fills.average,
        fills.quantity,
        sum(1 for other in resting if trade.ledger.filled(other.role) >= other.quantity),
        len(resting),
        entered,
        average,
        _working_entries(trade),
    )
    return ((f"filled:{leg.role}", limit),)


def _working_entries(trade: Trade) -> tuple[LevelLine, ...]:
    return tuple(
        LevelLine(leg.role, leg.price, leg.quantity - trade.ledger.filled(leg.role))
        for leg in trade.plan.legs
        if trade.live(leg.role) and trade.ledger.filled(leg.role) < leg.quantity
    )


def entry_over(before: Trade, after: Trade, leg: Leg) -> Bodies:
    """An entry that died short of its plan: told when its end *and* all it executed are known, in whichever order."""
    line = after.lines.get(leg.role)
    if line is None or line.why is None or before.over(leg.role) or not after.over(leg.role):
        return ()
    return tuple(_died_short(after, leg, line.why, line.code))


def _died_short(after: Trade, leg: Leg, why: EndReason, code: str) -> Iterator[tuple[str, Body]]:
    role = leg.role
    left = leg.quantity - after.ledger.filled(role)
    if why is EndReason.FILLED or left <= 0:
        return
    if leg.price is None and after.ledger.filled(role) > 0:
        yield from _leg_filled(after, leg)
    by = "operator" if was_withdrawn(after, leg) else _cancelled_by(after)
    if why is EndReason.REJECTED or (leg.price is None and not by):
        yield f"died:{role}", EntryFailed(role, leg.price, left, code or why.value)
    elif not by and passed_by_stop(after, leg):
        gone = LevelLine(role, leg.price, left)
        yield f"cancelled:stop:{role}", EntriesCancelled((gone,), "stop")
    elif by:
        alike = [other for other in after.plan.legs if was_withdrawn(after, other) == was_withdrawn(after, leg)]
        alike = [other for other in alike if not too_late(after, other)]  # that was told when their time was over
        if not any(_will_tell(after, other) for other in alike):
            yield f"cancelled:{by}{_again(after)}", EntriesCancelled(_unfilled(after, alike), by)
    elif not closing_reason(after) or why is EndReason.VENUE:
        gone = LevelLine(role, leg.price, left)
        yield f"cancelled:{role}", EntriesCancelled((gone,), "venue" if why is EndReason.VENUE else "app")


def not_sent(before: Trade, after: Trade) -> Bodies:
    """The entries whose request's time is over now, as long as that is why they are not sent (A9)."""
    if not entries_wished(before):
        return ()
    # What was given up was told then, though a restart doesn't know yet whether it had arrived.
    given_up = {role for role, line in before.lines.items() if line.given_up}
    waited = [leg for leg in after.plan.legs if leg.role not in given_up and not before.over(leg.role)]
    # What was cancelled before a merge added others is wished for no more, and was told then.
    waited = [leg for leg in waited if not was_withdrawn(before, leg)]
    late = [leg for leg in waited if too_late(after, leg) and not too_late(before, leg)]
    # One by one: after a restart each is told of where its absence is proven, and what was told is not told again.
    return tuple((f"cancelled:late:{leg.role}", EntriesCancelled(_unfilled(after, [leg]), "late")) for leg in late)


def never_sent(before: Trade, after: Trade) -> Bodies:
    """The entries that were given up before any order of theirs was taken: none ends that would tell of it.

    While another one works they are told of with its end.
    """
    by = _cancelled_by(after)
    alike = [leg for leg in after.plan.legs if not (was_withdrawn(after, leg) or too_late(after, leg))]
    if not by or any(_will_tell(after, leg) for leg in alike):
        return ()
    gone = [leg for leg in alike if unsent(after, leg) and leg_dead(after, leg) and not leg_dead(before, leg)]
    return ((f"cancelled:{by}{_again(after)}", EntriesCancelled(_unfilled(after, gone), by)),) if gone else ()


def _will_tell(trade: Trade, leg: Leg) -> bool:
    """Whether an entry will be told of with its end: it works, or died short with executions that no list shows yet."""
    line = trade.lines.get(leg.role)
    if line is None or line.live:
        return line is not None
    short = line.why not in (EndReason.FILLED, EndReason.REJECTED) and line.dead + line.filled < leg.quantity
    return short and not trade.booked(line)


def _again(trade: Trade) -> str:
    """What makes an alert of a trade that was added to another one than that of before."""
    return f":{len(trade.plan.additions)}" if trade.plan.additions else ""


def _cancelled_by(trade: Trade) -> str:
    """Who of us cancels entries now: tp1, leader, operator, expired; "" when none of us does."""
    state = state_of(trade)
    if state.entries_cancelled:  # an act's reason is whatever its caller wrote ("manual"): by hand is by an operator
        return "expired" if state.entries_cancelled == "expired" else "operator"
    if trade.plan.rules.cancel_limits_on_tp1 and not state.closing:
        if hits(trade):
            return "tp1"
        if state.leader_tp1:
            return "leader"
    return ""


def _unfilled(trade: Trade, legs: Sequence[Leg]) -> tuple[LevelLine, ...]:
    """Those of *legs* that will fill no more; what was told as failed is told of already."""
    return tuple(
        LevelLine(leg.role, leg.price, leg.quantity - trade.ledger.filled(leg.role))
        for leg in legs
        if leg_dead(trade, leg) and trade.ledger.filled(leg.role) < leg.quantity and not _failed(trade, leg)
    )


def _failed(trade: Trade, leg: Leg) -> bool:
    """Whether the venue refused an entry for good, or took its order and then rejected it."""
    line = trade.lines.get(leg.role)
    if line is None or line.live:
        return False
    return line.why is EndReason.REJECTED or (line.given_up and unsent(trade, leg))
