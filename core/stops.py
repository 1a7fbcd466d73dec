"""Which stop a trade should have (B9, B15): a function of the plan, the ledger and which take-profits were hit."""

from collections.abc import Iterator
from decimal import Decimal
from typing import assert_never

from core.breakeven import breakeven_of, quotient_away_from_loss
from core.desired import StopKind, WantedStop
from core.ledger import Ledger
from core.money import HUNDRED
from core.plan import KEEP, Plan, StopAfter, StopAfterKind, target_role
from core.words import Side, TriggerBy

APART = Decimal("0.005")
"""By so much of the price mark and last may differ: the one says of a trigger by the other only what lies beyond."""


# Asked in every decision, and Python 3.11 takes longer to reach a member through its class than to compare.
_LONG, _MARK = Side.LONG, TriggerBy.MARK


def passed(stop: Decimal, side: Side, trigger_by: TriggerBy, mark: Decimal | None, last: Decimal | None) -> bool:
    """Whether the market stands at *stop* or past it, so that it should have fired. Unknown prices say no."""
    exact, other = (mark, last) if trigger_by is _MARK else (last, mark)
    if exact is not None:
        return exact <= stop if side is _LONG else exact >= stop
    if other is None:
        return False
    return other <= stop * (1 - APART) if side is _LONG else other >= stop * (1 + APART)


def bars(stop: Decimal | None, entry: Decimal | None, side: Side) -> bool:
    """Whether a stop lies on the profit side of a resting entry, which is then cancelled instead of amended (B4)."""
    if stop is None or entry is None:
        return False
    return stop >= entry if side is _LONG else stop <= entry


def better(a: Decimal | None, b: Decimal, side: Side) -> Decimal:
    """The stop with less loss: the higher one for a long, the lower one for a short. None is no stop at all."""
    if a is None:
        return b
    return max(a, b) if side is _LONG else min(a, b)


def stop_in_force(
    plan: Plan,
    ledger: Ledger,
    hits: tuple[int, ...],
    moved: tuple[Decimal, int] | None,
    best: Decimal | None,
    waiting: bool,  # noqa: FBT001 - one of the facts it is a function of, not a switch of its behaviour
) -> WantedStop | None:
    """The stop that the table gives, on the tick; None when the plan has none and nothing gave one since.

    *hits* are the numbers of the take-profits hit, ascending. *moved* is an operator's price and how many were hit by
    then: it stands in place of all that came before, even where it is worse; later rows only better it. *best* is the
    best price traded since the trail began. *waiting*: unfilled entries hold the tier back (B7), no row applies yet.

    The kind says who moved it: ENTRY counts as breakeven, TARGET and TRAIL as trailing.
    """
    price, kind, done = plan.stop, StopKind.INITIAL, 0
    if moved is not None:
        price, kind, done = moved[0], StopKind.MOVED, moved[1]
    for number in () if waiting else hits[done:]:
        for candidate, candidate_kind in _candidates(plan, ledger, number, best):
            # A trade made again of what the venue shows begins with the stop that a tier gave it: name it by the tier.
            if better(price, candidate, plan.side) != price or (candidate == price and kind is StopKind.INITIAL):
                price, kind = candidate, candidate_kind
    return None if price is None else WantedStop(plan.slot, price, kind, plan.rules.trigger_by)


def breakeven_now(plan: Plan, ledger: Ledger) -> Decimal | None:
    """Where all that was entered so far costs nothing (B9), on the tick; None while nothing was."""
    if not ledger.entered:
        return None
    rules = plan.rules.breakeven
    entered, cost, fees = ledger.entered, ledger.entry_cost, ledger.entry_fees
    return breakeven_of(entered, cost, fees, plan.taker, rules, plan.side, plan.instrument)


def trails(plan: Plan, hits: tuple[int, ...]) -> bool:
    """Whether a row that was reached trails the best price, so that the strategy must be told of prices."""
    return any(_row(plan, number).kind is StopAfterKind.TRAIL for number in hits)


def _row(plan: Plan, number: int) -> StopAfter:
    rows = plan.rules.stop_after
    return rows[number - 1] if number <= len(rows) else KEEP


def _candidates(plan: Plan, ledger: Ledger, number: int, best: Decimal | None) -> Iterator[tuple[Decimal, StopKind]]:
    row = _row(plan, number)
    match row.kind:
        case StopAfterKind.KEEP:
            return
        case StopAfterKind.BREAKEVEN:
            for entered, cost, fees in _entry_totals(ledger, number):
                price = breakeven_of(entered, cost, fees, plan.taker, plan.rules.breakeven, plan.side, plan.instrument)
                yield price, StopKind.BREAKEVEN
        case StopAfterKind.ENTRY:
            for entered, cost, _ in _entry_totals(ledger, number):
                yield quotient_away_from_loss(cost, entered, plan.side, plan.instrument), StopKind.BREAKEVEN
        case StopAfterKind.TARGET:
            if 1 <= row.level <= len(plan.levels):
                yield plan.levels[row.level - 1].price, StopKind.TRAILING
        case StopAfterKind.TRAIL:
            if best is not None:
                percent = -row.percent if plan.side is Side.LONG else row.percent
                yield plan.instrument.away_from_loss(best * (HUNDRED + percent) / HUNDRED, plan.side), StopKind.TRAILING
        case _:
            assert_never(row.kind)


def _entry_totals(ledger: Ledger, number: int) -> Iterator[tuple[Decimal, Decimal, Decimal]]:
    """(entered, cost, fees) when TP *number* last executed, and now: a late entry fill may only better a stop."""
    fills = ledger.roles.get(target_role(number))
    if fills is not None and fills.entered_then:
        yield fills.entered_then, fills.cost_then, fills.fees_then
    if ledger.entered and (fills is None or fills.entered_then != ledger.entered):
        yield ledger.entered, ledger.entry_cost, ledger.entry_fees
