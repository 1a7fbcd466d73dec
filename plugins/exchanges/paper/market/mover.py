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
    """Where one symbol stands on its path."""

    path: Path
    price: Decimal
    at: int
    moves: Iterator[Move]
    move: Move | None = None
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

    def advance(self, until: int | None) -> bool:
        """Move on until something is touched or *until*; False when every path has ended before that."""
        state = self.venue.state
        while not state.events:
            if self._pay_funding(until):
                continue
            track = self._earliest()
            if track is None:
                if until is not None:
                    state.now = max(state.now, until)
                return False
            if until is not None and track.at >= until and state.now >= until:
                return True
            if self._walk(track, until):
                return True
        return True

    def _pay_funding(self, until: int | None) -> bool:
        """Pay what is due before the next move of its symbol; True when something was paid."""
        if not self.funding:
            return False
        due = self.funding[0]
        track = self.tracks.get(due.symbol)
        if track is None or (due.at > track.at and not track.ended) or (until is not None and due.at > until):
            return False
        if track.ended and due.at > self.venue.state.now:
            self.funding.clear()
            return False
        self.funding.pop(0)
        self.venue.fund(due.symbol, due.rate)
        return True

    def _earliest(self) -> _Track | None:
        tracks = [track for track in self.tracks.values() if not track.ended]
        return min(tracks, key=lambda track: track.at) if len(tracks) > 1 else (tracks[0] if tracks else None)

    def _walk(self, track: _Track, until: int | None) -> bool:
        """Walk one move, or as much of it as *until* allows; True when something stopped it."""
        move = self._next(track, until)
        state = self.venue.state
        if move is None:
            return until is not None and state.now >= until
        limit = move
        if until is not None and move.at > until:
            tick = state.instruments[track.path.symbol].tick
            limit = Move(floor_to(_between(track.price, track.at, move, until), tick), until, move.gap)
        touched = self._touched(track, limit.to)
        if touched is None:
            track.price, track.at = limit.to, max(track.at, limit.at)
            self.venue.pass_by(track.path.symbol, limit.to)
            state.now = max(state.now, limit.at)
            if limit is move:
                track.move = None
            return until is not None and state.now >= until
        below, above = track.watch
        track.watch = (
            None if below is not None and touched <= below else below,
            None if above is not None and touched >= above else above,
        )
        at = _when(track.price, track.at, limit, touched)
        track.price, track.at = touched, max(track.at, at)
        state.now = max(state.now, track.at)
        self.venue.set_price(track.path.symbol, touched, limit.to if move.gap else None)
        return True

    def _next(self, track: _Track, until: int | None) -> Move | None:
        if track.move is not None:
            return track.move
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
            last = path.candles[found - 1]
            track.price, track.at = last.close, path.end(found - 1)
            self.venue.pass_by(path.symbol, last.close)
            self.venue.state.now = max(self.venue.state.now, track.at)
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
        before = self._before(until)
        lows, highs, candles = path.lows, path.highs, path.candles
        if self.volume_share is not None and (low is not None or high is not None):
            return start
        index = start
        while index < end:
            if (low is not None and lows[index] <= low) or (high is not None and highs[index] >= high):
                break
            if before is not None and candles[index].at + path.length > before:
                break
            index += 1
        return index

    def _before(self, until: int | None) -> int | None:
        due = self.funding[0].at if self.funding else None
        if until is None or due is None:
            return until if due is None else due
        return min(until, due)

    def _limits(self, track: _Track) -> tuple[Decimal | None, Decimal | None]:
        bands = self.venue.bands(track.path.symbol)
        below, above = track.watch
        low = below if bands.low is None else (bands.low if below is None else max(bands.low, below))
        high = above if bands.high is None else (bands.high if above is None else min(bands.high, above))
        return low, high

    def _touched(self, track: _Track, to: Decimal) -> Decimal | None:
        """The first price on the way that touches something, None when the way is free."""
        low, high = self._limits(track)
        price = track.price
        if to < price or (to == price and low is not None and to <= low):
            return min(low, price) if low is not None and to <= low else None
        return max(high, price) if high is not None and to >= high else None


def _between(price: Decimal, at: int, move: Move, until: int) -> Decimal:
    """Where a straight move stands at *until*."""
    if move.at <= at:
        return move.to
    return price + (move.to - price) * (until - at) / (move.at - at)


def _when(price: Decimal, at: int, move: Move, touched: Decimal) -> int:
    """When a straight move passes *touched*."""
    if move.to == price:
        return move.at
    return at + int((move.at - at) * abs(touched - price) / abs(move.to - price))
