"""Looks at the venue: lists that fail, are behind or slow, or are each of another moment."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace

from config.simulation.conditions import AUDITED, Conditions
from config.simulation.fates import LOOK, Kind
from core.account.effects import CutKind
from core.facts import Cut, PositionIs, StopIs
from core.words import Slot

SLOW = (2_500, 8_000)
PAGE = 50
"""Open orders that an audit looks at."""
TORN = 800
"""How far apart the lists of one look may be read, milliseconds."""
STALE = 30_000
"""How old what a read shows can be."""


class Looks:
    """One account's."""

    def __init__(self, on: Conditions) -> None:
        """None was taken."""
        self._on = on
        self._old: deque[Cut] = deque(maxlen=4)

    def look(self, since: int, kind: CutKind, taken: Callable[[Cut | None], None]) -> None:
        """Ask for a cut; None when it could not be had."""
        now = self._on.timeline.now
        fate = self._on.fates.of(LOOK)
        if fate not in (None, Kind.SLOW_LOOK):  # nothing gets lost while a look is on its way
            self._on.trouble()
        if now < self._on.offline_until or fate is Kind.FAILED_LOOK:
            self._tell(now, fate)
            self._on.timeline.after(self._on.pace.answer, lambda: taken(None))
            return
        there = self._on.fates.lag(1, self._on.pace.road)
        self._on.timeline.after(there, lambda: self._looked(since, kind, now, fate, taken))

    def _looked(
        self, since: int, kind: CutKind, asked: int, fate: Kind | None, taken: Callable[[Cut | None], None]
    ) -> None:
        cut = self._lists(since)
        self._tell(self._on.timeline.now, fate)
        if self._on.fates.may(Kind.STALE_LOOK):
            self._old.append(cut)
        if fate is Kind.STALE_LOOK:
            cut = next(each for each in self._old if each.at >= self._on.clocks.venue(asked) - STALE)
        cut = self._dated(_listed(cut, self._on.clocks.believed(asked), kind))
        if fate is Kind.SLOW_LOOK:
            late = self._on.fates.lag(*SLOW)
            self._on.slow_until = max(self._on.slow_until, self._on.timeline.now + late)
            self._on.timeline.after(late, lambda: taken(cut))
        elif fate is Kind.TORN_LOOK:
            self._on.timeline.after(self._on.fates.lag(1, TORN), lambda: taken(self._torn(cut)))
        else:
            self._on.timeline.after(self._on.fates.lag(1, self._on.pace.road), lambda: taken(cut))

    def _tell(self, now: int, fate: Kind | None) -> None:
        """A look tells what a lost frame had; where it can't, that waits for the next one."""
        behind = now < max(self._on.behind[0], self._on.offline_until) or self._on.untold
        self._on.unheard &= behind or fate not in (None, Kind.SLOW_LOOK)
        if self._on.unheard:
            self._on.trouble(AUDITED)

    def fall_behind(self, until: int) -> None:
        """Until then the lists stay as they are now."""
        self._on.behind = until, self._on.venue.snapshot(0)

    def _lists(self, since: int) -> Cut:
        (until, then), now = self._on.behind, self._on.timeline.now
        if then is not None and now < until:
            executions = tuple(each for each in then.executions if each.at >= since)
            return replace(then, at=self._on.clocks.venue(now), executions=executions)
        cut = self._on.venue.snapshot(since)
        if not self._on.untold:
            return cut
        return replace(cut, executions=tuple(each for each in cut.executions if each.at < self._on.hides))

    def row(self, slot: Slot) -> PositionIs:
        """What a look of now would show in a slot that holds something."""
        return next(each for each in self._dated(self._on.venue.snapshot(0)).positions if each.slot == slot)

    def _dated(self, cut: Cut) -> Cut:
        """The look as an adapter dates it: what lists say of now carries no time of the venue's."""
        wrong = self._on.clocks.wrong(self._on.timeline.now)
        if not wrong:
            return cut
        rows = tuple([replace(each, at=each.at + wrong) for each in cut.positions])
        wallet = cut.wallet and replace(cut.wallet, at=cut.wallet.at + wrong)
        return replace(cut, at=cut.at + wrong, positions=rows, wallet=wallet)

    def _torn(self, cut: Cut) -> Cut:
        """What is held was read later than what was executed: two lists are never of one moment."""
        now = _listed(self._on.venue.snapshot(0), cut.asked, CutKind.FULL)
        return replace(cut, stops=now.stops, positions=now.positions)


def _listed(cut: Cut, asked: int, kind: CutKind) -> Cut:
    """A cut as adapters make it of the venue's lists: all orders or a page of them, and flat slots left out.

    So nothing says how old a flat slot is.
    """
    full = kind is CutKind.FULL
    flat = {each.slot for each in cut.positions if not each.size}
    orders = cut.orders if full else cut.orders[:PAGE]
    return Cut(  # not `replace`, which takes twice as long: every look comes by here
        asked,
        cut.at,
        orders,
        cut.executions,
        tuple([StopIs(each.slot, each.price, each.at, -1) if each.slot in flat else each for each in cut.stops]),
        tuple([_ageless(each) if each.slot in flat else each for each in cut.positions]),
        cut.wallet if full else None,
        full,
        (asked, tuple([order.key for order in orders])) if not full and len(orders) == len(cut.orders) else None,
    )


def _ageless(row: PositionIs) -> PositionIs:
    return PositionIs(row.slot, row.size, row.at, -1, row.liquidation, row.leverage, row.mark, row.last)
