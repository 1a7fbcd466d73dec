"""What Bybit leaves undocumented is a policy here: an adapter must work under each (bybit-v5.md, marked [?])."""

from dataclasses import dataclass
from enum import StrEnum


class Shrink(StrEnum):
    """Which reduce-only orders give way first when the position shrinks below them."""

    NEWEST_FIRST = "newest_first"
    OLDEST_FIRST = "oldest_first"
    FURTHEST_FIRST = "furthest_first"


class Oversize(StrEnum):
    """What becomes of a reduce-only order larger than the quota that is left."""

    TRUNCATE = "truncate"
    REJECT = "reject"


class Passed(StrEnum):
    """What becomes of an attached stop that the market lies past already when its order executes."""

    FIRES = "fires"
    """It is a condition on the price, not an event: it closes at once what the order opened."""
    DROPPED = "dropped"
    """It does not become the position's, which keeps the stop that it had, or none."""
    WAITS = "waits"
    """It becomes the position's, and fires when the price has come back over it and passes it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """One venue's choices. *attached_stop_resets*: an entry fill puts its attached stop in place of the position's.

    *history* closed orders and *executions* are remembered per account.
    """

    shrink: Shrink = Shrink.NEWEST_FIRST
    oversize: Oversize = Oversize.TRUNCATE
    attached_stop_resets: bool = True
    passed: Passed = Passed.FIRES
    max_orders: int = 500
    max_conditionals: int = 10
    history: int = 500
    executions: int = 10_000
