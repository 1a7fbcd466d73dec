"""The Exchange port: one object per account, which speaks to one venue.

Two shapes of the same thing. `Exchange` is what live adapters are: asynchronous. `SteppedExchange` with `SteppedMarket`
is what an embedded venue offers to a virtual-time carrier (demo, replay, simulation): the same commands and facts,
without waiting.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from decimal import Decimal
from typing import Protocol, runtime_checkable

from core.candle import Candle
from core.commands import Command, Outcome
from core.facts import Cut, VenueFact
from core.instrument import Instrument
from core.terms import Capabilities, Terms
from core.words import Environment, PositionMode

__all__ = ["Candle", "Exchange", "Identified", "SteppedExchange", "SteppedMarket"]


class Exchange(Protocol):
    """One account at one venue. Facts carry venue time, venue sequence and ids.

    The client order id is the caller's key, unchanged; orders without one are reported under the venue's own id.
    """

    account: str
    environment: Environment
    capabilities: Capabilities

    async def start(self) -> None:
        """Connect and check what must hold before trading; raises ConfigError, Unavailable or Stopped."""
        ...

    async def close(self) -> None:
        """Disconnect; nothing at the venue is changed. Safe to call twice."""
        ...

    async def instruments(self) -> Mapping[str, Instrument]:
        """Every symbol that can be traded, by name; asked for with every look: kept, for an hour at most.

        Read anew, too, once the venue refused something by its rules, which it may have changed (rel:F37).
        """
        ...

    async def terms(self, symbol: str) -> Terms:
        """What the account offers for *symbol* now. Raises ConfigError for an unknown symbol, Unavailable."""
        ...

    async def snapshot(self, since: int, *, full: bool = True) -> Cut:
        """One consistent cut: positions, open orders, stops, balance, executions from *since* (overlap is harmless).

        *since* may be the venue's time (an earlier cut's) or ours (a request's): an adapter reads from the earlier one.

        With *full* False only one page of the open orders is read, the next one at each call (the healthy audit).
        Raises Unavailable; never returns a part as if it were the whole.
        """
        ...

    async def submit(self, commands: Sequence[Command]) -> tuple[Outcome, ...]:
        """Carry commands out, batched where the venue can: one outcome per command, in order. Never raises for them."""
        ...

    async def switch_mode(self, symbol: str, mode: PositionMode) -> Outcome:
        """Switch a symbol's position mode (A5); refused (RULES) with a position or orders, SAME when it is so already.

        Never raises for what the venue says.
        """
        ...

    def events(self) -> AsyncIterator[VenueFact]:
        """The account's facts as they come, Stream facts included; ends when the adapter is closed."""
        ...

    async def candles(self, symbol: str, interval_minutes: int, limit: int) -> tuple[Candle, ...]:
        """The latest *limit* closed bars, oldest first."""
        ...

    async def last_price(self, symbol: str) -> Decimal:
        """The last traded price."""
        ...

    def prices(self, symbols: Sequence[str]) -> AsyncIterator[tuple[str, Decimal, int]]:
        """(symbol, last price, time) whenever one of *symbols* trades; ends when the adapter is closed.

        No symbols: every symbol that the adapter streams already (those with a trade or a watcher).
        """
        ...


@runtime_checkable
class Identified(Protocol):
    """An Exchange that knows which account at its venue the key belongs to; others take any key for the right one."""

    @property
    def uid(self) -> str:
        """The venue's id of the account, once `start` has returned; "" where it gives none."""
        ...


class SteppedExchange(Protocol):
    """One account of an embedded venue in virtual time."""

    account: str
    environment: Environment
    capabilities: Capabilities

    def instruments(self) -> Mapping[str, Instrument]:
        """As Exchange.instruments."""
        ...

    def terms(self, symbol: str) -> Terms:
        """As Exchange.terms."""
        ...

    def snapshot(self, since: int) -> Cut:
        """As Exchange.snapshot, full."""
        ...

    def submit(self, commands: Sequence[Command]) -> tuple[Outcome, ...]:
        """As Exchange.submit; what it causes is in `drain` when it returns."""
        ...

    def drain(self) -> tuple[VenueFact, ...]:
        """The facts since the last call, in venue order."""
        ...


class SteppedMarket(Protocol):
    """The world of an embedded venue: time and prices move only when told."""

    @property
    def now(self) -> int:
        """Venue time."""
        ...

    def last(self, symbol: str) -> Decimal:
        """The last traded price."""
        ...

    def watch(self, symbol: str, below: Decimal | None, above: Decimal | None) -> None:
        """Also stop where *symbol* trades at or below *below*, or at or above *above* (None = not watched)."""
        ...

    def advance(self, until: int | None) -> bool:
        """Move on until an account has facts to drain, a watched price trades, or *until*; False when the path ended.

        What one touch causes can be answered before the path moves on: it stops at each touch.
        """
        ...
