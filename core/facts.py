"""What is known to have happened: facts from the venue, and facts of our own.

Facts are never wishes. *at* is venue time in milliseconds (for our own facts: the account machine's time). Quantities
are positive; the side says which way. ``seq`` orders executions, positions and stops of one symbol at the venue; order
facts have none that can be trusted (Bybit's order topic has no sequence number), so they are merged per key:
cumulative maximum, terminal absorbing.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.instrument import Instrument
from core.plan import Plan
from core.words import OrderSide, Slot


class EndReason(StrEnum):
    """Why an order is no longer working."""

    FILLED = "filled"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    VENUE = "venue"
    """The venue ended it: reduce-only rule, position closed, margin, delisting."""


class Cause(StrEnum):
    """What made an execution."""

    ORDER = "order"
    STOP = "stop"
    LIQUIDATION = "liquidation"
    ADL = "adl"
    FOREIGN = "foreign"
    """Somebody else's order on our account: the user's own hand, another program, a settlement."""


@dataclass(frozen=True, slots=True)
class Working:
    """An order is open at the venue. *quantity* is its total, *filled* part included; *stop* is the attached one.

    *key* is the client order id, or the venue's own order id for an order that has none of ours.
    """

    key: str
    slot: Slot
    side: OrderSide
    quantity: Decimal
    price: Decimal | None
    filled: Decimal
    at: int
    stop: Decimal | None = None
    reduce_only: bool = False
    trigger: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """An order is open no more. *filled* is all it ever executed: a missing execution becomes known by it.

    *quantity* is its total, as in Working; None where nothing tells it any more.
    """

    key: str
    filled: Decimal
    why: EndReason
    at: int
    code: str = ""
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """One execution. *key* is None when no client id is known (position-wide stop, liquidation, foreign order).

    *fee* is what was paid in quote units (negative = rebate).
    """

    execution: str
    slot: Slot
    key: str | None
    side: OrderSide
    quantity: Decimal
    price: Decimal
    fee: Decimal
    cause: Cause
    at: int
    seq: int


@dataclass(frozen=True, slots=True)
class StopIs:
    """The position-wide stop that the venue shows for a slot; None = it shows none."""

    slot: Slot
    price: Decimal | None
    at: int
    seq: int


@dataclass(frozen=True, slots=True)
class PositionIs:
    """What the venue says a slot holds. *size* is signed: negative = short. Unknown is never zero.

    *mark* and *last* are the symbol's prices as of then. None: it did not say.
    """

    slot: Slot
    size: Decimal
    at: int
    seq: int
    liquidation: Decimal | None = None
    leverage: Decimal | None = None
    mark: Decimal | None = None
    last: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Funding:
    """A funding payment, positive = paid by us. Never a fill (rel:F22)."""

    execution: str
    slot: Slot
    amount: Decimal
    at: int


@dataclass(frozen=True, slots=True)
class Wallet:
    """The account's money in quote units."""

    available: Decimal
    equity: Decimal
    at: int


@dataclass(frozen=True, slots=True)
class Price:
    """A traded price that a machine asked to be woken by."""

    symbol: str
    last: Decimal
    at: int


@dataclass(frozen=True, slots=True)
class LeverageIs:
    """The leverage in force for a symbol."""

    symbol: str
    leverage: Decimal
    at: int


@dataclass(frozen=True, slots=True)
class InstrumentIs:
    """The trading rules that a symbol has at the venue now."""

    instrument: Instrument
    at: int


@dataclass(frozen=True, slots=True)
class Stream:
    """The account's private stream came up or went down; from down until a covering cut the account is degraded."""

    up: bool
    at: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the venue says of the account itself, for people: *what* as in AccountDegraded, told once a cause.

    It changes nothing in how the account trades.
    """

    what: str
    detail: str
    cause: str
    at: int


@dataclass(frozen=True, slots=True)
class Cut:
    """One consistent look at the venue: what works, what was executed since the cursor, what is held.

    *asked* is when it was requested: nothing that was sent later may be judged by it. *full* is True when orders lists
    every open order; an audit page lists only some. *walked*: with this page a walk over all pages ended that began
    then and showed orders of these keys.
    """

    asked: int
    at: int
    orders: tuple[Working, ...]
    executions: tuple[Filled | Funding, ...]
    stops: tuple[StopIs, ...]
    positions: tuple[PositionIs, ...]
    wallet: Wallet | None = None
    full: bool = True
    walked: tuple[int, tuple[str, ...]] | None = None


VenueFact = (
    Working
    | Ended
    | Filled
    | StopIs
    | PositionIs
    | Funding
    | Wallet
    | Price
    | LeverageIs
    | InstrumentIs
    | Stream
    | Notice
    | Cut
)


# Facts of our own: they have no second copy at the venue, so they are durable before what they cause.


@dataclass(frozen=True, slots=True)
class Sent:
    """A placement of this key left (or was about to leave) for the venue."""

    key: str
    at: int


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A role is not tried again: what failed, and the code that ended it."""

    role: str
    code: str
    reason: str
    at: int


class ActKind(StrEnum):
    """What an operator, the leader or the machine itself decided about a trade (B14)."""

    CLOSE = "close"
    REDUCE = "reduce"
    MOVE_STOP = "move_stop"
    MOVE_TARGET = "move_target"
    CANCEL_ENTRIES = "cancel_entries"
    LEADER_TP1 = "leader_tp1"
    PROTECT_AGAIN = "protect_again"


TO_BREAKEVEN = "breakeven"


@dataclass(frozen=True, slots=True)
class Act:
    """A decision about one trade. *reason* is a closing reason of G2 for CLOSE; *by* names who decided.

    For MOVE_STOP *reason* may be TO_BREAKEVEN: *price* is this account's own then, and says nothing to mirrors (B9).

    *seq* is the highest execution sequence known when it was made: where it stands among the executions (DESIGN 8.4).
    """

    trade: str
    kind: ActKind
    at: int
    seq: int = -1
    role: str = ""
    price: Decimal | None = None
    quantity: Decimal | None = None
    reason: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Woke:
    """A time the strategy asked to be woken at has come."""

    trade: str
    at: int


@dataclass(frozen=True, slots=True)
class Reached:
    """The price a strategy asked to be woken by was traded: *last* is the price, the best one since for a trail."""

    trade: str
    last: Decimal
    at: int


@dataclass(frozen=True, slots=True)
class Paused:
    """Somebody paused or resumed new entries on the account."""

    paused: bool
    by: str
    at: int


@dataclass(frozen=True, slots=True)
class Merged:
    """A second request was merged into a trade (B13): *plan* is the trade's from now on, whole.

    *seq* as in Act: where it stands among the executions.
    """

    trade: str
    plan: Plan
    at: int
    seq: int


@dataclass(frozen=True, slots=True)
class Regridded:
    """The venue changed the trading rules of a trade's symbol (rel:F37): it goes by *instrument* from now on.

    *seq* as in Act: where it stands among the executions.
    """

    trade: str
    instrument: Instrument
    at: int
    seq: int


@dataclass(frozen=True, slots=True)
class Heard:
    """A request that made no trade of its own here, by the id of the trade it would have made (A9, B13).

    It was merged, or a mirror declined to: asked again, it is not done again.
    """

    request: str
    at: int


OwnFact = Sent | GivenUp | Act | Woke | Reached | Paused | Merged | Regridded | Heard
Fact = VenueFact | OwnFact
