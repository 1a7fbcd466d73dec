"""Changes that looks agreed on and no execution named (C8), and what becomes of them when the venue names one late.

A look that showed a slot's size held every execution up to its own. So one that comes later with a number from before
it is part of what was explained then: it takes the explanation's place, and nothing is counted twice.
"""

from collections.abc import Iterator
from dataclasses import replace

from core.account.box import Box, Remembered
from core.account.remembering import refold
from core.account.state import AccountState
from core.facts import Cause, Filled
from core.identity import trade_and_role
from core.plan import CLOSING_ROLE, ENTRY_PREFIX
from core.words import Slot

EXPLAINED = "cut:"
"""Begins the id of an execution that nobody named: what two looks agreed on."""
RELEASED = "released:"
"""Begins the id of the execution that gave a position back (A6): as much as was ours by what was known then."""
NETTED = "netted:"
"""Begins the id of an execution that nobody named: what one trade's entry took from another (A8). No guess held it."""
ELSEWHERE = "elsewhere:"
"""Begins the id of a trade's note that an execution which its guess held is another trade's: it is booked there."""
APART = 1_000
"""By so many milliseconds an adapter may be wrong about the venue's clock before anybody is told."""


def is_guess(fact: Filled) -> bool:
    """Whether an execution is an explanation of ours."""
    return fact.execution.startswith((EXPLAINED, RELEASED))


def corrects(box: Box, fact: Filled) -> bool:
    """Let an explanation by a row with a number correct the one that looks without any age agreed on there before.

    The row shows all up to its number, and nothing after: what those looks made of it was wrong, or happened since
    and is listed later. Neither is a change back, by anybody. Nor is it where that explanation held an entry of ours by
    the clock alone (`by_clock`). False when there is none; the trade must be folded anew.
    """
    place = _ageless(box, fact.seq) if fact.seq >= 0 and fact.execution.startswith(EXPLAINED) else None
    if place is None:
        return False
    seq, number, guess = box.history[place]
    if isinstance(guess, Filled):
        changed = _without(guess, replace(fact, side=fact.side.opposite))
        box.history[place] = (seq, number, replace(changed, seq=fact.seq))
    return True


def give_way(box: Box, fact: Filled) -> Filled | None:
    """Take *fact* out of the first explanation that held it, and return that. The trade must be folded anew then."""
    if is_guess(fact):
        box.guessed = True
        return None
    place = _place(box, fact) if box.guessed and not fact.execution.startswith(NETTED) else None
    seq, number, guess = box.history[place] if place is not None else (0, 0, None)
    if place is None or not isinstance(guess, Filled):
        return None
    box.history[place] = (seq, number, _without(guess, fact))
    return guess


def give_way_elsewhere(state: AccountState, box: Box, fact: Filled) -> bool:
    """Take an execution that *box* books out of the first guess of another trade that held it; False where none did.

    That has the slot, or ended by that very guess. Written down with it: its own journal tells of the guess, and has to
    tell what became of it.
    """
    if is_guess(fact):
        return False
    others = [each for each in _guessing(state, fact.slot) if each is not box and not 0 <= fact.seq <= each.after_seq]
    held = [(min(places), number) for number, each in enumerate(others) if (places := _places(each, fact))]
    if not held:
        return False
    other = others[min(held)[1]]
    note = replace(fact, execution=ELSEWHERE + fact.execution, key=None, cause=Cause.FOREIGN)
    give_way(other, fact)
    other.seen.add(note.execution)
    state.behind(other.id, note)
    refold(other)
    state.touch(other)
    return True


def ended_with(state: AccountState, fact: Filled) -> Box | None:
    """The trade that ended by an explanation which held *fact*, an execution that names no order: its stop's, say."""
    for box in reversed(state.ended.values()):
        if box.guessed and box.trade.plan.slot == fact.slot and fact.at >= box.trade.plan.at:
            return box if fact.execution in box.seen or _place(box, fact) is not None else None
    return None


