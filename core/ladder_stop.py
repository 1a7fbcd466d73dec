"""The stop of a ladder trade as it stands: the plan's, a tier's, the one that a hand moved, the trail's."""

from dataclasses import replace
from decimal import Decimal

from core.desired import WantedStop
from core.ladder_entries import entries_alive, leg_dead
from core.ladder_state import hits, level_price, state_of, tiers_after
from core.money import ZERO
from core.plan import Plan
from core.stops import stop_in_force
from core.trade import Trade
from core.words import Side


def stop_of(trade: Trade) -> WantedStop | None:
    """The stop in force by plan, tiers, hand and leader (B9, B15, A4); None for a plan without any."""
    return stop_after(trade, hits(trade))


def stop_after(trade: Trade, reached: tuple[int, ...]) -> WantedStop | None:
    """As `stop_of`, once it is known which take-profits were *reached*."""
    state = state_of(trade)
    tiers = tiers_after(trade, reached)
    moved = None
    if state.moved is not None:
        price, seq = state.moved
        moved = (price, max((number for number in reached if _hit_seq(trade, number) <= seq), default=0))
    waiting = bool(tiers) and not trade.plan.rules.cancel_limits_on_tp1 and entries_alive(trade)
    return stop_in_force(_as_moved(trade), trade.ledger, tiers, moved, state.best, waiting)


def risk_at_stop(trade: Trade) -> Decimal:
    """Quote units lost if the stop fires where it stands now, waiting entries filled before; fees aside, never below 0.

    What is held counts from its average, what waits from its price.
    """
    stop, plan, ledger = stop_of(trade), trade.plan, trade.ledger
    if stop is None:
        return ZERO
    sign = 1 if plan.side is Side.LONG else -1
    held = (ledger.position, ledger.average_entry or plan.market)
    waiting = [
        (leg.quantity - ledger.filled(leg.role), plan.price_of(leg)) for leg in plan.legs if not leg_dead(trade, leg)
    ]
    lost = [(price - stop.price) * sign * quantity for quantity, price in (held, *waiting) if quantity > 0]
    return sum((max(each, ZERO) for each in lost), ZERO)


def _as_moved(trade: Trade) -> Plan:
    """The plan with the take-profits where hands have put them: a stop that goes to one goes to where that stands."""
    plan = trade.plan
    if not state_of(trade).targets:
        return plan
    return replace(plan, levels=tuple(replace(level, price=level_price(trade, level)) for level in plan.levels))


def _hit_seq(trade: Trade, number: int) -> int:
    return trade.ledger.roles[trade.plan.levels[number - 1].role].seq
