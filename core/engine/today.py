"""What the protections must know of the time before a restart (I1): a day's loss and a stop that was hit are not over.

Without it a restart would open the entries that `max_daily_loss_percent` or `cooldown_after_stop` hold back.
"""

from collections.abc import Mapping

from core.account import gating
from core.account.state import AccountState
from core.days import DAY
from core.engine.pages import ended
from ports.persistence import Store

LONGEST_DAY = DAY + 2 * 3_600_000
"""Where clocks are put back a day has 25 hours, somewhere even a little more."""


async def recall_today(store: Store, states: Mapping[str, AccountState], now: int) -> None:
    """Tell every account what its trades have made since its day can have begun, and when a stop was hit last."""
    back = max([LONGEST_DAY, *(state.limits.cooldown_after_stop or 0 for state in states.values())])
    async for report in ended(store, now - back):
        state = states.get(report.account)
        if state is not None:
            gating.ended(state, report)
