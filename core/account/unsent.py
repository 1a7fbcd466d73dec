"""Trades whose entries never left, for all that the store knows: killed just then, or a copy of that moment (C7)."""

from collections.abc import Iterable

from core.account.backing import give_up
from core.account.box import Box
from core.account.folding import fold
from core.account.state import AccountState
from core.account.timers import doubt
from core.commands import Code
from core.desired import Desired
from core.facts import Ended, EndReason
from core.identity import key_text
from core.money import ZERO, text
from core.plan import Plan
from core.words import Slot


def _who(state: AccountState, slots: Iterable[Slot]) -> list[Box]:
    """Who owns these places and has sent nothing yet."""
    owners = (state.owners.get(slot) for slot in dict.fromkeys(slots))
    return [owner for owner in owners if owner is not None and not owner.trade.lines]


def ask(state: AccountState, slots: Iterable[Slot]) -> None:
    """Ask for the entries of owners that have sent none of them, in *slots*: something is held there, or works already.

    Their plans were made while nothing was (A7): the store may be a copy of the moment between the two.
    """
    for owner in _who(state, slots):
        for key in _entries(owner.trade.plan):
            doubt(state, key, owner.trade.plan.slot, state.now)


def refuse(state: AccountState, box: Box, desired: Desired) -> bool:
    """Give up the entries of a trade where somebody else came to hold its place before any of them left (A7).

    The process was down meanwhile, or the venue busy: its stop would take over what is theirs. What is not wished for
    any more is told of already: its time was over, say. Returns whether it gave any up.
    """
    ledger, plan = box.trade.ledger, box.trade.plan
    closing = box.phase.closing or desired.phase.closing
    if box.trade.lines or not ledger.foreign or ledger.entered or state.silent or closing:
        return False
    held = f"{text(ledger.foreign)} of {plan.symbol} that isn't Tandem's was there before it left; adopt or close that"
    wished = {want.role for want in desired.wants}
    given_up = [leg.role for leg in plan.legs if leg.role in wished]
    for role in given_up:
        give_up(state, box, role, Code.RULES.value, held)
    return bool(given_up)


def _entries(plan: Plan) -> list[str]:
    return [key_text(plan.account, plan.trade, leg.role, 0) for leg in plan.legs]


def gives_way(state: AccountState) -> bool:
    """Whether a place's owner is over that has sent nothing, as the venue said by key: a lost trade has orders there.

    That one came later, since its plan was made while nobody had the place (A7): who closed the owner in between is
    not known to the store, and its entries would be sent beside the other's position.
    """
    if not state.rebuilding:
        return False
    unsent = _who(state, state.lost.values())
    over = [box for box in unsent if state.doubts.keys().isdisjoint(_entries(box.trade.plan))]
    for box in over:
        for key in _entries(box.trade.plan):
            fold(state, Ended(key, ZERO, EndReason.VENUE, state.now, "another trade has followed in its place"))
    return bool(over)
