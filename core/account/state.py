"""What an account machine knows. Functions of the neighbouring modules change it, one step at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from core.account.box import Box
from core.account.effects import Effects, Journaled
from core.account.inputs import LeaderIs, Open
from core.alerts import Alert, Body
from core.commands import Command, Refused
from core.days import Offset, utc
from core.facts import Fact, Wallet
from core.gate import Limits
from core.identity import Key, parse_key
from core.mirror import Following
from core.slot_view import SlotView
from core.strategy import Strategy
from core.terms import Capabilities
from core.words import Environment, Slot, slots_of

KEPT_CLOSED = 200
"""How many closed trades stay at hand, so that a ghost fill finds its own."""


@dataclass(frozen=True, slots=True)
class Timings:
    """When things are looked at again, milliseconds."""

    audit: int = 60_000
    full: int = 3_600_000
    degraded: int = 5_000
    echo: int = 3_000
    """How long the stream may take to show what a command did."""
    absence: int = 3_000
    """How far apart two looks must be to prove that an order was never accepted (C4)."""
    answer: int = 15_000
    """After this a command without an answer counts as Unknown."""


@dataclass(slots=True)
class Flight:
    """A command on its way, until its answer is known."""

    command: Command
    at: int
    box: Box | None
    echoed: bool = False
    """Whether the venue has shown what it asked for; what is shown after that is another's."""


@dataclass(slots=True)
class Doubt:
    """An order that must be asked for by key.

    *sent*: when the command in doubt left; *absent*: first look without it; *refusal*: with what the venue says that
    there is such an order.
    """

    slot: Slot
    sent: int
    due: int
    absent: int | None = None
    asking: bool = False
    refusal: Refused | None = None


@dataclass(slots=True)
class Owed:
    """A slot whose position no known execution explains: when a look is asked for, and how long after that again."""

    due: int
    wait: int


@dataclass(slots=True)
class Cuts:
    """The look at the venue that is under way or due. *since* is the time from which executions are read."""

    asked: int | None = None
    due: int | None = None
    full_due: int = 0
    since: int = 0
    done: int = 0
    taken_at: int | None = None
    shown: int = -1
    """When the last look that was taken in was asked for."""
    well_at: int = 0
    """When a look ended what had been wrong last: a gap in what was heard."""
    behind: int | None = None
    """Since when looks have shown less than is known."""
    unbooked: int | None = None
    """Since when looks have lacked an execution that the venue named."""
    told: bool = False
    """Whether people know that no look succeeds."""
    mismatched: dict[Slot, Decimal] = field(default_factory=dict)
    vacant: dict[Slot, int] = field(default_factory=dict)
    """Slots without a trade, believed to hold something, that the last look left out; with the number believed."""


