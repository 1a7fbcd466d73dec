"""Slots that hold nothing of ours: what the venue's lists leave out is believed to be flat once two looks agree (C8).

Such a list says of nothing how new it is, so one look is no proof; and what is believed here alone decides whether the
next request may have the slot (A7).
"""

from core.account.owing import awaited
from core.account.state import AccountState
from core.account.timers import want_cut
from core.facts import Cut
from core.words import Slot


def look(state: AccountState, cut: Cut) -> None:
    """Compare what is believed of slots that no ledger explains with a look that leaves them out."""
    seen = state.cuts.vacant
    for row in cut.positions:
        view = state.view(row.slot)
        if row.seq >= 0 or row.size or not view.size or _answered_for(state, row.slot):
            seen.pop(row.slot, None)
        elif seen.get(row.slot) == view.seq:
            del seen[row.slot]
            view.empty()
        else:
            seen[row.slot] = view.seq
            want_cut(state)


def _answered_for(state: AccountState, slot: Slot) -> bool:
    """Whether the owner of a slot answers for what is believed of it: by its ledger, or until an execution is listed.

    Where no trade holds anything nobody does: a start knows not what its first execution left, an old look may have
    shown what its user had closed, and a trade that waits for its entry may wait for days.
    """
    owner = state.owners.get(slot)
    return owner is not None and bool(owner.trade.ledger.held or awaited(state, owner))
