"""What a step asks of the shell around it."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from core.account.inputs import LeaderIs
from core.alerts import Alert
from core.commands import Command
from core.facts import Fact
from core.plan import Plan, Refusal
from core.report import TradeReport


class CutKind(StrEnum):
    """How much of the venue to look at."""

    FULL = "full"
    AUDIT = "audit"
    """Executions, positions and one page of open orders."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of a request or an act, for whoever asked.

    *plan* or *refusal*; both None for an act that was taken. *ask* is the number of what was asked.
    """

    about: str
    account: str
    plan: Plan | None = None
    refusal: Refusal | None = None
    ask: int = 0

    def into(self, trade: str) -> str:
        """The trade that the request was merged into (B13), "" when it made *trade*, one of its own."""
        return "" if self.plan is None or self.plan.trade == trade else self.plan.trade


@dataclass(frozen=True, slots=True)
class Journaled:
    """Something to remember; *trade* None is about the account itself."""

    trade: str | None
    what: Plan | Fact


@dataclass(slots=True)
class Effects:
    """The shell carries these out in this order.

    *urgent* commands leave at once. *first* is then made durable. *soft* commands leave after that, even if it failed
    (they only reduce risk); *hard* ones never leave unless it succeeded. *behind* is written when there is time.
    *bands* are the prices to be woken at of the symbols where they changed, None = unchanged.
    """

    urgent: list[Command] = field(default_factory=list)
    first: list[Journaled] = field(default_factory=list)
    soft: list[Command] = field(default_factory=list)
    hard: list[Command] = field(default_factory=list)
    behind: list[Journaled] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    closed: list[TradeReport] = field(default_factory=list)
    leads: list[LeaderIs] = field(default_factory=list)
    reopen: list[str] = field(default_factory=list)
    """Trades whose request a mirror kept (A9) and can take now: ask again with fresh terms."""
    rebuild: tuple[str, ...] = ()
    """Symbols that have trades which the store has forgotten: get what a Rebuild needs."""
    cut: CutKind | None = None
    wake: int | None = None
    bands: dict[str, tuple[Decimal | None, Decimal | None]] | None = None
