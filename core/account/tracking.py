"""What the venue shows of orders, into their roles' lines; an order of ours that serves no trade is an orphan (C7)."""

from dataclasses import replace

from core.account import hands
from core.account.backing import died
from core.account.box import Box
from core.account.remembering import change_line, own
from core.account.rounds import caught_up
from core.account.state import AccountState
from core.account.timers import SETTLED, cut_at
from core.alerts import OrphanFound
from core.commands import Amend, Cancel, Code, Refused
from core.facts import Ended, EndReason, Working
from core.identity import Key, trade_and_role
from core.lines import echoes, saw_ended, saw_working
from core.trade import Line
from core.words import Slot

NOT_OPEN = (Code.GONE, Code.BELOW_FILLED)
"""How the venue says of an order that it can be changed no more: its end follows, or is found by asking."""


def shown(state: AccountState, fact: Working | Ended) -> None:
    """Take in how an order stands; what no trade wants is cancelled, and what ended against our will is noted."""
    box, key = state.find(fact.key)
    if key is None:
        return
    if box is None or (box.id in state.ended and isinstance(fact, Working)):
        if isinstance(fact, Working):
            stranger(state, fact.key, fact.slot, "an open order of ours without a live trade")
        elif key.trade in state.lost:  # somebody ended it in the app: see what is left
            state.lost_due, state.cuts.full_due = 0, state.now
            cut_at(state, state.now + 1_000)
        return
    line = box.trade.lines.get(key.role)
    act = hands.on_order(state, box, line, fact) if isinstance(fact, Working) else None
    new = _seen(box, line, key, fact)
    if fact.key in state.doubts and key.revision == new.revision:
        del state.doubts[fact.key]
        if fact.key not in state.flights:
            state.busy.pop(fact.key, None)
        state.touch(box)  # no news of the order may still be news: it is no longer in doubt
    if new is line:
        return
    fact = _in_full(fact, new)
    state.behind(box.id, fact)
    if key.role.startswith("TP"):
        box.placed.add(key.role)  # in an earlier life, perhaps
    caught_up(state, box, line, new)
    change_line(state, box, new, fact)
    _echo(state, new)
    if isinstance(fact, Ended):
        _after_end(state, box, new)
    elif act is not None:
        own(state, box, act)


def _echo(state: AccountState, line: Line) -> None:
    """Note that the venue shows what a change on its way asked for: nothing is waited for when its answer comes."""
    flight = state.flights.get(line.key)
    if flight is not None and isinstance(flight.command, Amend) and echoes(line, flight.command):
        flight.echoed = True


def _seen(box: Box, line: Line | None, key: Key, fact: Working | Ended) -> Line:
    """The line after the venue showed how its order stands, the very same one when that is known."""
    booked = box.trade.ledger.filled(key.role)
    if isinstance(fact, Working):
        return saw_working(line, key, fact, booked)
    return saw_ended(line, key, fact, booked)


def _in_full(fact: Working | Ended, line: Line) -> Working | Ended:
    """An end that doesn't tell its order's total, with what was known of it: the journal has that nowhere else (B7)."""
    if isinstance(fact, Working) or fact.quantity is not None or not line.quantity:
        return fact
    return replace(fact, quantity=line.quantity)


def _after_end(state: AccountState, box: Box, line: Line) -> None:
    if not box.trade.booked(line) and not state.capabilities.lossless_stream:
        cut_at(state, state.now + 1_000)
    backoff = box.backoffs.get(line.role)
    if backoff is not None and backoff.code in NOT_OPEN:  # so it was
        del box.backoffs[line.role]
    unwanted = not line.complete and line.reduce_only and line.role not in box.own_cancels
    why = line.code or (line.why.value if line.why is not None else "unknown")
    if unwanted and line.role in box.placed and line.role.startswith("TP"):
        box.replaced[line.role] = why
    # What goes at market nobody can cancel by hand: some venues call what found no taker cancelled.
    by_hand = unwanted and line.role.startswith("TP") and line.why is EndReason.CANCELLED and not state.silent
    left_alone = by_hand and not hands.put_back(state, box, line.role, "it was cancelled")
    if unwanted and not state.silent and not left_alone:
        died(state, box, line.role, Refused(Code.BUSY, f"the venue ended it: {why}"))
    box.own_cancels.discard(line.role)


def stranger(state: AccountState, key: str, slot: Slot, what: str) -> None:
    """An order of ours that serves no live trade is cancelled at once (C7), unless the store may have forgotten it.

    The first look of a start may have been out of date, and shown nothing of the trade.
    """
    trade = trade_and_role(key)[0]
    if key in state.busy or state.silent or state.rebuilding or trade in state.lost:
        return
    if state.now - state.began <= SETTLED and not state.heard(trade):
        state.lost[trade] = slot
        state.lost_due = state.cuts.full_due = state.now
        cut_at(state, state.now)
        return
    state.out.urgent.append(Cancel(key, slot))
    state.busy[key] = None
    state.tell(OrphanFound(key, what), f"orphan:{key}")
