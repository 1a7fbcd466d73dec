"""Times at which strategies asked to be woken: the earliest is at hand, however many trades wait for one."""

from heapq import heappop, heappush

from core.account.box import Box
from core.account.remembering import own
from core.account.state import AccountState
from core.facts import Woke


def note(state: AccountState, box: Box, at: int) -> None:
    """Wake the strategy of a trade at *at*, unless that has been done."""
    if not _awaited(box, at):
        return
    state.wake(at)
    entry = (at, box.id)
    if entry not in state.noted:
        state.noted.add(entry)
        heappush(state.wakes, entry)


def due(state: AccountState) -> None:
    """Wake whose time has come; who closed, or wishes for another time by now, is dropped on the way."""
    while state.wakes:
        entry = at, trade = state.wakes[0]
        box = state.boxes.get(trade)
        waits = box is not None and box.desired is not None and box.desired.wake == at and _awaited(box, at)
        if waits and at > state.now:
            state.wake(at)
            return
        heappop(state.wakes)
        state.noted.discard(entry)
        if box is not None and waits:
            _wake(state, box)


def overdue(state: AccountState, box: Box, at: int | None) -> bool:
    """Wake the strategy of a trade now if its time *at* has come: nothing is decided as if it had not (A9, B15)."""
    if at is None or at > state.now or not _awaited(box, at):
        return False
    _wake(state, box)
    return True


def _wake(state: AccountState, box: Box) -> None:
    box.woken = state.now
    own(state, box, Woke(box.id, state.now))


def _awaited(box: Box, at: int) -> bool:
    return box.woken is None or at > box.woken
