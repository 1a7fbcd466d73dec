"""What the venue netted in a slot (A8, rel:F31): an entry executed after its trade's end, in a later trade's slot.

It meets what the later trade holds the other way, or what a hand did there the other way: that is booked to the trade
that has the slot. What met is gone from both, at the price of the later execution; what is over is held still, by the
trade that has it.
"""

from decimal import Decimal
from itertools import islice

from core.account.box import Box
from core.account.explaining import give_way
from core.account.remembering import refold, remember
from core.account.state import AccountState
from core.facts import Cause, Filled
from core.identity import trade_and_role
from core.money import ZERO
from core.plan import CLOSING_ROLE, ENTRY_PREFIX
from core.words import OrderSide

NETTED = "netted:"
"""Begins the id of an execution that nobody named: what one trade's entry took from another."""


def settle(state: AccountState, box: Box) -> None:
    """Book as gone, from both, what a trade and what is held the other way in its slot executed against each other.

    Closing it would take of whatever is held there next. Not while a closing order may work: what that takes is gone.
    """
    slot = box.trade.plan.slot
    owner = state.owners.get(slot)
    if owner is None or owner is box:
        return
    closing = box.trade.lines.get(CLOSING_ROLE)
    if closing is not None and (closing.live or not box.trade.booked(closing)):
        return
    against, opening = owner.trade.ledger, box.trade.plan.opening
    other_way = -opening.signed(against.opening.signed(against.held))
    met = min(box.trade.ledger.position, other_way)
    later = max((*_entered(box), *_entered(owner), *_by_hand(owner, opening)), key=lambda fact: fact.seq, default=None)
    if met > 0 and later is not None:
        quantity = met + max(box.trade.ledger.foreign, ZERO)
        _book(state, box, opening.opposite, quantity, later, _cost(later, quantity))
        _book(state, owner, opening, met, later, ZERO)


def _cost(later: Filled, quantity: Decimal) -> Decimal:
    """What closing so much cost, where an order of no trade did it: a stop, or a hand (I10). An entry's is its trade's.

    The slot's owner paid for no more of it than was its own.
    """
    return later.fee * quantity / max(later.quantity, quantity) if later.key is None else ZERO


def _entered(box: Box) -> tuple[Filled, ...]:
    """The last execution of an entry that is known of a trade, if there is any."""
    for _, _, fact in reversed(box.history):
        if isinstance(fact, Filled) and fact.key is not None and _is_entry(fact.key):
            return (fact,)
    return ()


def _by_hand(box: Box, opening: OrderSide) -> tuple[Filled, ...]:
    """The last execution of no order of ours where what a hand did is held still, the other way than *opening*."""
    ledger = box.trade.ledger
    if opening.signed(ledger.opening.signed(ledger.foreign)) >= 0:
        return ()
    facts = (fact for _, _, fact in reversed(box.history) if isinstance(fact, Filled) and fact.key is None)
    return tuple(islice(facts, 1))


def _is_entry(key: str) -> bool:
    return trade_and_role(key)[1].startswith(ENTRY_PREFIX)


def _book(state: AccountState, box: Box, side: OrderSide, quantity: Decimal, later: Filled, fee: Decimal) -> None:
    """Book it like a hand's: of what the slot holds in the trade's direction the user's part goes first (B11)."""
    plan = box.trade.plan
    execution = f"{NETTED}{plan.trade}:{later.execution}:{len(box.history)}"
    fact = Filled(execution, plan.slot, None, side, quantity, later.price, fee, Cause.FOREIGN, later.at, later.seq)
    box.seen.add(execution)
    state.first(box.id, fact)
    if give_way(box, fact):
        refold(box)
    remember(state, box, fact, fact.seq)