@dataclass(slots=True)
class AccountState:
    """One account: its trades, what works or flies at the venue, and how well it is.

    *troubles* holds what is wrong with the account, by name, with since when; empty = healthy. *touched* are the trades
    that inputs touched in this step, *timed* those that try again or alarm at a time. *out* is what this step asks of
    the shell.
    """

    account: str
    environment: Environment
    capabilities: Capabilities
    strategies: Mapping[str, Strategy]
    limits: Limits
    following: Following | None = None
    timings: Timings = Timings()
    now: int = 0
    began: int = 0
    """When this life began: what was executed before and has no trade any more is history, not an orphan's doing."""
    boxes: dict[str, Box] = field(default_factory=dict)
    ended: dict[str, Box] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    keys: dict[str, tuple[Box, Key]] = field(default_factory=dict)
    owners: dict[Slot, Box] = field(default_factory=dict)
    slots: dict[Slot, SlotView] = field(default_factory=dict)
    flights: dict[str, Flight] = field(default_factory=dict)
    busy: dict[str, Command | None] = field(default_factory=dict)
    doubts: dict[str, Doubt] = field(default_factory=dict)
    owed: dict[Slot, Owed] = field(default_factory=dict)
    leverage: dict[str, Decimal] = field(default_factory=dict)
    leverage_at: dict[str, int] = field(default_factory=dict)
    """Of when a symbol's leverage is known: what arrives late says nothing of now."""
    wallet: Wallet | None = None
    troubles: dict[str, int] = field(default_factory=dict)
    paused: bool = False
    stream_up: bool = True
    cuts: Cuts = field(default_factory=Cuts)
    waiting: dict[str, Open] = field(default_factory=dict)
    leads: dict[str, LeaderIs] = field(default_factory=dict)
    over: dict[str, LeaderIs] = field(default_factory=dict)
    """Leaders' trades that are closing or closed: what has ended there is not joined here."""
    words: dict[str, LeaderIs] = field(default_factory=dict)
    """How leaders' live trades stood last, for a mirror that opens after it was told."""
    users: set[Slot] = field(default_factory=set)
    suspects: dict[str, int] = field(default_factory=dict)
    """What the live auditor found wrong, and when first."""
    bands: dict[str, tuple[Decimal | None, Decimal | None]] = field(default_factory=dict)
    blocks: list[int] = field(default_factory=list)
    last_stop_at: int | None = None
    hands_told: int = 0
    failures: int = 0
    breaker_told: int | None = None
    net_by_day: dict[int, Decimal] = field(default_factory=dict)
    """What trades that ended on a day made, for the days that still count; *offset* says where a day begins (I1)."""
    offset: Offset = utc
    touched: dict[str, Box] = field(default_factory=dict)
    timed: dict[str, Box] = field(default_factory=dict)
    wakes: list[tuple[int, str]] = field(default_factory=list)
    """When the strategy of which trade asked to be woken: a heap, each of its entries once, by *noted*."""
    noted: set[tuple[int, str]] = field(default_factory=set)
    rebuilding: bool = False
    """From a start until it is known whether the store has forgotten any trade (C7)."""
    lost: dict[str, Slot] = field(default_factory=dict)
    """Trades of ours at the venue that the store has forgotten, until they are made again or adopted."""
    lost_due: int = 0
    late: bool = False
    silent: bool = False
    out: Effects = field(default_factory=Effects)

    def touch(self, box: Box) -> None:
        """Mark a trade to be decided in this step."""
        self.touched[box.id] = box

    def box(self, trade: str) -> Box | None:
        """A live trade, or one that ended lately."""
        return self.boxes.get(trade) or self.ended.get(trade)

    def heard(self, trade: str) -> bool:
        """Whether this store knows of a trade, live or over: it was asked for here, or it was found to be over."""
        return trade in self.known or self.box(trade) is not None

    def find(self, key: str) -> tuple[Box | None, Key | None]:
        """Whose order *key* is: (trade, parts); (None, parts) for ours without a trade, (None, None) for another's."""
        known = self.keys.get(key)
        if known is not None:
            return known
        parts = parse_key(key)
        if parts is None or parts.account != self.account:
            return None, None
        box = self.box(parts.trade)
        if box is not None:
            self.keys[key] = (box, parts)
        return box, parts

    def on(self, symbol: str) -> list[Box]:
        """The live trades that own a slot of *symbol*."""
        return [self.owners[slot] for slot in slots_of(symbol) if slot in self.owners]

    def view(self, slot: Slot) -> SlotView:
        """What is believed of a slot."""
        view = self.slots.get(slot)
        if view is None:
            view = self.slots[slot] = SlotView()
        return view

    def first(self, trade: str | None, fact: Fact) -> None:
        """Remember a fact of our own before anything it causes.

        What the trade was told before it goes with it: a trade's journal is folded in the order in which it was lived.
        """
        if self.silent:
            return
        out = self.out
        if out.behind:
            out.first += [entry for entry in out.behind if entry.trade == trade]
            out.behind = [entry for entry in out.behind if entry.trade != trade]
        out.first.append(Journaled(trade, fact))

    def behind(self, trade: str | None, fact: Fact) -> None:
        """Remember a fact of the venue when there is time."""
        if not self.silent:
            self.out.behind.append(Journaled(trade, fact))

    def tell(self, body: Body, cause: str) -> None:
        """An alert about the account itself."""
        if not self.silent:
            self.out.alerts.append(
                Alert(body=body, account=self.account, environment=self.environment, at=self.now, cause=cause)
            )

    def wake(self, at: int) -> None:
        """Ask to be woken at *at* at the latest."""
        if self.out.wake is None or at < self.out.wake:
            self.out.wake = at
