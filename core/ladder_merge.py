"""A second request into a live ladder (B13): the whole plan that the trade has from then on, or what speaks against it.

New legs join the old ones, shares are found once more for the whole (B6), stop and targets stay or are the request's.
Nothing is sized anew but what is added: what filled and what waits keeps its quantity.
"""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from core.ladder import levels_of
from core.ladder_closing import closing_reason
from core.ladder_entries import leg_dead
from core.ladder_state import hits, level_price
from core.ladder_stop import stop_of
from core.liquidation import Held
from core.money import ZERO, text
from core.plan import ENTRY_PREFIX, Addition, Leg, Plan, Refusal, Rules, entry_role
from core.request import Merge, Request
from core.sizing import Sized, sized
from core.terms import Terms
from core.trade import Trade
from core.validation import blocking, questions, too_small
from core.words import Side


def merge_ladder(request: Request, terms: Terms, rules: Rules, trade: Trade, identity: str) -> Plan | Refusal:
    """The plan of *trade* with *request* merged into it; *rules* are the strategy's, for a request without shares.

    *identity* is the id that a trade of the request's own would have had. The trade's other rules stay as they are.
    """
    closed = _over(trade)
    if closed:
        return Refusal((f"{terms.account} {request.symbol}: {closed}",))
    asked, held = _as_merged(request, rules, trade), _held(trade)
    room = _with_orders(terms, trade)
    where = f"{terms.account} {request.symbol}: "
    against = blocking(asked, room, held) + tuple(where + each for each in _of_the_whole(asked, terms, trade, held))
    small = too_small(asked, terms)
    ask = () if request.confirmed else questions(asked, terms)
    if against or small or ask:
        return Refusal(against + small + ask, too_small=bool(small) and not (against or ask), ask=ask)
    lots = sized(asked, terms)
    return lots if isinstance(lots, Refusal) else _merged(asked, terms, trade, held, lots, identity)


def _over(trade: Trade) -> str:
    """Why nothing can be added any more; "" while it can."""
    plan = trade.plan
    if closing_reason(trade):
        return f"trade {plan.trade} is closing: ask again when it is closed"
    reached = hits(trade)
    if reached:
        return f"TP{reached[0]} of trade {plan.trade} was hit: nothing is added after that; close it first"
    return ""


def _with_orders(terms: Terms, trade: Trade) -> Terms:
    """The terms with the order slots that the trade's targets have already."""
    return replace(terms, free_orders=terms.free_orders + sum(trade.live(level.role) for level in trade.plan.levels))


def _as_merged(request: Request, rules: Rules, trade: Trade) -> Request:
    """The request with the stop, targets and shares that the trade will have."""
    if request.merge is Merge.REPLACE:
        return replace(request, shares=rules.shares if request.shares is None else request.shares)
    plan, stop = trade.plan, stop_of(trade)
    prices = tuple(level_price(trade, level) for level in plan.levels)
    return replace(request, take_profits=prices, shares=plan.rules.shares, stop=None if stop is None else stop.price)


def _waiting(trade: Trade) -> Iterator[Leg]:
    """The entries that may still fill."""
    return (leg for leg in trade.plan.legs if leg.price is not None and not leg_dead(trade, leg))


def _held(trade: Trade) -> Held:
    """What the trade has without the addition: filled at its average, the rest at its price."""
    plan, ledger = trade.plan, trade.ledger
    quantity, cost = max(ledger.position, ZERO), ZERO
    if ledger.average_entry is not None:
        cost = quantity * ledger.average_entry
    for leg in plan.legs:
        left = leg.quantity - ledger.filled(leg.role)
        if left > 0 and not leg_dead(trade, leg):
            quantity, cost = quantity + left, cost + left * plan.price_of(leg)
    return Held(quantity, cost)


