"""Late fills that something closed of which no execution is ever listed, where another trade has the slot (B10, C8).

The slot's owner is held against what looks show (`cuts`); what such a fill holds beside it nobody was, and closing what
is gone is refused for ever, or takes of what the owner holds.
"""

from decimal import Decimal

from core.account.box import Box
from core.account.explaining import EXPLAINED, give_way
from core.account.owing import awaited
from core.account.remembering import place_of, remember
from core.account.state import AccountState
from core.facts import Cause, Cut, Filled, PositionIs
from core.money import ZERO
from core.plan import CLOSING_ROLE
from core.words import OrderSide


def beside(state: AccountState, owner: Box) -> tuple[Box, ...]:
    """The trades whose late fills are gone if the slot holds what its *owner* holds and no more.

    None of them while an order may still close one, or the venue named an execution that it hasn't listed.
    """
    slot = owner.trade.plan.slot
    trades = [box.trade for box in (*state.boxes.values(), *state.ended.values()) if box.trade.plan.slot == slot]
    if any(not trade.booked(line) for trade in trades for line in trade.lines.values()):
        return ()
    holding = [box for box in state.boxes.values() if box is not owner and box.trade.plan.slot == slot]
    holding = [box for box in holding if box.trade.ledger.position > 0]
    if any(box.trade.live(CLOSING_ROLE) for box in holding):
        return ()
    both = sum((box.trade.plan.opening.signed(box.trade.ledger.position) for box in holding), ZERO)
    return tuple(holding) if both else ()


def book(state: AccountState, cut: Cut, row: PositionIs, owner: Box, change: Decimal) -> Decimal:
    """Book what looks agree is gone of late fills as somebody else's doing, until it is listed after all.

    *change* is what no execution explains, the way that the slot's *owner* opens; what is left of it is returned.
    """
    for box in beside(state, owner):
        plan, ledger = box.trade.plan, box.trade.ledger
        lost = owner.trade.plan.opening.signed(plan.closing.signed(change))
        quantity = min(ledger.position, lost)
        if quantity > 0:
            price = ledger.average_entry or plan.market
            _gone(state, box, f"{cut.asked}:{box.id}", quantity, price, cut.at, row.seq)
            change -= owner.trade.plan.opening.signed(plan.closing.signed(quantity))
    return change


def denied(state: AccountState, box: Box) -> bool:
    """Whether the venue showed less in a slot than its owner and a late fill hold, all included that is booked (C8).

    So something took of the late fill, and who acts on it as it is booked takes of what the owner holds.
    """
    slot, opening = box.trade.plan.slot, box.trade.plan.opening
    owner, view = state.owners.get(slot), state.view(slot)
    if owner is None or owner is box or not view.shown:
        return False
    trades = (each for each in (*state.boxes.values(), *state.ended.values()) if each.trade.plan.slot == slot)
    if any(each.trade.ledger.seq > view.seq for each in trades):
        return False
    ledger = owner.trade.ledger
    missing = ledger.opening.signed(ledger.held + awaited(state, owner)) - view.size
    return opening.signed(missing) > _left(owner, opening)


def taken_over(state: AccountState, box: Box, fact: Filled) -> None:
    """Book as gone what an entry bought before its slot was taken over: that is in what was (A6).

    The order that closes it would sell what an operator has by now. What he left to the user may be it, and is closed.
    """
    owner = state.owners.get(fact.slot)
    if owner is None or owner is box or not 0 <= fact.seq <= owner.after_seq:
        return
    quantity = min(fact.quantity - _left(owner, fact.side), box.trade.ledger.position)
    if fact.side is box.trade.plan.opening and quantity > 0:
        _gone(state, box, fact.execution, quantity, fact.price, owner.trade.plan.at, owner.after_seq)


def _left(owner: Box, side: OrderSide) -> Decimal:
    """What an operator who took a position over left to the user, and is there still, of what went that way."""
    plan, ledger = owner.trade.plan, owner.trade.ledger
    facts = [what for _, _, what in owner.history if isinstance(what, Filled) and what.key is None]
    then = [what.quantity for what in facts if (what.at, what.seq) == (plan.at, owner.after_seq)]
    return max(min(sum(then, ZERO), ledger.foreign), ZERO) if side is plan.opening else ZERO


def _gone(state: AccountState, box: Box, what: str, quantity: Decimal, price: Decimal, at: int, seq: int) -> None:
    """Book it in the trade as an explanation of ours; *what* makes its id."""
    slot = box.trade.plan.slot
    execution = f"{EXPLAINED}{slot.symbol}:{slot.index}:{what}"
    fact = Filled(execution, slot, None, box.trade.plan.closing, quantity, price, ZERO, Cause.FOREIGN, at, seq)
    box.seen.add(execution)
    state.behind(box.id, fact)
    give_way(box, fact)
    remember(state, box, fact, place_of(box, fact))
