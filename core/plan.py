"""What one account will do for a request: exact quantities, a ladder of take-profits, one stop, and the rules.

A plan is immutable for the life of its trade and is stored whole: folding the same facts over it always gives the same
state, whatever the configuration has become since. But for what a fact changes: a merge, and the venue's rules.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from core.instrument import Instrument
from core.money import HUNDRED, ZERO
from core.request import Request
from core.words import Environment, OrderSide, Side, Slot, TriggerBy


class OnFailure(StrEnum):
    """What to do with the rest of a position whose breakeven stop could not be set (B9)."""

    CLOSE = "close"
    KEEP = "keep"


class ManualChanges(StrEnum):
    """What becomes of a stop or take-profit that somebody moved in the exchange's app (A11)."""

    KEEP = "keep"
    RESTORE = "restore"


class Unproven(StrEnum):
    """What to do with a position that has no stop and can't get one, or has one that was passed and won't fire (B4)."""

    FLATTEN = "flatten"
    ALARM = "alarm"


class StopAfterKind(StrEnum):
    """Where the stop goes when a take-profit is hit (B15)."""

    KEEP = "keep"
    BREAKEVEN = "breakeven"
    ENTRY = "entry"
    TARGET = "target"
    TRAIL = "trail"


@dataclass(frozen=True, slots=True)
class StopAfter:
    """One row of the stop table. *level* for TARGET: the number of the take-profit; *percent* for TRAIL."""

    kind: StopAfterKind
    level: int = 0
    percent: Decimal = ZERO


BREAKEVEN = StopAfter(StopAfterKind.BREAKEVEN)
KEEP = StopAfter(StopAfterKind.KEEP)


