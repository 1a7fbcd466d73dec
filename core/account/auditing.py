"""The live auditor: the invariants of core.invariants, looked at with every complete cut, changing nothing (rel:8.8).

What is wrong at two looks in a row that lie a while apart is told, once, and once more should it come back after a look
that was without it, or stand yet after a start. Repair is the reconcile's own work: had it known of the fault it would
have mended it, so this is for people.
"""

from core.account.state import AccountState
from core.alerts import AuditFailed
from core.facts import Cut
from core.invariants import violations

APART = 30_000
"""How long something must have been wrong, milliseconds: what is on its way meanwhile is not a fault."""


def audit(state: AccountState, cut: Cut) -> None:
    """Weigh the account against *cut*, which must have been taken in already."""
    if not _complete(cut) or state.flights or state.busy or state.doubts or state.troubles:
        return
    found = {f"{each.invariant}: {each.detail}" for each in violations(state, cut)}
    for detail in sorted(found & state.suspects.keys()):
        since = state.suspects[detail]
        if state.now - since >= APART:
            state.tell(AuditFailed(detail), f"audit:{detail}:{since}")
    state.suspects = {detail: state.suspects.get(detail, state.now) for detail in found}


def _complete(cut: Cut) -> bool:
    """Whether every open order is among the cut's: it is full, or one page was all there is."""
    return cut.full or (cut.walked is not None and len(cut.walked[1]) == len(cut.orders))
