"""Everything that can happen to an account machine."""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from core.commands import Command, Outcome
from core.desired import Phase
from core.facts import ActKind, Cut, PositionIs, VenueFact
from core.plan import Plan
from core.request import Request
from core.terms import Terms
from core.words import Slot


@dataclass(frozen=True, slots=True)
class Open:
    """A request for this account, sized for it already (A2). *leader* names the account it follows.

    *until*: a mirror that can't open now may still until then (A9), measured from the leader's start.
    """

    request: Request
    terms: Terms
    trade: str
    leader: str | None = None
    until: int | None = None
    refused: tuple[str, ...] = ()
    """Why a mirror can't even be asked (the scaling refused); it then only reports."""
    since: tuple[int, Decimal] | None = None
    """A mirror asked late: when its leader opened, and at what price (A9)."""
    into: str = ""
    """The trade that the leader merged this request into (B13): a mirror adds to it, or does nothing."""
    ask: int = 0
    """Which ask this is: its reply says so, that only who asked takes it for theirs. 0 = nobody waits."""


@dataclass(frozen=True, slots=True)
class Unoffered:
    """A mirror has no terms for what its leader was asked for: it never opens that, and says so (A3).

    *outcome* is rejected or skipped (G2). *trade*, *leader* and *into* are as with Open.
    """

    request: Request
    trade: str
    leader: str
    outcome: str
    why: str
    into: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """Facts from the venue, in the order in which they arrived."""

    facts: tuple[VenueFact, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """The venue's answers to commands, one each."""

    commands: tuple[Command, ...]
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class CutFailed:
    """A cut could not be had."""

    reason: str


@dataclass(frozen=True, slots=True)
class Operate:
    """An operator's act on a live trade (B14). *last* is the market's price, against which it is checked."""

    trade: str
    kind: ActKind
    by: str
    last: Decimal | None = None
    role: str = ""
    price: Decimal | None = None
    quantity: Decimal | None = None
    reason: str = "manual"
    ask: int = 0


@dataclass(frozen=True, slots=True)
class Pause:
    """No new entries from now on, or again (durable)."""

    paused: bool
    by: str


class LeaderIs(NamedTuple):
    """How the leader's trade stands: the latest word wins, repeating it is harmless (A4).

    *reason* is its closing reason, "" while it isn't closing. *moved* is its stop as moved by hand, with the time;
    where that is no price it was moved to breakeven, and each account has its own (B9). *less*: what somebody took
    back of it by hand ("" = nothing), so that it is not what was asked for any more.
    """

    trade: str
    account: str
    phase: Phase
    tp1: bool
    reason: str
    moved: tuple[Decimal | None, int] | None
    entered: Decimal
    first_at: int | None
    less: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed."""


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody wants the venue looked at now, in full; what it shows is reconciled as ever (`doctor --fix`).

    *forget*: what the store has lost and nobody adopted is to be cancelled with the orphans (emergency). *over*: these
    trades were listed, and nobody wants their orders (`clean-up`, emergency).
    """

    forget: bool = False
    over: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Adopt:
    """Bind what the account holds and isn't ours to a plan (A6); *orders* of others by their ids are taken out.

    *shown* is the row that the plan was made of: what it counts came before the trade, heard of or not.
    """

    plan: Plan
    orders: tuple[str, ...]
    by: str
    ask: int = 0
    shown: PositionIs | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """Give a trade's position back to the user: nothing of it is ours from then on (A6)."""

    trade: str
    by: str
    ask: int = 0


@dataclass(frozen=True, slots=True)
class TakeOut:
    """Cancel these orders of others: an operator named them (A6, emergency's --foreign)."""

    orders: tuple[tuple[str, Slot], ...]
    by: str


@dataclass(frozen=True, slots=True)
class Rebuild:
    """What the venue shows of trades that the store has forgotten (C7): terms, and a cut from long ago."""

    terms: tuple[Terms, ...]
    cut: Cut


Input = (
    Rebuild
    | Adopt
    | Release
    | TakeOut
    | Look
    | Open
    | Unoffered
    | Known
    | Answered
    | CutFailed
    | Operate
    | Pause
    | LeaderIs
    | Tick
)
