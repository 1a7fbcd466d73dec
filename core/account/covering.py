"""What of what is known a look covers (rel:F20), and from when on executions are read the next time (C8, rel:F31)."""

from collections.abc import Iterable

from core.account.adopting import ADOPTED
from core.account.box import Box
from core.account.explaining import EXPLAINED, NETTED, RELEASED
from core.account.state import AccountState
from core.facts import Cut, Filled
from core.invariants import stray
from core.trade import Trade

OUR_OWN = (EXPLAINED, ADOPTED, RELEASED, NETTED)

OVERLAP = 60_000
"""Executions are read again from this long before the last cut: late ones are then not missed."""


def covers(state: AccountState, cut: Cut) -> bool:
    """Whether the cut holds every fill we know: a position row older than our last execution is stale (rel:F20)."""
    for position in cut.positions:
        view = state.slots.get(position.slot)
        if view is not None and -1 < position.seq < view.seq:
            return False
    return True


def shows_newest(state: AccountState, cut: Cut) -> bool:
    """Whether the cut shows the newest execution we know, where a position doesn't say how new it is (rel:F20).

    That is where the venue's list leaves a flat slot out: two lists from before an entry's fill would agree on "flat".
    A late fill beside a slot's owner counts as well: what looks agree is gone of it is closed no more.
    """
    aged = {row.slot for row in cut.positions if row.seq >= 0}
    unaged = [view.newest for slot, view in state.slots.items() if view.size and slot not in aged]
    # Young ones only: what a venue never lists would be waited for without end, and the account never be well.
    young = [each for each in unaged if each is not None and each.at > cut.at - OVERLAP]
    unaged = [each for each in young if not each.execution.startswith(OUR_OWN)]
    boxes = (box for box in state.boxes.values() if box.trade.plan.slot not in aged)
    return _lists(state, cut, (*unaged, *map(_newest, boxes)))


def _lists_newest(state: AccountState, cut: Cut, boxes: Iterable[Box]) -> bool:
    """Whether a look's list has the newest execution known of each trade, as far back as it was asked for."""
    return _lists(state, cut, map(_newest, boxes))


def _lists(state: AccountState, cut: Cut, known: Iterable[Filled | None]) -> bool:
    listed = {each.execution for each in cut.executions}
    return all(each is None or each.at < state.cuts.since or each.execution in listed for each in known)


def _newest(box: Box) -> Filled | None:
    """The last execution in venue order that the venue named."""
    facts = (fact for _, _, fact in reversed(box.history) if isinstance(fact, Filled))
    return next((fact for fact in facts if not fact.execution.startswith(OUR_OWN)), None)


def move_on(state: AccountState, cut: Cut) -> None:
    """Read executions from later on next time, unless one is missing: the cursor may not pass it by.

    Nor what is known and this list lacks, whatever its positions say: the list is behind; nor what brought a position
    that nobody has, an ended trade's entry perhaps. And what no look has brought since it was missed may lie before the
    cursor: it is read again from where its trade began.
    """
    missing = [box for box in (*state.boxes.values(), *state.ended.values()) if _unbooked(box.trade)]
    if missing:
        if state.cuts.unbooked is None:
            state.cuts.unbooked = state.now
        else:
            state.cuts.since = min(state.cuts.since, *(box.trade.plan.at - OVERLAP for box in missing))
        return
    state.cuts.unbooked = None
    if _lists_newest(state, cut, state.boxes.values()) and not any(stray(state, row) for row in cut.positions):
        state.cuts.since = max(state.cuts.since, cut.asked - OVERLAP)


def _unbooked(trade: Trade) -> bool:
    """Whether an execution is missing that the venue named (a read may be stale)."""
    for line in trade.lines.values():  # noqa: SIM110 - a plain loop: this is asked of every trade at every look
        if not trade.booked(line):
            return True
    return False
