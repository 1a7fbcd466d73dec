"""What befalls a storm for a while: streams that end, a full disk, a venue that restarts, is busy, or trades little."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from config.simulation.conditions import NOTICED
from config.simulation.disk import Disk
from config.simulation.process import Process
from config.simulation.road import Road
from config.simulation.story import SYMBOL, Does, Happening
from config.simulation.timeline import Timeline
from core.facts import Stream
from plugins.exchanges.paper.venue.engine import Venue


@dataclass(frozen=True, slots=True)
class Weather:
    """Comes, and is over by itself; `thick` ends a thin market at once."""

    venue: Venue
    timeline: Timeline
    roads: Mapping[str, Road]
    process: Process
    disk: Disk
    acted: Callable[[], None]
    """Lets the world hear what followed."""

    def comes(self, each: Happening, road: Road) -> None:
        """Let it begin."""
        now = self.timeline.now
        match each.what:
            case Does.STREAM_DOWN:
                self._drop(each.account, each.size)
            case Does.STALL:
                road.silent = True
                self.timeline.after(min(each.size, NOTICED), lambda: self._drop(each.account, 500))
            case Does.OFFLINE:
                road.offline_until = now + each.size
                self._drop(each.account, each.size)
            case Does.DISK_FULL:
                self.disk.full_until = now + each.size
            case Does.VENUE_RESTART:
                self.venue.forget_closed()
                for name in self.roads:
                    self._drop(name, 1_000)
            case Does.BUSY:
                road.busy_until = now + each.size
            case Does.LOST:
                road.lost_until = now + each.size
            case Does.MUTE:
                road.mute_until = now + each.size
            case Does.IDLE_STOPS:
                road.idle_until = now + each.size
            case Does.BEHIND:
                road.looks.fall_behind(now + each.size)
            case _:
                self._thin(each.size)

    def _drop(self, name: str, length: int) -> None:
        road, generation = self.roads[name], self.process.generation
        road.up = road.silent = False
        heard = self.process.heard(name, generation)
        heard(Stream(up=False, at=self.timeline.now, reason="lost"))

        def again() -> None:
            if generation == self.process.generation and self.process.up:
                road.up = True
                heard(Stream(up=True, at=self.timeline.now))

        self.timeline.after(length, again)

    def _thin(self, size: int) -> None:
        state = self.venue.state
        state.volume[SYMBOL] = state.instruments[SYMBOL].step * (size % 50)
        state.dirty.add(SYMBOL)
        self.timeline.after(size, self.thick)

    def thick(self) -> None:
        """Anything may trade again: what waited for somebody to trade with does so at once, at the price there is."""
        state = self.venue.state
        if state.volume.pop(SYMBOL, None) is not None:
            state.dirty.add(SYMBOL)
            self.venue.set_price(SYMBOL, state.last[SYMBOL])
            self.acted()