def _of_the_whole(asked: Request, terms: Terms, trade: Trade, held: Held) -> Iterator[str]:
    """What the request by itself can't show: leverage, strategy, and the prices of what was there before (B2)."""
    plan = trade.plan
    if asked.strategy != plan.request.strategy:
        yield f"trade {plan.trade} is {plan.request.strategy}'s: a second strategy can't add to it"
    if asked.leverage != plan.leverage:
        yield (
            f"trade {plan.trade} has leverage {text(plan.leverage)} and the request {text(asked.leverage)}: "
            f"a symbol has one, ask with {text(plan.leverage)}"
        )
    if asked.merge is not Merge.REPLACE:
        return
    sign = 1 if asked.side is Side.LONG else -1
    below, above = ("below", "above") if asked.side is Side.LONG else ("above", "below")
    first = asked.take_profits[0] if asked.take_profits else None
    for leg in _waiting(trade):
        price = leg.price or ZERO
        if asked.stop is not None and (price - asked.stop) * sign <= 0:
            yield f"the stop {text(asked.stop)} is not {below} {leg.role} {text(price)}, which waits: cancel that first"
        if first is not None and (first - price) * sign <= 0:
            yield f"TP1 {text(first)} is not {above} {leg.role} {text(price)}, which waits: cancel that first"
    if held.quantity and first is not None and (first * held.quantity - held.cost) * sign <= 0:
        average = text((held.cost / held.quantity).quantize(terms.instrument.tick))
        yield f"TP1 {text(first)} is not {above} {average}, the average of what is held: it would be a loss"


def _merged(asked: Request, terms: Terms, trade: Trade, held: Held, lots: Sized, identity: str) -> Plan:
    plan, last = trade.plan, _last_entry(trade)
    added = tuple(
        Leg(entry_role(number), entry.price, quantity, entry.weight)
        for number, (entry, quantity) in enumerate(zip(asked.entries, lots.quantities, strict=True), last + 1)
    )
    shares = asked.shares or plan.rules.shares
    keeps = asked.merge is not Merge.REPLACE
    # Prices moved by hand are kept with the trade's state, not in its plan.
    prices = tuple(level.price for level in plan.levels) if keeps else asked.take_profits
    instrument = terms.for_exits(prices)
    levels = levels_of(prices, shares, held.quantity + lots.total, instrument)
    addition = Addition(
        id=identity,
        request=asked,
        at=terms.at,
        market=terms.last,
        margin=lots.margin,
        available=terms.available,
        legs=len(plan.legs),
    )
    return replace(
        plan,
        legs=(*plan.legs, *added),
        levels=levels,
        stop=plan.stop if keeps else asked.stop,
        instrument=instrument,
        margin=plan.margin + lots.margin,
        rules=replace(plan.rules, shares=shares),
        additions=(*plan.additions, addition),
    )


def _last_entry(trade: Trade) -> int:
    """The last entry's number: a trade made again may lack some, a restored store have forgotten what was added (C7).

    The venue took their ids, and takes none twice.
    """
    roles = (*(leg.role for leg in trade.plan.legs), *trade.lines)
    return max(int(number) for role in roles if (number := role.removeprefix(ENTRY_PREFIX)).isdecimal())


class Changes(NamedTuple):
    """What a merge changes: orders added, and of stop and targets what they were before."""

    added: tuple[Leg, ...]
    old_stop: Decimal | None
    stop: Decimal | None
    old_targets: tuple[tuple[str, Decimal, Decimal], ...]
    targets: tuple[tuple[str, Decimal, Decimal], ...]


def changes(trade: Trade, plan: Plan) -> Changes:
    """What becomes of *trade* when *plan*, a merge into it, becomes its own. Targets are (role, price, share)."""
    addition = plan.additions[-1]
    stop = stop_of(trade)
    old_stop = None if stop is None else stop.price
    keeps = addition.request.merge is not Merge.REPLACE
    moved = {level.role: level_price(trade, level) for level in trade.plan.levels} if keeps else {}
    return Changes(
        plan.legs[addition.legs :],
        old_stop,
        old_stop if keeps else plan.stop,
        tuple((level.role, level_price(trade, level), level.share) for level in trade.plan.levels),
        tuple((level.role, moved.get(level.role, level.price), level.share) for level in plan.levels),
    )