def gone_beside(state: AccountState, owner: Box, fact: Filled) -> Box | None:
    """The trade beside a slot's *owner* whose late fill looks agreed to be gone (`vanished`), where *fact* took it.

    Booked to the owner it would be the user's opposite position there, and the owner's entry would meet that. An
    explanation of ours is the owner's: it says by what the slot differs from what he is known to hold.
    """
    if is_guess(fact) or _place(owner, fact) is not None:
        return None
    beside = (box for box in _guessing(state, fact.slot) if box is not owner)
    return next((box for box in beside if _place(box, fact) is not None), None)


def _guessing(state: AccountState, slot: Slot) -> Iterator[Box]:
    """The trades of a slot, over or not, whose histories hold a guess."""
    trades = (*state.ended.values(), *state.boxes.values())
    return (box for box in trades if box.guessed and box.trade.plan.slot == slot)


def _place(box: Box, fact: Filled) -> int | None:
    """Where the first guess stands that held it: first in time, wherever one of unknown age was put."""
    places = _places(box, fact)
    return min(places)[1] if places else None


def _places(box: Box, fact: Filled) -> list[tuple[int, int]]:
    """Of when the guesses are that held it, and where they stand."""
    ours = fact.key is not None and trade_and_role(fact.key)[0] == box.id
    return [
        (guess.at, place)
        for place, (_, _, guess) in enumerate(box.history)
        if isinstance(guess, Filled) and is_guess(guess) and _held(guess, fact, ours)
    ]


def by_clock(box: Box) -> int | None:
    """Where the last explanation of unknown age stands that held an entry of ours by the clock alone, if any.

    That was listed since, dated before the looks and numbered after all that they knew. So either they held it, or the
    venue's clock was taken for another: they were from before it, and what is held of it counts as gone.
    """
    entries: list[Filled] = []
    for place in range(len(box.history) - 1, -1, -1) if box.guessed else ():
        fact = box.history[place][2]
        if not isinstance(fact, Filled):
            continue
        if fact.key is not None and fact.side is box.trade.plan.opening:
            entries.append(fact)
        elif _of_no_age(fact) and any(_held(fact, entry, ours=True) for entry in entries):
            return place
    return None


def _ageless(box: Box, seq: int) -> int | None:
    """Where the last explanation of unknown age stands that a row with this number corrects."""
    places = range(len(box.history) - 1, -1, -1) if box.guessed else ()
    behind = (place for place in places if box.history[place][0] == seq and _of_no_age(box.history[place][2]))
    doubtful = by_clock(box)
    return next(behind, doubtful if doubtful is not None and box.history[doubtful][0] <= seq else None)


def _of_no_age(fact: Remembered) -> bool:
    return isinstance(fact, Filled) and fact.seq < 0 and fact.execution.startswith(EXPLAINED)


def _held(guess: Filled, fact: Filled, ours: bool) -> bool:  # noqa: FBT001 - whose it is, a fact
    """Whether the look behind a guess held an execution already; a list that leaves flat slots out tells only when.

    By a clock that may be wrong by so much: what emptied the slot for us is what it held. What somebody else sells just
    after is his, and what an entry of ours buys just after is held.
    What our own orders still sold was not given back; a closing order takes what filled since, as none works before
    (a trade that is closing can't be given back).
    """
    if guess.execution.startswith(RELEASED):
        return ours and fact.side is guess.side and trade_and_role(fact.key or "")[1] != CLOSING_ROLE
    if guess.seq >= 0:
        return fact.seq <= guess.seq
    entered = fact.key is not None and trade_and_role(fact.key)[1].startswith(ENTRY_PREFIX)
    emptied = fact.side is guess.side and fact.cause is not Cause.FOREIGN and not entered
    return fact.at <= guess.at + (APART if emptied else 0)


def _without(guess: Filled, fact: Filled) -> Filled:
    """The guess less an execution; what is left may turn round, or come to nothing."""
    same = guess.side is fact.side
    left = guess.quantity - fact.quantity if same else guess.quantity + fact.quantity
    side = guess.side if left >= 0 else guess.side.opposite
    return replace(guess, quantity=abs(left), side=side)
