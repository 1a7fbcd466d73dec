"""What a trade wishes, as the venue can take it: by the rules that its symbol has now (rel:F37).

A strategy wishes by the rules of its plan. Once the plan was given others (the venue changed them, or a merge was
planned by changed ones), what is still to be sent is rounded to them: stops toward less loss (B9), entries no worse
than asked, take-profits toward the entry, quantities down. What rests at the venue as the rules before asked for is
left as it is: nothing is changed for a rule's sake alone, and nothing is taken away that could not be placed again.
"""

from dataclasses import replace
from decimal import Decimal

from core.account.box import Box
from core.account.state import AccountState
from core.desired import Desired, StopKind, Want, WantedStop
from core.money import ZERO
from core.plan import CLOSING_ROLE
from core.trade import Line, Trade
from core.words import Side

_FOUND = (StopKind.BREAKEVEN, StopKind.TRAILING)
"""Stops that are found by rounding: by another tick the same one has another price."""


def wished(state: AccountState, box: Box) -> Desired:
    """What the trade's strategy wishes now; fitted where other rules were its plan's before."""
    desired = box.strategy.desired(box.trade)
    if not box.former:
        return desired
    exits = _exits(desired)
    kept = _kept(box, exits) if exits else exits
    wants = (*(want for want in desired.wants if want.role not in exits), *kept.values())
    stops = tuple(_stop(state, box, each) for each in desired.stops)
    return desired._replace(wants=tuple(_want(box.trade, each) for each in wants), stops=stops)


def _exits(desired: Desired) -> dict[str, Want]:
    return {want.role: want for want in desired.wants if want.reduce_only and want.price is not None}


def _kept(box: Box, exits: dict[str, Want]) -> dict[str, Want]:
    """The exits as rules before asked for them, if all of those rest just so and leave no more out; else *exits*."""
    trade = box.trade
    for rules in reversed(box.former):
        before = Trade(replace(trade.plan, instrument=rules), trade.ledger, trade.lines, trade.own)
        asked = _exits(box.strategy.desired(before))
        if all(_rests(trade, want) for want in asked.values()) and _takes(trade, asked) >= _takes(trade, exits):
            return asked
    return exits


def _takes(trade: Trade, exits: dict[str, Want]) -> Decimal:
    """What these will still take of the position."""
    return sum((want.total - trade.ledger.filled(role) for role, want in exits.items()), ZERO)


def _rests(trade: Trade, want: Want) -> bool:
    line = trade.lines.get(want.role)
    return line is not None and line.live and line.dead + line.quantity == want.total


def _want(trade: Trade, want: Want) -> Want:
    rules, side = trade.plan.instrument, trade.plan.side
    line = trade.lines.get(want.role)
    rests = line if line is not None and line.live else None
    price, stop = want.price, want.stop
    if price is not None and not rules.on_tick(price) and (rests is None or rests.price != price):
        price = rules.no_worse(price, side)
    if stop is not None and not rules.on_tick(stop) and (rests is None or rests.stop != stop):
        stop = rules.away_from_loss(stop, side)
    return want._replace(total=_total(trade, want, rests), price=price, stop=stop)


def _total(trade: Trade, want: Want, rests: Line | None) -> Decimal:
    """A role's total, so that its order is on the step. How what is left is closed, the venue's refusal says.

    A closing order that works is not raised to what is off it. An entry under the step is asked for as it is: it is
    refused, and given up for that (B4).
    """
    done = trade.ledger.filled(want.role) if rests is None else rests.dead
    asked = want.total - done
    over = asked % trade.plan.instrument.step
    closes = want.role == CLOSING_ROLE and rests is None
    whole = closes or (not want.reduce_only and asked == over)
    as_it_is = whole or (rests is not None and rests.quantity == asked)
    return want.total if as_it_is or not over else want.total - over


def _stop(state: AccountState, box: Box, stop: WantedStop) -> WantedStop:
    plan, view = box.trade.plan, state.slots.get(stop.slot)
    shown = None if view is None else view.stop
    if shown == stop.price:
        return stop
    on_tick = plan.instrument.on_tick(stop.price)
    price = stop.price if on_tick else plan.instrument.away_from_loss(stop.price, plan.side)
    if shown is not None and stop.kind in _FOUND and _same(box, shown, price):
        price = shown
    return stop._replace(price=price)


def _same(box: Box, shown: Decimal, price: Decimal) -> bool:
    """Whether a stop in force is the one wished for, found by another tick: never exchanged for a worse one (B9)."""
    plan = box.trade.plan
    better = shown - price if plan.side is Side.LONG else price - shown
    coarsest = max(rules.tick for rules in box.former)
    return plan.instrument.away_from_loss(shown, plan.side) == price or ZERO < better < coarsest
