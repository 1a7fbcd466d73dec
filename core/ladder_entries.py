"""A ladder trade's entries: which are still wished for, which live, which never can (too late, withdrawn, dead)."""

from core.ladder_state import hits, state_of
from core.plan import Leg
from core.stops import bars
from core.trade import LineState, Trade


def leg_dead(trade: Trade, leg: Leg) -> bool:
    """Whether an entry can execute no more: dead and booked, given up, or never sent and not wished any longer."""
    if under_way(trade, leg):
        return False
    return trade.over(leg.role) or not entries_wished(trade) or was_withdrawn(trade, leg) or too_late(trade, leg)


def under_way(trade: Trade, leg: Leg) -> bool:
    """Whether an entry's order works, may work, or executed what is not booked yet: dead is not booked (DESIGN 8.2)."""
    line = trade.lines.get(leg.role)
    return line is not None and (line.live or not trade.booked(line))


def was_withdrawn(trade: Trade, leg: Leg) -> bool:
    """Whether an entry was cancelled before a merge added others (B13)."""
    count = state_of(trade).withdrawn
    return bool(count) and leg in trade.plan.legs[:count]


def too_late(trade: Trade, leg: Leg) -> bool:
    """Whether an entry was not sent within its request's time, and never will be (A9)."""
    count = state_of(trade).late
    return bool(count) and leg in trade.plan.legs[:count] and unsent(trade, leg)


def passed_by_stop(trade: Trade, leg: Leg) -> bool:
    """Whether a stop moved by hand passed an entry, which is then cancelled, or never sent (B4)."""
    moved = state_of(trade).moved
    return moved is not None and bars(moved[0], leg.price, trade.plan.side)


def unsent(trade: Trade, leg: Leg) -> bool:
    """Whether the venue never took an order for an entry."""
    line = trade.lines.get(leg.role)
    return line is None or line.state is LineState.IDLE


def any_unsent(trade: Trade) -> bool:
    """Whether any entry waits to be sent."""
    for leg in trade.plan.legs:  # noqa: SIM110 - a plain loop: this is asked for every fact
        if unsent(trade, leg):
            return True
    return False


def entries_alive(trade: Trade) -> bool:
    """Whether any entry works, may still be sent, or executed what is not booked yet."""
    for leg in trade.plan.legs:  # what works is seen without asking what is booked
        line = trade.lines.get(leg.role)
        if line is not None and line.live:
            return True
    return not all(leg_dead(trade, leg) for leg in trade.plan.legs)


def entries_wished(trade: Trade) -> bool:
    """Whether unfilled entries are still wished for at all (B7, A4, B14, B15)."""
    return wished_after(trade, hits(trade))


def wished_after(trade: Trade, reached: tuple[int, ...]) -> bool:
    """As `entries_wished`, once it is known which take-profits were *reached*."""
    state = state_of(trade)
    if state.entries_cancelled or state.closing:
        return False
    return not (trade.plan.rules.cancel_limits_on_tp1 and (state.leader_tp1 or reached))
