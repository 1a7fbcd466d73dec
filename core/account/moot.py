"""Back-offs of what isn't at issue any more: the venue shows the order as wished, or nothing wishes for it (C4).

What was refused, and came to work however it did, is no trouble: counted on, the next refusal of its kind would be told
as the fourth.
"""

from core.account.box import Backoff, Box
from core.account.naming import LEVERAGE_ROLE, STOP_ROLE
from core.account.state import AccountState
from core.desired import Desired, Want
from core.reconcile import works_as_wished


def forget(state: AccountState, box: Box, desired: Desired) -> None:
    """Let go of a trade's back-offs that are moot."""
    wants = {want.role: want for want in desired.wants}
    for role, backoff in tuple(box.backoffs.items()):
        if role not in (STOP_ROLE, LEVERAGE_ROLE) and _moot(state, box, role, backoff, wants.get(role)):
            del box.backoffs[role]


def _moot(state: AccountState, box: Box, role: str, backoff: Backoff, want: Want | None) -> bool:
    """Whether nothing is left to try. An order that dies again and again works each time, until it is dead."""
    line = box.trade.lines.get(role)
    if line is None or not line.live:
        return want is None
    if want is None or backoff.died or line.key in state.busy:
        return False
    return works_as_wished(box.trade, want, line, state.capabilities)
