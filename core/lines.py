"""How a role's line changes by order facts: merged per key, cumulative maximum, terminal absorbing, order nothing."""

from dataclasses import replace
from decimal import Decimal

from core.commands import Amend, Cancel, Place
from core.facts import Ended, EndReason, Working
from core.identity import Key
from core.money import ZERO
from core.trade import Line, LineState


def next_revision(line: Line | None) -> int:
    """The revision that the role's next placement carries.

    It grows only when the last one is dead; an order that was never accepted keeps its key, so a retry can't duplicate.
    """
    if line is None:
        return 0
    return line.revision + 1 if line.state is LineState.ENDED else line.revision


def sent(line: Line | None, key: Key, text: str, booked: Decimal, now: int) -> Line:
    """The line when a placement is about to leave.

    *booked* is all that the role executed so far (over all revisions).
    """
    if line is not None and key.revision == line.revision:
        return replace(line, state=LineState.SENT, at=now, key=text)
    dead, complete = (booked, line.complete) if line is not None else (ZERO, False)
    return Line(key.role, key.revision, LineState.SENT, dead=dead, complete=complete, at=now, key=text)


def shaped(line: Line, place: Place) -> Line:
    """The line with the shape that a placement asked for: in flight counts as working."""
    return Line(  # not `replace`, which takes twice as long: every order of every trade comes by here
        line.role, line.revision, line.state, place.quantity, place.price, place.stop, line.filled, line.why, line.code,
        line.dead, line.complete, line.given_up, line.at, line.key, place.reduce_only,
    )  # fmt: skip


def reshaped(line: Line, amend: Amend) -> Line:
    """The line after the venue took an amend; the stream still has the last word."""
    quantity = line.quantity if amend.quantity is None else amend.quantity
    price = line.price if amend.price is None else amend.price
    stop = line.stop if amend.stop is None else amend.stop
    return Line(  # as above
        line.role, line.revision, line.state, quantity, price, stop, line.filled, line.why, line.code,
        line.dead, line.complete, line.given_up, line.at, line.key, line.reduce_only,
    )  # fmt: skip


def saw_working(line: Line | None, key: Key, fact: Working, booked: Decimal) -> Line:
    """The line after the venue showed the order open. Older revisions and ended orders stay as they are.

    The very same line when it shows what is known: a look a minute must not fill the journal, which every start reads.
    *booked* is all that the role executed as far as it is known.
    """
    if line is None or key.revision > line.revision:
        line = _heard_of(line, key, fact.key, booked)
    if key.revision < line.revision or line.state is LineState.ENDED:
        return line
    filled = max(line.filled, fact.filled)
    if line.state is LineState.WORKING and fact.at < line.at:
        return line if filled == line.filled else replace(line, filled=filled)
    if _known(line, fact, filled):
        return line
    return Line(
        line.role, line.revision, LineState.WORKING, fact.quantity, fact.price, fact.stop, filled, None, "",
        line.dead, line.complete, line.given_up, fact.at, fact.key, fact.reduce_only,
    )  # fmt: skip


def _known(line: Line, fact: Working, filled: Decimal) -> bool:
    """Whether the line says all that *fact* does: so it does at nearly every look, which then makes no line for it."""
    return (
        line.at == fact.at
        and line.state is LineState.WORKING
        and line.filled == filled
        and (line.quantity, line.price, line.stop) == (fact.quantity, fact.price, fact.stop)
        and (line.key, line.reduce_only, line.why, line.code) == (fact.key, fact.reduce_only, None, "")
    )


def saw_ended(line: Line | None, key: Key, fact: Ended, booked: Decimal) -> Line:
    """The line after the venue showed the order closed.

    It counts as filled in full when the venue says so, or when it executed all of its quantity (B7): as its end tells
    it, for it may have grown without our knowing; else as known. *booked* as above.
    """
    if line is None or key.revision > line.revision:
        line = _heard_of(line, key, fact.key, booked)
    if key.revision < line.revision:
        return line
    filled = max(line.filled, fact.filled)
    if line.state is LineState.ENDED:
        return line if filled == line.filled else replace(line, filled=filled)
    total = line.quantity if fact.quantity is None else fact.quantity
    full = fact.why is EndReason.FILLED or (filled > 0 and filled >= total > 0)
    quantity = filled if full else total
    return Line(
        line.role, line.revision, LineState.ENDED, quantity, line.price, line.stop, filled, fact.why, fact.code,
        line.dead, line.complete or full, line.given_up, fact.at, fact.key, line.reduce_only,
    )  # fmt: skip


def saw_filled(line: Line | None, key: Key, text: str, booked: Decimal, quantity: Decimal) -> Line:
    """The line after an execution of *key*, when that says something about the line itself; else the very same line.

    *booked* is all that the role executed before it. A revision that was not known (its sending was lost with a torn
    write) is known by it, and what was booked before belongs to the dead ones; what a dead revision executed late
    belongs to them too.
    """
    if line is None or key.revision > line.revision:
        return _heard_of(line, key, text, booked)
    if key.revision < line.revision:
        return replace(line, dead=line.dead + quantity)
    return line


def _heard_of(line: Line | None, key: Key, text: str, booked: Decimal) -> Line:
    """A revision that was not known: all that is *booked* of the role belongs to those before it.

    What they executed besides is booked when it is listed, and counted as theirs then.
    """
    complete = line is not None and line.complete
    return Line(key.role, key.revision, LineState.SENT, dead=booked, complete=complete, key=text)


def never_accepted(line: Line) -> Line:
    """The line after its latest revision is proven never to have reached the book: its key may be sent again."""
    return replace(line, state=LineState.IDLE)


def given_up(line: Line | None, role: str) -> Line:
    """The line of a role that is not tried again."""
    return Line(role, given_up=True) if line is None else replace(line, given_up=True)


def echoes(line: Line, command: Place | Amend | Cancel) -> bool:
    """Whether what the venue showed already is what the command asked for."""
    if line.state is LineState.ENDED:
        return True
    if line.state is not LineState.WORKING or isinstance(command, Cancel):
        return False
    return isinstance(command, Place) or reshaped(line, command) == line
