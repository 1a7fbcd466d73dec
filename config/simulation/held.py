"""What is held at the venue at every moment: its stop, its take-profits, and how much it is (I1, I2, I3, I5)."""

from decimal import Decimal

from config.simulation.scene import Scene, Where
from config.simulation.story import SYMBOL, is_entry, is_target, places
from core.account.box import Box
from core.invariants import uncovered
from core.money import ZERO, text
from core.words import Side
from plugins.exchanges.paper.venue.account import Account
from plugins.exchanges.paper.venue.policies import Passed

NOTICED = 5_000
"""What it may take over `protect_within` to look again and to close what its stop has not."""


class Held:
    """Weighs by venue time how long what is held differs from what is wished."""

    def __init__(self, scene: Scene) -> None:
        """Nothing is judged yet."""
        self._scene = scene
        self._exposed: dict[Where, int] = {}
        self._off: dict[Where, tuple[int, Decimal, Decimal | None]] = {}
        self._differs: dict[Where, tuple[int, Decimal]] = {}

    def look(self, name: str) -> None:
        """The account as it stands now."""
        for place in places(self._scene.accounts[name]):
            self._look((name, place))

    def waits(self, name: str) -> bool:
        """Whether a stop of the account differs from the wish."""
        return any(where[0] == name for where in self._off)

    def _look(self, where: Where) -> None:
        name, place = where
        account, (size, stop) = self._scene.accounts[name], self._scene.position(where)
        box = self._open_box(where)
        if not size and box is None:  # nothing is held and nobody wishes: the rule after a trade
            for since in (self._exposed, self._off, self._differs):
                since.pop(where, None)
            return
        long = self._scene.story.request.side is Side.LONG if not place else place == 1
        if name not in self._scene.meddled:
            self._unprotected(where, size, stop)
            if (size < 0 if long else size > 0) and not self._asked_for(account, place, size):
                self._scene.breach("I5", name, f"closed more than was held: {text(size)}")
        self._targets(where, abs(size), box)
        self._stop(where, abs(size), stop, box)

    def _asked_for(self, account: Account, place: int, size: Decimal) -> bool:
        """Whether entries of a trade the other way opened so much (A8)."""
        side = "Buy" if size > 0 else "Sell"
        here = (each for each in account.executions if each.index == place and each.side == side)
        return sum((each.quantity for each in here if is_entry(each.link)), ZERO) >= abs(size)

    def _unprotected(self, where: Where, size: Decimal, stop: Decimal | None) -> None:
        """A stop must be there, at once unless the venue drops one that was passed; passed, it must fire soon."""
        name = where[0]
        if size and stop is None and self._scene.story.policies.passed is not Passed.DROPPED:
            self._scene.breach("I3", name, f"{text(size)} held without a stop")
        last = self._scene.last[SYMBOL]
        past = stop is not None and (last <= stop if size > 0 else last >= stop)
        if not size or not self._scene.calm(name) or (stop is not None and not past):
            self._exposed.pop(where, None)
            return
        since = self._exposed.setdefault(where, self._scene.now)
        lasted = self._scene.now - since
        looked = max(since + self._scene.story.rules.protect_within, self._scene.roads[name].slow_until)
        if self._scene.now > looked + NOTICED + self._scene.patience:
            what = "without a stop" if stop is None else f"past its stop {text(stop)}, which has not fired"
            self._scene.breach("I1", name, f"{text(size)} held {what}, for {lasted} ms")

    def _targets(self, where: Where, size: Decimal, box: Box | None) -> None:
        """How long the working take-profits have differed from what is held, while nothing excuses it."""
        (name, place), since = where, self._differs.get(where)
        if box is None or not self._scene.calm(name) or name in self._scene.meddled or box.frozen:
            self._differs.pop(where, None)
            return
        if since is not None and self._scene.now - since[0] > self._scene.patience:
            lasted = self._scene.now - since[0]
            self._scene.breach("I2", name, f"take-profits differed from the position for {lasted} ms")
        # The end of the id: a trade may be called TP... too.
        orders = self._scene.accounts[name].on(SYMBOL)
        targets = (each for each in orders if is_target(each.link) and each.index == place)
        working = sum((each.leaves for each in targets if each.open), ZERO)
        small = working == ZERO and size < self._scene.story.instrument.min_quantity
        if working == size or small or ZERO < size - working < uncovered(box.trade):
            self._differs.pop(where, None)
        elif since is None or since[1] != size:
            self._differs[where] = (self._scene.now, size)

    def _stop(self, where: Where, size: Decimal, stop: Decimal | None, box: Box | None) -> None:
        """How long the stop has differed from the wish, while nothing excuses it."""
        name = where[0]
        wished = (
            box.desired.stops[0].price if box is not None and box.desired is not None and box.desired.stops else None
        )
        calm = self._scene.calm(name)
        held_back = box is not None and bool(box.backoffs or box.frozen)
        if not calm or wished is None or wished == stop or not size or name in self._scene.meddled or held_back:
            self._off.pop(where, None)
            return
        since = self._off.setdefault(where, (self._scene.now, wished, stop))
        if since[1:] != (wished, stop):
            self._off[where] = (self._scene.now, wished, stop)
        elif self._scene.now - since[0] > self._scene.patience:
            lasted = self._scene.now - since[0]
            self._scene.breach("I1", name, f"the stop stands at {stop}, wished is {wished}, for {lasted} ms")

    def _open_box(self, where: Where) -> Box | None:
        """The trade that has the slot, if it goes on in an account that is well."""
        name, place = where
        node = self._scene.process.nodes.get(name)
        if node is None or node.machine.state.troubles:
            return None
        boxes = node.machine.state.boxes.values()
        return next((box for box in boxes if box.trade.plan.slot.index == place and not box.phase.closing), None)
