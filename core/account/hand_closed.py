"""What a hand closed of a late fill before the later trade of its slot was asked for (B10, B11, C8).

By itself such an execution is nobody's: he may have sold what he had bought. So it is the fill's only where a look
lists it and shows what is held then: with it, and not without it, that is what the trades of the slot come to.
"""

from collections.abc import Iterator

from core.account.booking import after, booked_beside, came_before, of_nobody, take_in
from core.account.box import Box
from core.account.owing import awaited
from core.account.state import AccountState
from core.facts import Cut, Filled, PositionIs
from core.money import ZERO


def book(state: AccountState, cut: Cut, row: PositionIs, owner: Box) -> None:
    """Book what *cut* lists of before a slot's *owner* to the trade whose late fill it took, where that explains it."""
    trades = (*state.boxes.values(), *state.ended.values())
    slot = owner.trade.plan.slot
    beside = (box for box in trades if box is not owner and box.trade.plan.slot == slot)
    holding = [(box, late) for box in beside if (late := _entered(box)) is not None]
    if len(holding) != 1:
        return
    (box, late), opening = holding[0], owner.trade.plan.opening
    his = tuple(fact for fact in _nobodys(state, cut, owner) if after(fact, late))
    moved = sum((opening.signed(fact.side.signed(fact.quantity)) for fact in his), ZERO)
    if moved and opening.signed(row.size) == owner.trade.ledger.held + awaited(state, owner) + moved:
        for fact in his:
            take_in(state, box, None, fact)


def _entered(box: Box) -> Filled | None:
    """The first entry of a trade that holds something."""
    if box.trade.ledger.position <= 0:
        return None
    entered = (what for _, _, what in box.history if isinstance(what, Filled) and what.key is not None)
    return next(entered, None)


def _nobodys(state: AccountState, cut: Cut, owner: Box) -> Iterator[Filled]:
    """The executions in the owner's slot that no trade books, from before it began."""
    for fact in cut.executions:
        if not isinstance(fact, Filled) or fact.slot != owner.trade.plan.slot:
            continue
        unnamed = of_nobody(fact) if fact.key is not None and state.find(fact.key) == (None, None) else fact
        nobodys = unnamed.key is None and came_before(owner, unnamed)
        if nobodys and unnamed.execution not in owner.seen and not booked_beside(state, owner, unnamed):
            yield unnamed
