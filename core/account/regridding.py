"""The venue changes a symbol's trading rules while a trade is open (rel:F37): it goes by the new ones from then on.

That is one fact, durable before what it causes, with its place among the executions. What follows of it is the
reconcile's, as ever: take-profits are split by the new step, and what is to be sent is rounded (`wishing`).
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from core.account.box import Box
from core.account.remembering import own
from core.account.state import AccountState
from core.alerts import RULES, AccountDegraded
from core.commands import Code, Outcome, Refused
from core.facts import InstrumentIs, Regridded
from core.instrument import Instrument
from core.ladder_alerts import frame
from core.money import ZERO, text
from core.terms import for_exits

_NAMES = {
    "tick": "price tick",
    "step": "quantity step",
    "min_quantity": "smallest order",
    "max_quantity": "largest limit order",
    "max_market_quantity": "largest market order",
}


def doubted(outcomes: Iterable[Outcome]) -> bool:
    """Whether the venue refused something by its rules: they may be others than those that were read last."""
    return any(isinstance(each, Refused) and each.code is Code.RULES for each in outcomes)


def news(state: AccountState, listed: Mapping[str, Instrument], at: int) -> tuple[InstrumentIs, ...]:
    """Of what a venue *listed* what a live trade doesn't go by yet."""
    found = {}
    for box in state.boxes.values():
        plan = box.trade.plan
        rules = listed.get(plan.symbol)
        if rules is not None and rules != plan.instrument and plan.instrument.differences(_binding(state, box, rules)):
            found[plan.symbol] = InstrumentIs(rules, at)
    return tuple(found.values())


def heard(state: AccountState, instrument: Instrument) -> None:
    """Take in what a symbol's rules are now. Nothing is written where they bind its trades as before."""
    for box in tuple(state.boxes.values()):  # a later trade may own the slot of one that came back (rel:F31)
        if box.trade.plan.symbol == instrument.symbol:
            rules = _binding(state, box, instrument)
            changes = box.trade.plan.instrument.differences(rules)
            if changes:
                _regrid(state, box, rules, changes)


def _binding(state: AccountState, box: Box, rules: Instrument) -> Instrument:
    """The rules as they bind a trade: its take-profits too, on some venues, by the smallest value of an order (B6)."""
    return for_exits(rules, state.capabilities, (level.price for level in box.trade.plan.levels))


def _regrid(state: AccountState, box: Box, rules: Instrument, changes: Iterable[tuple[str, Decimal, Decimal]]) -> None:
    own(state, box, Regridded(box.id, rules, state.now, box.trade.ledger.seq))
    for backoff in box.backoffs.values():
        if backoff.code is Code.RULES:  # what the old rules made of it says nothing of it by the new ones
            backoff.until, backoff.tries = state.now, 0
    if not box.phase.closing:
        body = AccountDegraded(RULES, _said(box, changes))
        state.out.alerts.append(frame(box.trade.plan, body, state.now, f"{RULES}:{state.now}"))


def _said(box: Box, changes: Iterable[tuple[str, Decimal, Decimal]]) -> str:
    what = ", ".join(f"{_NAMES[name]} {text(old)} -> {text(new)}" for name, old, new in changes)
    trade = box.trade
    said = (
        f"{trade.plan.symbol}: {what}. The stop and the orders that rest stay as they are; what is sent from now on is "
        "rounded to the new rules"
    )
    if ZERO < trade.ledger.position < trade.plan.instrument.min_quantity:
        said += (
            f". {text(trade.ledger.position)} are held, less than the smallest order: a take-profit that is lost can't "
            "be placed again; the stop covers it, close it yourself if that is not enough"
        )
    return said
