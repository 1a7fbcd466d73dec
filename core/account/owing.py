"""What the venue holds beyond what the executions we know explain: an execution is owed, and a look is asked for.

A position that the stream shows may come before its execution, so nothing is concluded from it. But when the execution
stays away, it was lost or happened while nobody listened, and the next audit is too far off: take-profits stand by the
old quantity until then.
"""

from decimal import Decimal

from core.account.box import Box
from core.account.state import AccountState, Owed
from core.account.timers import cut_at
from core.money import ZERO
from core.plan import ENTRY_PREFIX
from core.trade import Trade
from core.words import Slot


def note(state: AccountState, slot: Slot, owner: Box | None) -> None:
    """Note whether the position just shown is explained; when it isn't, the look comes after an echo's time."""
    if owner is None or state.capabilities.lossless_stream:
        return
    if state.view(slot).explained(owner.trade.ledger):
        state.owed.pop(slot, None)
    elif slot not in state.owed:
        state.owed[slot] = Owed(state.now + state.timings.echo, state.timings.echo)
        state.wake(state.now + state.timings.echo)


def due(state: AccountState) -> None:
    """Ask for a look once per disagreement, then ever more rarely, up to the audit that comes anyway."""
    for slot, owed in tuple(state.owed.items()):
        owner = state.owners.get(slot)
        if owner is None or state.view(slot).explained(owner.trade.ledger):
            del state.owed[slot]
        elif state.now < owed.due:
            state.wake(owed.due)
        else:
            cut_at(state, state.now)
            owed.wait = min(owed.wait * 2, state.timings.audit)
            owed.due = state.now + owed.wait
            state.wake(owed.due)


def below_zero(state: AccountState, box: Box) -> bool:
    """Whether a trade sold more than is known to have been bought, and nothing says yet what that was (C8).

    A purchase is listed by the next look, or two looks agree that it was somebody's. What a late fill's closing order
    took of its slot's present owner is missing there.
    """
    slot, ledger = box.trade.plan.slot, box.trade.ledger
    if ledger.position >= 0 or state.owners.get(slot) is not box:
        return False
    note(state, slot, box)
    return slot in state.owed


def awaited(state: AccountState, box: Box) -> Decimal:
    """By what a slot may differ from its owner's ledger, and nobody else has a hand in it.

    Besides what is owed that is what a late fill of an earlier trade holds there until it is closed (B10), from when
    the venue says that its entry executed: the trade is over until the execution is listed. One that sold more than it
    had will not give it back: what is missing is looked for as ever.
    """
    plan, awaits = box.trade.plan, unlisted(box.trade)
    for each in (*state.boxes.values(), *state.ended.values()):
        other = each.trade
        if each is not box and other.plan.slot == plan.slot:
            held = max(other.ledger.position + unlisted(other), ZERO)
            awaits += held if other.plan.opening is plan.opening else -held
    return awaits


def held_beside(state: AccountState, box: Box) -> Decimal:
    """What late fills are known to hold in the slot of their owner, the way that this one opens."""
    total, plan = ZERO, box.trade.plan
    for each in (*state.boxes.values(), *state.ended.values()):
        other = each.trade
        if each is not box and other.plan.slot == plan.slot:
            total += plan.opening.signed(other.plan.opening.signed(max(other.ledger.position, ZERO)))
    return total


def unlisted(trade: Trade) -> Decimal:
    """By what the position will grow when all is listed that the venue said orders executed: nobody else's doing (8.2).

    The cursor stays before it, and looks go on until it is listed.
    """
    total = ZERO
    for line in trade.lines.values():
        missing = max(line.filled - (trade.ledger.filled(line.role) - line.dead), ZERO)
        total += missing if line.role.startswith(ENTRY_PREFIX) else -missing
    return total
