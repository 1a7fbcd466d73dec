"""Slots without a trade of ours: what the venue's lists leave out is believed to be flat once two looks agree (C8).

Such a list says of nothing how new it is, so one look is no proof; and what is believed here alone decides whether the
next request may have the slot (A7).
"""

from core.account.state import AccountState
from core.account.timers import want_cut
from core.facts import Cut


def look(state: AccountState, cut: Cut) -> None:
    """Compare what is believed of slots that nobody owns with a look that leaves them out."""
    seen = state.cuts.vacant
    for row in cut.positions:
        view = state.view(row.slot)
        if row.seq >= 0 or row.size or not view.size or row.slot in state.owners:
            seen.pop(row.slot, None)
        elif seen.get(row.slot) == view.seq:
            del seen[row.slot]
            view.empty()
        else:
            seen[row.slot] = view.seq
            want_cut(state)
