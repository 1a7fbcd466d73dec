"""Moves a venue's prices along their paths and stops at each touch: what it causes is in force before the next."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from core.money import floor_to
from plugins.exchanges.paper.market.candles import Candles
from plugins.exchanges.paper.market.path import Move, Path
from plugins.exchanges.paper.venue.engine import Venue


@dataclass(frozen=True, slots=True)
class FundingDue:
    """A funding payment to come."""

    at: int
    symbol: str
    rate: Decimal


@dataclass(slots=True)
class _Track:
    """Where one symbol stands on its path.

    *origin* is where the present *move* began: times are reckoned from there,
    so that a stop on the way (another account's touch) shifts nobody's clock.
    """

    path: Path
    price: Decimal
    at: int
    moves: Iterator[Move]
    move: Move | None = None
    origin: tuple[Decimal, int] = (Decimal(0), 0)
    bar: int = 0
    watch: tuple[Decimal | None, Decimal | None] = (None, None)
    ended: bool = False


@dataclass(slots=True)
class Mover:
    """Prices of all symbols in one time. *volume_share*: how much of each candle's volume can be had, None = all."""

    venue: Venue
    tracks: dict[str, _Track] = field(default_factory=dict)
    funding: list[FundingDue] = field(default_factory=list)
    volume_share: Decimal | None = None
    bars: int = 0

    def add(self, path: Path) -> None:
        """Begin a symbol's path at its start."""
        price, at = path.start()
        state = self.venue.state
        state.last[path.symbol] = price
        state.now = max(state.now, at)
        moves = path.moves() if not isinstance(path, Candles) else iter(())
        track = _Track(path, price, at, moves)
        self.tracks[path.symbol] = track
        if isinstance(path, Candles):
            self._enter(track, path, 0)

    def watch(self, symbol: str, below: Decimal | None, above: Decimal | None) -> None:
        """Also stop at these prices, once each until watched anew."""
        track = self.tracks.get(symbol)
        if track is not None:
            track.watch = (below, above)

    def push(self, symbol: str, price: Decimal) -> None:
        """Move *symbol* there now, in no time; what lies on the way is touched, nearest first. Raises KeyError.

        Whatever the path was on its way to is dropped: it goes on from here with its next move.
        """
        track, venue = self.tracks[symbol], self.venue
        track.move = None
        told = len(venue.state.events)
        while (touched := self._touched(track, price)) is not None:
            stuck = touched == track.price
            track.price = touched
            venue.set_price(symbol, touched)
            if stuck and len(venue.state.events) == told:
                break
            told = len(venue.state.events)
        track.price = price
        track.at = max(track.at, venue.state.now)
        venue.pass_by(symbol, price)

    def advance(self, until: int | None) -> bool:
        """Move on until something is touched or *until*; False when every path has ended before that."""
        state = self.venue.state
        while not state.events:
            track = self._earliest()
            if self._pay_funding(track, until):
                continue
            if track is None:
                if until is not None:
                    state.now = max(state.now, until)
                return False
            if until is not None and track.at >= until and state.now >= until:
                return True
            if self._walk(track, self._horizon(until)):
                return True
        return True

    def _pay_funding(self, track: _Track | None, until: int | None) -> bool:
        """Pay what is due once every path stands there; True when something was paid."""
        if not self.funding or (until is not None and self.funding[0].at > until):
            return False
        due = self.funding[0]
        if track is None and due.at > self.venue.state.now:
            self.funding.clear()
            return False
        if track is not None and track.at < due.at:
            return False
        self.funding.pop(0)
        self.venue.fund(due.symbol, due.rate)
        return True

    def _horizon(self, until: int | None) -> int | None:
        """No move goes beyond this at once: *until*, or the next funding."""
        if not self.funding:
            return until
        return self.funding[0].at if until is None else min(until, self.funding[0].at)

    def _earliest(self) -> _Track | None:
        tracks = [track for track in self.tracks.values() if not track.ended]
        return min(tracks, key=lambda track: track.at) if len(tracks) > 1 else (tracks[0] if tracks else None)

    def _walk(self, track: _Track, horizon: int | None) -> bool:
        """Walk one move, or as much of it as *horizon* allows; True when something was touched on the way."""
        move = track.move
        if move is None:
            move = self._next(track, horizon)
            track.origin = (track.price, track.at)
        if move is None:
            return False
        limit = move
        if horizon is not None and move.at > horizon:
            tick = self.venue.state.instruments[track.path.symbol].tick
            limit = Move(_between(track, move, horizon, tick), horizon, move.gap)
        touched = self._touched(track, limit.to)
        if touched is None:
            self._arrive(track, limit.to, limit.at)
            if limit is move:
                track.move = None
            return False
        at = track.at if touched == track.price else _when(track, move, touched)
        self._unwatch(track, touched)
        track.price, track.at = touched, max(track.at, at)
        self.venue.state.now = max(self.venue.state.now, track.at)
        self.venue.set_price(track.path.symbol, touched, limit.to if move.gap else None)
        return True

    def _arrive(self, track: _Track, price: Decimal, at: int) -> None:
        track.price, track.at = price, max(track.at, at)
        self.venue.pass_by(track.path.symbol, price)
        self.venue.state.now = max(self.venue.state.now, at)

    def _unwatch(self, track: _Track, touched: Decimal) -> None:
        """A watched price that trades is watched no more."""
        below, above = track.watch
        track.watch = (
            None if below is not None and touched <= below else below,
            None if above is not None and touched >= above else above,
        )

    def _next(self, track: _Track, until: int | None) -> Move | None:
        path = track.path
        if isinstance(path, Candles):
            self._next_in_candles(track, path, until)
        else:
            track.move = next(track.moves, None)
            track.ended = track.move is None
        return track.move

    def _next_in_candles(self, track: _Track, path: Candles, until: int | None) -> None:
        track.move = next(track.moves, None)
        if track.move is not None:
            return
        nearest = track.bar + 1
        found = self._skip(track, path, nearest, until)
        if found > nearest:
            self._arrive(track, path.candles[found - 1].close, path.end(found - 1))
            self.bars += found - nearest
            track.bar = found - 1
        if found >= len(path.candles):
            track.ended = True
            return
        self._enter(track, path, found)
        track.move = next(track.moves, None)

    def _enter(self, track: _Track, path: Candles, index: int) -> None:
        track.bar = index
        track.moves = iter(path.moves_in(index))
        self.bars += 1
        if self.volume_share is not None:
            self.venue.state.volume[path.symbol] = path.candles[index].volume * self.volume_share
            self.venue.state.dirty.add(path.symbol)

    def _skip(self, track: _Track, path: Candles, start: int, until: int | None) -> int:
        """The first bar from *start* on that touches anything: bars between are passed over whole."""
        low, high = self._limits(track)
        end = len(path.candles)
        before = self._before(track, until)
        lows, highs, candles = path.lows, path.highs, path.candles
        if self.volume_share is not None and self._waits(path.symbol):
            return start
        index = start
        while index < end:
            if (low is not None and lows[index] <= low) or (high is not None and highs[index] >= high):
                break
            if before is not None and candles[index].at + path.length > before:
                break
            index += 1
        return index

    def _waits(self, symbol: str) -> bool:
        """Whether anything may happen on a symbol; what the present bar starves shows no band until the next."""
        accounts = self.venue.state.accounts.values()
        return any(account.working(symbol) or any(held.size for held in account.held(symbol)) for account in accounts)

    def _before(self, track: _Track, horizon: int | None) -> int | None:
        """Whole bars are passed over no further than *horizon* and where the other symbols stand."""
        times = [each.at for each in self.tracks.values() if each is not track and not each.ended]
        if horizon is not None:
            times.append(horizon)
        return min(times, default=None)

    def _limits(self, track: _Track) -> tuple[Decimal | None, Decimal | None]:
        bands = self.venue.bands(track.path.symbol)
        below, above = track.watch
        low = below if bands.low is None else (bands.low if below is None else max(bands.low, below))
        high = above if bands.high is None else (bands.high if above is None else min(bands.high, above))
        return low, high

    def _touched(self, track: _Track, to: Decimal) -> Decimal | None:
        """The first price on the way that touches something, None when the way is free."""
        price = track.price
        bands = self.venue.bands(track.path.symbol)
        if (bands.low is not None and price < bands.low) or (bands.high is not None and price > bands.high):
            return price
        low, high = self._limits(track)
        if to <= price and low is not None and to <= low:
            return min(low, price)
        if to >= price and high is not None and to >= high:
            return max(high, price)
        return None


def _between(track: _Track, move: Move, until: int, tick: Decimal) -> Decimal:
    """Where a straight move stands at *until*, on the tick, never outside the move and never going back."""
    price, at = track.origin
    if move.at <= at:
        return move.to
    exact = floor_to(price + (move.to - price) * (until - at) / (move.at - at), tick)
    nearer, farther = sorted((track.price, move.to))
    return min(max(exact, nearer), farther)


def _when(track: _Track, move: Move, touched: Decimal) -> int:
    """When a straight move passes *touched*."""
    price, at = track.origin
    if move.to == price:
        return move.at
    return at + int((move.at - at) * abs(touched - price) / abs(move.to - price))
