"""When the machine looks again: cuts, and orders in doubt."""

from core.account.state import AccountState, Doubt
from core.words import Slot

SOON = 1_000
SETTLED = 60_000
"""So long after a start what the venue shows may still be another trade's than it seems (C7)."""


def cut_at(state: AccountState, at: int) -> None:
    """Look at the venue at *at* at the latest; a look that is under way is waited for first."""
    if state.cuts.due is None or at < state.cuts.due:
        state.cuts.due = at
    if state.cuts.asked is None or state.cuts.due > state.now:
        # Woken at once for what has to wait, the machine would step at the same moment for ever.
        state.wake(state.cuts.due)


def want_cut(state: AccountState) -> None:
    """Look at the venue soon."""
    cut_at(state, state.now + SOON)


def doubt(state: AccountState, key: str, slot: Slot, due: int, sent: int | None = None) -> None:
    """Put an order in doubt: ask for it by key at *due*; until then its role is left alone."""
    known = state.doubts.get(key)
    if known is None:
        state.doubts[key] = Doubt(slot, state.now if sent is None else sent, due)
        state.busy.setdefault(key, None)
    elif due < known.due:
        known.due = due
    state.wake(due)
