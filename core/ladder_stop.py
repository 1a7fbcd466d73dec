"""The stop of a ladder trade as it stands: the plan's, a tier's, the one that a hand moved, the trail's."""

from dataclasses import replace

from core.desired import WantedStop
from core.ladder_entries import entries_alive
from core.ladder_state import hits, level_price, passed_by, state_of
from core.plan import Plan
from core.stops import stop_in_force
from core.trade import Trade


def stop_of(trade: Trade) -> WantedStop | None:
    """The stop in force by plan, tiers, hand and leader (B9, B15, A4); None for a plan without any."""
    return stop_after(trade, hits(trade))


def stop_after(trade: Trade, reached: tuple[int, ...]) -> WantedStop | None:
    """As `stop_of`, once it is known which take-profits were *reached*."""
    state = state_of(trade)
    of_leader = state.leader_tp1 and not (reached or state.outlived)
    tiers = (1,) if of_leader else passed_by(reached)
    moved = None
    if state.moved is not None:
        price, seq = state.moved
        moved = (price, max((number for number in reached if _hit_seq(trade, number) <= seq), default=0))
    waiting = bool(tiers) and not trade.plan.rules.cancel_limits_on_tp1 and entries_alive(trade)
    return stop_in_force(_as_moved(trade), trade.ledger, tiers, moved, state.best, waiting)


def _as_moved(trade: Trade) -> Plan:
    """The plan with the take-profits where hands have put them: a stop that goes to one goes to where that stands."""
    plan = trade.plan
    if not state_of(trade).targets:
        return plan
    return replace(plan, levels=tuple(replace(level, price=level_price(trade, level)) for level in plan.levels))


def _hit_seq(trade: Trade, number: int) -> int:
    return trade.ledger.roles[trade.plan.levels[number - 1].role].seq
