"""Late fills that something closed of which no execution is ever listed, where another trade has the slot (B10, C8).

The slot's owner is held against what looks show (`cuts`); what such a fill holds beside it nobody was, and closing what
is gone is refused for ever, or takes of what the owner holds.
"""

from core.account.box import Box
from core.account.explaining import EXPLAINED, give_way
from core.account.remembering import place_of, remember
from core.account.state import AccountState
from core.facts import Cause, Cut, Filled, PositionIs
from core.money import ZERO
from core.plan import CLOSING_ROLE


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


def book(state: AccountState, cut: Cut, row: PositionIs, gone: tuple[Box, ...]) -> None:
    """Book as somebody else's doing what looks agreed is gone, at the average known, until it is listed after all."""
    for box in gone:
        plan, ledger = box.trade.plan, box.trade.ledger
        execution = f"{EXPLAINED}{row.slot.symbol}:{row.slot.index}:{cut.asked}:{box.id}"
        price = ledger.average_entry or plan.market
        fact = Filled(
            execution, row.slot, None, plan.closing, ledger.position, price, ZERO, Cause.FOREIGN, cut.at, row.seq
        )
        box.seen.add(execution)
        state.behind(box.id, fact)
        give_way(box, fact)
        remember(state, box, fact, place_of(box, fact))
    if row.seq < 0 and not row.size:
        state.view(row.slot).empty()
