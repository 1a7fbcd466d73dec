"""One storm before it happens: a trade, a price path, what people do meanwhile, and how bad the weather is."""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from config.simulation.fates import Kind
from core.identity import trade_and_role
from core.instrument import Instrument
from core.money import ZERO
from core.plan import ENTRY_PREFIX, TARGET_PREFIX, Rules
from core.request import Request
from core.words import Side
from plugins.exchanges.paper.venue.account import Account
from plugins.exchanges.paper.venue.policies import Policies

SYMBOL = "SIMUSDT"
START = 1_700_000_000_000
OPENED = 2_000
"""Milliseconds after the start at which the trade is asked for."""
BY_SIZE = 30_000
"""A happening of a larger size chooses more by it."""


class Does(StrEnum):
    """What happens at a time of its own, to one account."""

    STREAM_DOWN = "stream_down"
    STALL = "stall"
    OFFLINE = "offline"
    DISK_FULL = "disk_full"
    VENUE_RESTART = "venue_restart"
    OPERATOR = "operator"
    MERGE = "merge"
    """Somebody adds to the trade (B13); *size* chooses what he asks for."""
    OPPOSITE = "opposite"
    """Somebody asks for a trade the other way; *size* chooses what he asks for."""
    RELEASE = "release"
    ADOPT = "adopt"
    EMERGENCY = "emergency"
    MOVE_STOP = "move_stop"
    """An operator moves the stop of a trade; *size* says how near to the market."""
    PAUSE = "pause"
    """An operator pauses new entries with an odd *size*, and lets them go on with an even one."""
    REDUCE = "reduce"
    """An operator closes a part; *size* says how much, now and then no multiple of the step."""
    KILL = "kill"
    """The process dies."""
    USER_ORDER = "user_order"
    USER_CANCEL = "user_cancel"
    USER_CLOSE = "user_close"
    USER_STOP = "user_stop"
    """The user takes our stop away, or moves it; *size* chooses, and beyond BY_SIZE where to."""
    USER_TARGET = "user_target"
    """The user moves one of our take-profits in the app."""
    USER_MODE = "user_mode"
    """The user switches between one-way and hedge mode, as far as the venue lets him."""
    USER_LEVERAGE = "user_leverage"
    """The user changes the symbol's leverage; *size* chooses to what."""
    NEW_RULES = "new_rules"
    """The venue changes the symbol's trading rules; *size* chooses how."""
    LIQUIDATE = "liquidate"
    DELEVERAGE = "deleverage"
    FUNDING = "funding"
    GHOST = "ghost"
    """The venue executes an entry that it had ended already (rel:F31); *size* chooses which, and how much of it."""
    MUTE = "mute"
    """Requests arrive, and none is answered, for a while."""
    BUSY = "busy"
    """Everything is refused as too much, for a while."""
    THIN = "thin"
    """Little volume from now on, for a while."""
    UNLISTED = "unlisted"
    """What executes from now on is told by no stream and no list, for a while: positions alone show it."""
    LOST = "lost"
    """No request arrives, for a while; the stream goes on."""
    IDLE_STOPS = "idle_stops"
    """Stops that are set are taken and have no effect, for a while; those of new orders are placed."""
    RATIONED = "rationed"
    """Of entries that are placed together some are refused as too many, each for longer; *size* says which."""
    BEHIND = "behind"
    """The venue's lists stay as they are now, all of them, for a while."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of a story. *size* is its length in milliseconds, or a number that chooses among variants."""

    at: int
    what: Does
    account: str
    size: int
    other: bool = False
    """Whether it befalls the trade on the other side; both are held in hedge mode only."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How quick everything is, milliseconds: the way to the venue, the stream, the store, a step of the price."""

    road: int
    stream: int
    store: int
    price: int
    answer: int
    """When a request without an answer is given up."""


@dataclass(frozen=True, slots=True)
class Apart:
    """From a time on the venue's clock is so much ahead of ours, and adapters believe it to be so much; milliseconds.

    Negative = behind. A venue's clock that is put back stands until then.
    """

    at: int
    ahead: int
    believed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One seed's storm, whole. Times are milliseconds after START."""

    seed: int
    accounts: tuple[tuple[str, Decimal], ...]
    instrument: Instrument
    policies: Policies
    hedge: bool
    rules: Rules
    request: Request
    prices: tuple[tuple[int, Decimal, bool], ...]
    """(time, price, whether it jumps there at once)."""
    happenings: tuple[Happening, ...]
    chances: dict[Kind, int]
    pace: Pace
    slippage: Decimal = ZERO
    audit: int = 60_000
    """Milliseconds between two looks of a healthy account."""
    down: tuple[int, ...] = (100, 400, 2_000, 15_000, 60_000)
    """How long a dead process may stay dead, milliseconds."""
    apart: tuple[Apart, ...] = ()
    """How far the clocks differ; none = not at all."""

    @property
    def ends(self) -> int:
        """When the storm is over."""
        return self.prices[-1][0] + 1

    def side(self, each: Happening) -> Side:
        """The side of the trade that a happening befalls."""
        asked = self.request.side
        return asked if not each.other else Side.SHORT if asked is Side.LONG else Side.LONG


def is_entry(link: str) -> bool:
    """Whether an order of ours of this name is an entry."""
    return trade_and_role(link)[1].startswith(ENTRY_PREFIX)


def is_target(link: str) -> bool:
    """Whether an order of ours of this name is a take-profit."""
    return trade_and_role(link)[1].startswith(TARGET_PREFIX)


def index_of(account: Account, side: Side) -> int:
    """Where a trade on *side* is held, in the mode that the account has now."""
    return 0 if SYMBOL not in account.hedge else 1 if side is Side.LONG else 2


def places(account: Account) -> tuple[int, ...]:
    """Where the account may hold something, in the mode that it has now."""
    return (0,) if SYMBOL not in account.hedge else (1, 2)


WINDOWS = (
    Does.STREAM_DOWN, Does.STALL, Does.OFFLINE, Does.DISK_FULL, Does.VENUE_RESTART, Does.BUSY, Does.THIN,
)  # fmt: skip
"""What lasts for a while, as every storm may draw it."""


def without(story: Story, dropped: frozenset[int]) -> Story:
    """The story without the happenings of these places."""
    kept = tuple(each for place, each in enumerate(story.happenings) if place not in dropped)
    return replace(story, happenings=kept)