@dataclass(frozen=True, slots=True)
class BreakevenRule:
    """How the breakeven price is found (B9). *fees* None = dynamic, else percent; *margin* in percent on top."""

    fees: Decimal | None = None
    margin: Decimal = Decimal("0.02")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A ladder strategy's settings as they stood when the plan was made. Times in milliseconds.

    *stop_after*: row k-1 says what happens when TPk is hit; levels past the end keep the stop.
    """

    shares: tuple[Decimal, ...] = (Decimal(85), Decimal(5), Decimal(5), Decimal(5))
    cancel_limits_on_tp1: bool = True
    breakeven: BreakevenRule = BreakevenRule()
    breakeven_failed: OnFailure = OnFailure.CLOSE
    stop_after: tuple[StopAfter, ...] = (BREAKEVEN,)
    unproven: Unproven = Unproven.FLATTEN
    protect_within: int = 5_000
    entry_ttl: int | None = None
    time_limit: int | None = None
    cancel_if_missed: bool = True
    trigger_by: TriggerBy = TriggerBy.LAST
    manual_changes: ManualChanges = ManualChanges.KEEP


@dataclass(frozen=True, slots=True)
class Leg:
    """One entry: *price* None = at market (once). *weight* as asked for."""

    role: str
    price: Decimal | None
    quantity: Decimal
    weight: Decimal


@dataclass(frozen=True, slots=True)
class Level:
    """One take-profit. *share* is percent of all that is filled, after B6's merge (0 = its share went elsewhere)."""

    role: str
    price: Decimal
    share: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """A later request that was merged into a trade (B13).

    *id* is what a trade of its own would have been called, *legs* how many the plan had before; *margin* is what the
    new ones need, *available* what the account had for them. *market* and *at* as in the plan.
    """

    id: str
    request: Request
    at: int
    market: Decimal
    margin: Decimal
    available: Decimal
    legs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One account's plan for one trade.

    Roles are E1..En for entries, TP1..TPn for take-profits and X for the closing order. *market* is the last price
    when the plan was made; *margin* what the entries need in quote units, fees aside. *leader* names the account it
    follows, None on a leader. A merge makes a new plan of the trade, which says by *additions* what was added when;
    *request*, *at* and *market* stay those of the first request.
    """

    trade: str
    account: str
    environment: Environment
    request: Request
    slot: Slot
    instrument: Instrument
    legs: tuple[Leg, ...]
    levels: tuple[Level, ...]
    stop: Decimal | None
    leverage: Decimal
    margin: Decimal
    market: Decimal
    taker: Decimal
    maker: Decimal
    at: int
    rules: Rules = Rules()
    leader: str | None = None
    settings: tuple[tuple[str, str], ...] = ()
    """A third-party strategy's own settings and findings, as text, frozen with the plan."""
    additions: tuple[Addition, ...] = ()

    side: Side = field(init=False, repr=False, compare=False)
    """Which way the trade bets."""
    opening: OrderSide = field(init=False, repr=False, compare=False)
    """The order side of entries."""
    closing: OrderSide = field(init=False, repr=False, compare=False)
    """The order side of exits."""
    symbol: str = field(init=False, repr=False, compare=False)
    """The instrument's name."""
    shares: tuple[Decimal, ...] = field(init=False, repr=False, compare=False)
    """Those of the levels, in their order."""

    @property
    def total(self) -> Decimal:
        """The quantity of all legs together."""
        return sum((leg.quantity for leg in self.legs), ZERO)

    @property
    def resting(self) -> tuple[Leg, ...]:
        """The legs that rest as limits: the n of "k/n limits filled" (C6)."""
        return tuple(leg for leg in self.legs if leg.price is not None)

    @property
    def asked_at(self) -> int:
        """When its latest entries were asked for: from then on unfilled ones expire (B15)."""
        return self.additions[-1].at if self.additions else self.at

    @property
    def ends_at(self) -> int | None:
        """When its time limit closes it (B15); None without one."""
        return None if self.rules.time_limit is None else self.at + self.rules.time_limit

    def stale(self, at: int) -> int:
        """How many of its first legs are too old at *at* to be sent, if they haven't been by then (A9)."""
        return max((legs for legs, until in self._ages() if at >= until), default=0)

    def stale_at(self, late: int) -> int:
        """From when on more of its legs are too old than the first *late*."""
        return min(until for legs, until in self._ages() if legs > late)

    def _ages(self) -> Iterator[tuple[int, int]]:
        """For each of its requests: how many legs there are with it, and from when on they are too old.

        By when the request was made, which our clock says as it says the time of now; *at* is the venue's.
        """
        request = self.request
        for each in self.additions:
            yield each.legs, request.at + request.valid_for + 1
            request = each.request
        yield len(self.legs), request.at + request.valid_for + 1

    def price_of(self, leg: Leg) -> Decimal:
        """A leg's price; for one at market the last price when it was asked for."""
        if leg.price is not None:
            return leg.price
        place = self.legs.index(leg)
        return next((each.market for each in reversed(self.additions) if place >= each.legs), self.market)

    def __post_init__(self) -> None:
        """Find once what every decision asks for; refuse ladders whose shares don't sum to 100."""
        side, shares = self.request.side, tuple(level.share for level in self.levels)
        found = {
            "side": side,
            "opening": side.opening,
            "closing": side.closing,
            "symbol": self.slot.symbol,
            "shares": shares,
        }
        for name, value in found.items():
            object.__setattr__(self, name, value)
        if shares and sum(shares, ZERO) != HUNDRED:
            raise ValueError(f"{self.trade}: take-profit shares don't sum to 100")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request can't be planned on an account: every reason at once (B2), each a sentence for a person.

    *too_small* marks a leg under the venue's minimum, which a mirror may be told to drop (A3).
    *ask* lists what could be accepted by confirming (a limit that would fill at once).
    """

    reasons: tuple[str, ...]
    too_small: bool = False
    ask: tuple[str, ...] = ()


ENTRY_PREFIX = "E"
TARGET_PREFIX = "TP"
CLOSING_ROLE = "X"


def entry_role(number: int) -> str:
    """The role of the entry leg *number* (from 1)."""
    return f"{ENTRY_PREFIX}{number}"


def target_role(number: int) -> str:
    """The role of the take-profit *number* (from 1)."""
    return f"{TARGET_PREFIX}{number}"
