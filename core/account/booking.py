"""Executions and funding into their trades, each once; what an execution says of its order, its stop, its slot."""

from dataclasses import replace
from decimal import Decimal

from core.account import vanished
from core.account.box import Box
from core.account.explaining import RELEASED, corrects, ended_with, give_way, give_way_elsewhere, gone_beside
from core.account.remembering import change_line, place_of, refold, remember
from core.account.state import AccountState
from core.account.timers import doubt
from core.account.tracking import stranger
from core.facts import Cause, Filled, Funding
from core.identity import Key
from core.lines import saw_filled
from core.money import ZERO
from core.slot_view import SlotView
from core.trade import Line


def executed(state: AccountState, fact: Filled) -> None:
    """Book an execution in the trade that it belongs to; one that was booked before changes nothing."""
    box, key = (None, None) if fact.key is None else state.find(fact.key)
    if box is None and key is None:
        fact = of_nobody(fact)
    if fact.cause is Cause.FOREIGN:
        state.users.add(fact.slot)
    if fact.key is None:
        box = _whose(state, fact)
    if box is None:
        if not _of_before(state, fact):
            state.view(fact.slot).carry(fact)
        if key is not None and fact.at >= state.began:
            stranger(state, fact.key or "", fact.slot, "an execution of an order of ours without a live trade")
        return
    take_in(state, box, key, fact)


def take_in(state: AccountState, box: Box, key: Key | None, fact: Filled) -> None:
    """Book an execution in a trade, of whose order with *key* it is, if of any."""
    view = state.view(fact.slot)
    if fact.execution in box.seen or (key is None and 0 <= fact.seq <= box.after_seq):
        return
    box.seen.add(fact.execution)
    box.booked = state.now
    state.behind(box.id, fact)
    if corrects(box, fact):
        refold(box)
        state.touch(box)
        return
    _count(state, box, fact, view)
    if key is not None:
        proves(state, box, key, fact)
    remember(state, box, fact, place_of(box, fact))
    if key is not None:
        vanished.taken_over(state, box, fact)
        _of_its_order(state, box, view, key, fact)


def of_nobody(fact: Filled) -> Filled:
    """An execution that no order of ours made, whatever id its own carries: another program's is the user's (B11)."""
    if fact.key is None:
        return fact
    return replace(fact, key=None, cause=Cause.FOREIGN if fact.cause is Cause.ORDER else fact.cause)


def _count(state: AccountState, box: Box, fact: Filled, view: SlotView) -> None:
    """Count an execution once: a guess that held it gives way to it, or the slot's size is carried on by it.

    Either way what the slot is believed to hold is as new as that. What was given back stayed in its slot until then.
    """
    guess = give_way(box, fact)
    if guess is not None:
        refold(box)
        held = not guess.execution.startswith(RELEASED)
    else:
        held = give_way_elsewhere(state, box, fact)
    if not held:
        view.carry(fact)
    view.age(fact)


def _of_before(state: AccountState, fact: Filled) -> bool:
    """Whether an execution that no trade books is older than the belief of its slot, which it then doesn't change.

    What a user did before our trade began, or what looks list again of a trade that is over: a look shows what is left.
    """
    owner = state.owners.get(fact.slot)
    before = owner is not None and fact.at < owner.trade.plan.at
    return before or booked_beside(state, owner, fact)


def booked_beside(state: AccountState, owner: Box | None, fact: Filled) -> bool:
    """Whether a trade has booked an execution that isn't its slot's owner: one that is over, or that a fill woke."""
    return any(fact.execution in box.seen for box in (*state.ended.values(), *state.boxes.values()) if box is not owner)


def _whose(state: AccountState, fact: Filled) -> Box | None:
    """The trade that books an execution which names no order of ours: whose it emptied, else the slot's owner."""
    owner = state.owners.get(fact.slot)
    if owner is not None and not booked_beside(state, owner, fact):
        emptied = _emptied_beside(state, owner, fact)
        if emptied is not None or not came_before(owner, fact):
            return emptied or gone_beside(state, owner, fact) or owner
    return ended_with(state, fact) or _missed_by(state, fact)


def _missed_by(state: AccountState, fact: Filled) -> Box | None:
    """The trade that had the slot when *fact* happened, which is listed after its end.

    What a user sold there unheard, and bought back: it has booked what came after, else a late fill of ours would count
    against what he never held. And what only ever closes, where it found so much held: what sold that once more took
    what a late fill had brought (B10).
    """
    for box in reversed(state.ended.values()):
        if box.trade.plan.slot == fact.slot and box.trade.plan.at <= fact.at:
            booked = (what for _, _, what in box.history if isinstance(what, Filled) and what.key is None)
            return box if any(0 <= fact.seq < what.seq for what in booked) or _closed_then(box, fact) else None
    return None


def _closed_then(box: Box, fact: Filled) -> bool:
    """Whether *fact* only ever closes, and the trade held that much then."""
    opening = box.trade.plan.opening
    before = (what for _, _, what in box.history if isinstance(what, Filled) and after(fact, what))
    held = sum((opening.signed(what.side.signed(what.quantity)) for what in before), ZERO)
    return _only_closes(fact) and fact.side is box.trade.plan.closing and held >= fact.quantity


