"""The user's own hand in the exchange's app, and fate's, in the middle of a storm (A11)."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from config.simulation.clocks import Clocks
from config.simulation.road import Road
from config.simulation.story import BY_SIZE, SYMBOL, Does, Happening, index_of, is_target
from config.simulation.watch import Watch
from core.money import floor_to
from core.words import OrderSide, Side
from plugins.exchanges.paper.stepped import SteppedVenue
from plugins.exchanges.paper.venue.words import VenueError

SWITCHES = (Does.USER_MODE, Does.USER_LEVERAGE)
_HARMLESS = (Does.FUNDING, Does.USER_CANCEL, Does.USER_TARGET, *SWITCHES)
"""What puts nobody's hand in a position or its stop."""
_LEVERAGES = tuple(map(Decimal, (1, 2, 10, 25, 100)))


@dataclass(frozen=True, slots=True)
class Meddling:
    """What a user needs for it; he goes by the trading rules of now."""

    stepped: SteppedVenue
    roads: dict[str, Road]
    watch: Watch
    clocks: Clocks
    acted: Callable[[], None]
    """Lets the world hear what followed."""

    def meddle(self, each: Happening) -> None:
        """The user's own hand, or fate's, as far as the venue lets it."""
        if each.what not in _HARMLESS:
            self.watch.meddled.add(each.account)
        road = self.roads[each.account]
        road.hidden = each.what in (Does.FUNDING, Does.USER_CANCEL) and each.size % 2 == 0
        try:
            if each.what in SWITCHES:
                self._switch(each)
            else:
                self._by_hand(each)
        except VenueError:
            self.watch.sights.seen["the venue refused a user"] += 1
        self.acted()
        road.hidden = False

    def _by_hand(self, each: Happening) -> None:
        hand = self.stepped.hand(each.account)
        account = self.stepped.venue.state.accounts[each.account]
        index = index_of(account, self.watch.story.side(each))
        held = account.position(SYMBOL, index)
        step = self.watch.story.instrument.step
        match each.what:
            case Does.USER_ORDER:
                side = OrderSide.BUY if each.size % 2 else OrderSide.SELL
                hand.place(SYMBOL, side, step * (1 + each.size % 30), index=index)
            case Does.USER_CANCEL:
                for order in tuple(account.on(SYMBOL))[: 1 + each.size % 2]:
                    hand.cancel(order.link or order.id)
            case Does.USER_TARGET:
                self._move_target(each)
            case Does.USER_CLOSE if held.size:
                hand.close(SYMBOL, index)
                self.watch.sights.seen["manual close"] += 1
            case Does.USER_STOP if held.size:
                self._touch_stop(each, index, held.entry, 1 if held.size > 0 else -1)
            case Does.LIQUIDATE if held.size and each.size % 3 == 0:
                hand.liquidate(SYMBOL)
            case Does.DELEVERAGE if held.size:
                hand.deleverage(SYMBOL, step * (1 + each.size % 20), index)
            case Does.FUNDING:
                self.watch.sights.seen["funding row seen"] += 1
                hand.fund(SYMBOL, Decimal("0.0001"))
            case _:
                pass

    def _touch_stop(self, each: Happening, index: int, average: Decimal, sign: int) -> None:
        """The user takes the stop away, puts it so many percent from the average, or back to where the plan had it."""
        away = Decimal(each.size % 50) / 10 + 1 if each.size > BY_SIZE else Decimal(2)
        nearer = floor_to(average * (100 - sign * away) / 100, self.watch.story.instrument.tick)
        planned = self.watch.story.request.stop
        if planned is not None and each.size > BY_SIZE and each.size % 4 == 1:
            nearer = planned
        where, kept = (each.account, index), self.watch.kept
        stood = kept.standing(where)
        self.stepped.hand(each.account).move_stop(SYMBOL, None if each.size % 3 == 0 else nearer, index)
        kept.touched(where, stood)

    def _switch(self, each: Happening) -> None:
        """The user's mode or leverage. Nothing tells of it but the rows of positions: Bybit has no message for it."""
        hand = self.stepped.hand(each.account)
        if each.what is Does.USER_MODE:
            hand.switch_mode(SYMBOL, hedge=SYMBOL not in self.stepped.venue.state.accounts[each.account].hedge)
            self.watch.sights.seen["a position mode switched in the app"] += 1
            return
        hand.set_leverage(SYMBOL, _LEVERAGES[each.size % len(_LEVERAGES)])
        self.roads[each.account].venue.drain()
        self.watch.sent.changed[each.account] = self.stepped.venue.state.now + abs(
            self.clocks.wrong(self.watch.timeline.now)
        )
        self.watch.sights.seen["a leverage changed in the app"] += 1

    def _move_target(self, each: Happening) -> None:
        """The user moves the first of our take-profits that is there, the same one every time."""
        account, hand = self.stepped.venue.state.accounts[each.account], self.stepped.hand(each.account)
        side = self.watch.story.side(each)
        theirs = (order for order in account.on(SYMBOL) if order.index == index_of(account, side))
        ours = sorted(order.link for order in theirs if is_target(order.link))
        if ours:
            self.watch.sights.seen["a take-profit moved in the app"] += 1
            away = Decimal(105 + each.size % 4) - 100 + Decimal(each.size % 50) / 100
            hand.amend(ours[0], price=100 + away if side is Side.LONG else 100 - away)
