"""One trade in an account machine's hands: the trade itself and what the machine remembers about handling it.

Everything here but `trade` and `history` can be lost and found again: it is about sending, not about what is true.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from core.alerts import Resize
from core.commands import Code
from core.desired import Desired, Phase, StopKind
from core.facts import Act, Filled, Funding, Merged, Reached, Regridded, Woke
from core.instrument import Instrument
from core.plan import Plan
from core.report import TradeReport
from core.strategy import Strategy
from core.terms import Terms
from core.trade import Trade

Decided = Act | Merged | Regridded
"""Facts of our own that know where they stand among the executions."""
Remembered = Filled | Funding | Decided | Woke | Reached

RETRY_AFTER = (200, 1_000, 5_000)
"""Milliseconds before the second, third and fourth try of a refused wish (C4); then it is blocked."""
LONGEST = 60_000
"""The longest time between two tries of what is tried for as long as it is refused."""


@dataclass(slots=True)
class Backoff:
    """A role whose wish was refused. *until* None: blocked until a fact or a cut changes what is known.

    *died*: its order was taken and ended unfilled, so that being taken is no success.
    """

    began: int
    """When it was refused first: the same trouble until it is taken."""
    tries: int = 0
    until: int | None = 0
    reason: str = ""
    code: Code | None = None
    """Of the closed list's why it was refused last."""
    died: bool = False
    told: bool = False
    """Whether people know that it is blocked: every look tries it once more, and it is the same trouble still."""
    waited: bool = False
    """Whether people know that it waits for its turn: should the venue refuse it then, that is another trouble."""

    def patience(self, now: int) -> int:
        """How long to wait before what may be tried for ever is tried again: the longer, the longer it has failed."""
        return min(max((now - self.began) // 10, RETRY_AFTER[-1]), LONGEST)


@dataclass(slots=True)
class Item:
    """One take-profit in a rebalance: what it was, what it should be, whether it was tried, and why it failed."""

    old: Decimal
    new: Decimal
    tried: bool = False
    error: str = ""


@dataclass(slots=True)
class Round:
    """A rebalance under way (C5)."""

    began: int
    number: int
    items: dict[str, Item] = field(default_factory=dict)


@dataclass(slots=True)
class Box:
    """A live trade. *history* holds executions and own facts in venue order."""

    trade: Trade
    strategy: Strategy
    terms: Terms | None
    history: list[tuple[int, int, Remembered]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    desired: Desired | None = None
    phase: Phase = Phase.BUILDING
    preparing: bool = False
    backoffs: dict[str, Backoff] = field(default_factory=dict)
    round: Round | None = None
    rounds: int = 0
    unsettled: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    """Take-profits whose change failed, and from what to what: told once, and once more should it come to work."""
    told_stop: tuple[Decimal, StopKind] | None = None
    last_stop: tuple[Decimal, StopKind] | None = None
    exposed_since: int | None = None
    exposed_told: bool = False
    liquidation_told: bool = False
    passed_since: int | None = None
    """The venue's time of the first look that showed the market past a stop that hasn't fired."""
    passed_told: bool = False
    replaced: dict[str, str] = field(default_factory=dict)
    stops: dict[Decimal, int] = field(default_factory=dict)
    """When a stop was asked for last, or gave its place to another of ours: lists may show it for a while after."""
    put_back: dict[str, list[int]] = field(default_factory=dict)
    frozen: set[str] = field(default_factory=set)
    placed: set[str] = field(default_factory=set)
    own_cancels: set[str] = field(default_factory=set)
    passed_over: set[str] = field(default_factory=set)
    """Roles of which a revision became known before the end of the last: what that executed only a look can tell."""
    woken: int | None = None
    leader_moved: tuple[Decimal | None, int] | None = None
    """The leader's stop as moved by hand that was seen last: copied once, whatever is done here afterwards (A4)."""
    leader_heard: bool = False
    """Whether the leader has told how it stands since the start: its first word may be of what is copied already."""
    reported: TradeReport | None = None
    """How its end was reported last."""
    steps: dict[str, tuple[int, int]] = field(default_factory=dict)
    news: tuple[int, int] = (0, 0)
    born: Plan | None = None
    """The plan that the trade began with, once a merge or the venue's rules have given it another (B13, rel:F37)."""
    former: list[Instrument] = field(default_factory=list)
    """The rules that it went by before those of its plan now, oldest first."""
    guessed: bool = False
    """Whether its history holds a change that looks agreed on and no execution named (C8)."""
    booked: int = -1
    """When an execution was booked last, since the start."""
    after_seq: int = -1
    """Executions of others up to this sequence came before the trade, which adopted what they left (A6)."""

    id: str = field(init=False)
    """The trade's id, whatever plan a merge gives it."""

    def __post_init__(self) -> None:
        """Take the id from the plan, and its stop for one that was asked for."""
        plan = self.trade.plan
        self.id = plan.trade
        if plan.stop is not None:
            self.stops[plan.stop] = plan.at


def failed(item: Item, role: str) -> Resize:
    """The line of an alert for one take-profit."""
    return Resize(role, item.old, item.new, item.error)