def _only_closes(fact: Filled) -> bool:
    """A stop, a liquidation or ADL never opens anything."""
    return fact.cause not in (Cause.FOREIGN, Cause.ORDER)


def _emptied_beside(state: AccountState, owner: Box, fact: Filled) -> Box | None:
    """The trade whose late fill was held, where a stop, liquidation or ADL took that and nothing of the owner's (B10).

    Such an execution only ever closes. What is more than one trade held is the owner's to book, and netted (A8).
    """
    holders = (box for box in (*state.ended.values(), *state.boxes.values()) if box.trade.plan.slot == fact.slot)
    if not _only_closes(fact) or fact.execution in owner.seen or _holds(owner, fact) > 0:
        return None
    return next((box for box in holders if _holds(box, fact) >= fact.quantity), None)


def _holds(box: Box, fact: Filled) -> Decimal:
    """What a trade holds of what *fact*, an execution that closes, may have taken: nothing that was entered since."""
    if fact.side is not box.trade.plan.closing:
        return ZERO
    entered = (what for _, _, what in box.history if isinstance(what, Filled) and what.side is box.trade.plan.opening)
    since = sum((what.quantity for what in entered if what.key is not None and after(what, fact)), ZERO)
    return box.trade.ledger.position - since


def after(later: Filled, fact: Filled) -> bool:
    """Whether an execution came after another, in venue order where both have a place in it."""
    return later.seq > fact.seq if min(later.seq, fact.seq) >= 0 else later.at > fact.at


def came_before(box: Box, fact: Filled) -> bool:
    """Whether an execution that names no order of ours came before this trade began: a cut may read it once more.

    Which trade that emptied is known while one is at hand that holds so much (`_emptied_beside`), or ended by it.
    """
    first = next((seq for seq, _, what in box.history if isinstance(what, Filled)), None)
    return fact.at < box.trade.plan.at and (first is None or fact.seq < first)


def proves(state: AccountState, box: Box, key: Key, fact: Filled) -> None:
    """An execution of an order that isn't tracked makes it so, and puts it in doubt: ask (DESIGN 4)."""
    line = box.trade.lines.get(key.role)
    if line is not None and line.revision == key.revision:
        return
    new = saw_filled(line, key, fact.key or "", box.trade.ledger.filled(key.role), fact.quantity)
    change_line(state, box, new)
    if line is None or new.revision > line.revision:
        doubt(state, new.key, fact.slot, state.now)


def _of_its_order(state: AccountState, box: Box, view: SlotView, key: Key, fact: Filled) -> None:
    """What an execution of an order of ours says of that order, and of the stop that it brought."""
    box.backoffs.pop(key.role, None)
    line = box.trade.lines.get(key.role)
    if line is not None:
        _presume_stop(state, box, line, view, fact)
        _doubt_unended(state, box, line, key, fact)


def _presume_stop(state: AccountState, box: Box, line: Line, view: SlotView, fact: Filled) -> None:
    """After an entry fill its attached stop is presumed to be the position's until the venue shows one (DESIGN 8.1)."""
    if line.stop is None or fact.side is not box.trade.plan.opening or fact.seq <= view.stop_seq:
        return
    if state.capabilities.attached_stop_resets or view.stop is None:
        view.stop, view.proven, view.stop_seq = line.stop, False, fact.seq - 1


def _doubt_unended(state: AccountState, box: Box, line: Line, key: Key, fact: Filled) -> None:
    """An order that executed all it had, and whose end was not shown, is asked for (DESIGN 8.2)."""
    if not line.live or key.revision != line.revision or line.key in state.busy:
        return
    if box.trade.ledger.filled(line.role) - line.dead >= line.quantity > 0:
        doubt(state, line.key, fact.slot, state.now + state.timings.echo)


def paid(state: AccountState, fact: Funding) -> None:
    """Book funding in the trade that held the slot when it was paid."""
    box = _payer(state, fact)
    if box is None:
        return
    box.seen.add(fact.execution)
    state.behind(box.id, fact)
    remember(state, box, fact, place_of(box, fact))


def _payer(state: AccountState, fact: Funding) -> Box | None:
    """The trade that held the slot when funding was paid: one that is over, when that is learned of late.

    None for what was paid before the trade of now began: that was the user's own. It began when it first held
    something, where its plan is dated later: by what an adapter takes the venue's clock to show. A look lists it once
    more for a minute: who booked it keeps it, whoever turns out to have held something by then.
    """
    owner = state.owners.get(fact.slot)
    trades = [box for box in (*state.ended.values(), *state.boxes.values()) if box.trade.plan.slot == fact.slot]
    if any(fact.execution in box.seen for box in trades):
        return None
    for box in trades:
        ledger = box.trade.ledger
        began, ended = ledger.first_at, fact.at if ledger.position > 0 else ledger.last_at
        if box is owner or began is None or ended is None:
            continue
        if began <= fact.at <= ended:
            return box
    return None if owner is None or fact.at < _began(owner) else owner


def _began(box: Box) -> int:
    first, plan = box.trade.ledger.first_at, box.trade.plan
    return plan.at if first is None else min(first, plan.at)
