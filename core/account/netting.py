"""What the venue netted in a slot (A8, rel:F31): an entry executed after its trade's end, in a later trade's slot.

It meets what the later trade holds the other way, or what a hand or a stop did there the other way: that is booked to
the trade that has the slot, unless it is known by then which late fill a stop closed (`booking`). What met is gone from
both, at the price of the later execution; what is over is held still, by the trade that has it.
"""

from decimal import Decimal
from itertools import islice

from core.account.box import Box
from core.account.explaining import NETTED
from core.account.owing import unlisted
from core.account.remembering import remember
from core.account.state import AccountState
from core.account.vanished import denied
from core.facts import Cause, Filled
from core.identity import trade_and_role
from core.money import ZERO
from core.plan import CLOSING_ROLE, ENTRY_PREFIX
from core.words import OrderSide


def settle(state: AccountState, box: Box) -> None:
    """Book as gone, from both, what a trade and what is held the other way in its slot executed against each other.

    Closing it would take of whatever is held there next. Not while a closing order may work: what that takes is gone.
    The slot's owner holds it, or a trade that looks took for ended by what met it (`explaining`), until just now.
    """
    owner = state.owners.get(box.trade.plan.slot)
    if owner is box:
        return
    for holder in _woken(state, box):
        _meet(state, box, holder)
    if owner is not None and not denied(state, box):
        _meet(state, box, owner)


def _woken(state: AccountState, box: Box) -> tuple[Box, ...]:
    """The other trades of the slot that are over, and hold something once more by what this step told of them."""
    over = (each for each in state.touched.values() if each.id in state.ended and each.trade.ledger.position > 0)
    return tuple(each for each in over if each is not box and each.trade.plan.slot == box.trade.plan.slot)


def _meet(state: AccountState, box: Box, holder: Box) -> None:
    """Settle a trade with one that has, or had, its slot."""
    closing = box.trade.lines.get(CLOSING_ROLE)
    if closing is not None and (closing.live or not box.trade.booked(closing)):
        return
    against, opening = holder.trade.ledger, box.trade.plan.opening
    # What the venue says its orders sold, and hasn't listed yet, isn't there to meet anything.
    held = against.held + min(unlisted(holder.trade), ZERO)
    other_way = -opening.signed(against.opening.signed(held))
    met = min(box.trade.ledger.position, other_way)
    took = (*_entered(box), *_entered(holder), *_unnamed(holder, opening.opposite))
    later = max(took, key=lambda fact: fact.seq, default=None)
    if met > 0 and later is not None:
        _leave(state, box, met, later)
        _book(state, holder, opening, met, later, ZERO)


def share_out(state: AccountState, owner: Box) -> None:
    """Settle what others hold in the slot of a trade that ends: afterwards nobody knows what it held of theirs."""
    slot = owner.trade.plan.slot
    if owner is state.owners.get(slot) and owner.trade.ledger.foreign:
        for box in (*state.ended.values(), *state.boxes.values()):
            if box.trade.plan.slot == slot:
                settle(state, box)


def _leave(state: AccountState, box: Box, met: Decimal, later: Filled) -> None:
    """Book so much of a trade's as gone, by what took it: a hand takes the user's part first, a stop ours (B11)."""
    cause = later.cause if later.key is None else Cause.FOREIGN
    quantity = met + max(box.trade.ledger.foreign, ZERO) if cause is Cause.FOREIGN else met
    _book(state, box, box.trade.plan.closing, quantity, later, _cost(later, quantity), cause)


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


def _unnamed(box: Box, side: OrderSide) -> tuple[Filled, ...]:
    """The last execution of no order of ours that went that way, where what such did is held still that way."""
    if side.signed(box.trade.ledger.opening.signed(box.trade.ledger.foreign)) <= 0:
        return ()
    facts = (fact for _, _, fact in reversed(box.history) if isinstance(fact, Filled) and fact.key is None)
    return tuple(islice((fact for fact in facts if fact.side is side), 1))


def _is_entry(key: str) -> bool:
    return trade_and_role(key)[1].startswith(ENTRY_PREFIX)


def _book(
    state: AccountState, box: Box, side: OrderSide, quantity: Decimal, later: Filled, fee: Decimal,
    cause: Cause = Cause.FOREIGN,
) -> None:  # fmt: skip
    """Book it like a hand's, unless *cause* says more: of what the slot holds the user's part goes first (B11)."""
    plan = box.trade.plan
    execution = f"{NETTED}{plan.trade}:{later.execution}:{len(box.history)}"
    fact = Filled(execution, plan.slot, None, side, quantity, later.price, fee, cause, later.at, later.seq)
    box.seen.add(execution)
    state.first(box.id, fact)
    remember(state, box, fact, fact.seq)
