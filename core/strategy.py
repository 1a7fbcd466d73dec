"""What a strategy is: four pure functions (and the state they begin with).

A third-party strategy is these and nothing more.

The ledger is core's: a strategy gets a `Trade(plan, ledger, lines, own)` whose executions are already deduplicated and
folded in venue order, and folds only its own extra state.
"""

from typing import Protocol, runtime_checkable

from core.alerts import Alert
from core.desired import Desired
from core.facts import Fact
from core.plan import Plan, Refusal
from core.remains import Remains
from core.request import Request
from core.terms import Terms
from core.trade import Trade


class Strategy(Protocol):
    """Pure: no clock, no I/O, no randomness; the same arguments always give the same result."""

    name: str

    def open(self, request: Request, terms: Terms, trade: str) -> Plan | Refusal:
        """The plan for one account, or every reason why there is none. *trade* is the id the plan carries."""
        ...

    def begin(self, plan: Plan) -> object:
        """The strategy's own state before the first fact; must be comparable with ==."""
        ...

    def apply(self, trade: Trade, fact: Fact) -> object:
        """The own state after an execution or a fact of our own, which the ledger of *trade* already holds.

        Called in venue order; after a late execution the whole history is folded again from `begin`. Order facts are
        not passed: they have no order, read the lines instead.
        """
        ...

    def desired(self, trade: Trade) -> Desired:
        """What should be working at the venue now; every price on the tick, every quantity on the step.

        By the plan's instrument, which the venue may change while the trade lives: Regridded is folded by `apply` like
        any fact, its trade has the new rules by then. Prices of the old ones are rounded for it where they are sent.
        """
        ...

    def alerts(self, before: Trade, fact: Fact, after: Trade) -> tuple[Alert, ...]:
        """What people should be told about the step from *before* to *after*."""
        ...


@runtime_checkable
class Merges(Protocol):
    """A strategy that can add a second request to a live trade (B13) has this besides; one that hasn't refuses it."""

    def merge(self, request: Request, terms: Terms, trade: Trade, identity: str) -> Plan | Refusal:
        """The plan that *trade* has from then on, with an Addition of this *identity*, or every reason against it.

        The fact Merged is folded by `apply` like any; its trade has the new plan by then.
        """
        ...


@runtime_checkable
class Rebuilds(Protocol):
    """A strategy that can make a trade again of what the venue shows of it (C7) has this besides."""

    def rebuild(self, remains: Remains, terms: Terms) -> Plan | Refusal:
        """The plan of a trade that the store has lost, or every reason why a person must decide."""
        ...
