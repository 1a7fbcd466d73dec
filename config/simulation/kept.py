"""A stop that somebody moves in the app stays where he has it, one that he takes away comes back (A11)."""

from dataclasses import dataclass
from decimal import Decimal

from config.simulation.scene import Scene, Where
from core.account.box import Box
from core.account.hands import BEHIND
from core.account.state import AccountState
from core.facts import Act, Merged
from core.plan import ManualChanges
from core.reconcile import stop_reference


@dataclass(frozen=True, slots=True)
class Touched:
    """What a hand did to the stop of a trade: *stop* is what he left there."""

    where: Where
    trade: str
    at: int
    generation: int
    was: Decimal
    stop: Decimal | None
    ours: bool
    """Whether it was ours there a moment before, so that a list which is behind might have shown it."""


class Kept:
    """Follows what hands did to stops that stood as they were wished."""

    def __init__(self, scene: Scene) -> None:
        """Nobody did anything yet."""
        self._scene = scene
        self._last: dict[Where, int] = {}

    def standing(self, where: Where) -> tuple[Box, Decimal] | None:
        """The trade whose stop stands there, and where: known to it, and with nothing on its way that changes it."""
        name, place = where
        node = self._scene.process.nodes.get(name)
        size, stop = self._scene.position(where)
        if node is None or not size or stop is None or not self._scene.calm(name):
            return None
        state = node.machine.state
        box = next((each for each in state.boxes.values() if each.trade.plan.slot.index == place), None)
        if box is None or box.phase.closing or not self._rests(state, box, stop):
            return None
        return box, stop

    def _rests(self, state: AccountState, box: Box, stop: Decimal) -> bool:
        """Whether the trade knows its stop, wishes for no other, and everything that executed is booked."""
        slot = box.trade.plan.slot
        view, wishes = state.view(slot), box.desired
        wished = None if wishes is None or not wishes.stops else wishes.stops[0].price
        quiet = not (state.troubles or state.silent or box.backoffs or box.frozen or state.flights)
        held = abs(self._scene.position((state.account, slot.index))[0]) == box.trade.ledger.position
        return quiet and held and view.proven and not view.stop_busy and view.stop == stop == wished

    def touched(self, where: Where, stood: tuple[Box, Decimal] | None) -> None:
        """A hand was there: see a moment later what became of it."""
        stop, self._last[where] = self._scene.position(where)[1], self._scene.now
        if stood is None or stop == stood[1]:
            return
        scene, (box, was) = self._scene, stood
        asked = None if stop is None else box.stops.get(stop)
        ours = asked is not None and scene.now - asked < BEHIND
        touched = Touched(where, box.id, scene.now, scene.process.generation, was, stop, ours)
        scene.timeline.after(scene.patience, lambda: self._look(touched))

    def _look(self, touched: Touched) -> None:
        scene, name = self._scene, touched.where[0]
        node = scene.process.nodes.get(name)
        lives = node is not None and scene.process.generation == touched.generation
        if node is None or not lives or not scene.calm(name) or self._last[touched.where] != touched.at:
            return
        state = node.machine.state
        box = state.boxes.get(touched.trade)
        size, stop = scene.position(touched.where)
        if (
            box is None
            or not size
            or box.phase.closing
            or box.frozen
            or box.backoffs
            or self._since(state, box, touched)
        ):
            return
        scene.sights.seen["a stop touched in the app"] += 1
        if touched.stop is None and stop is None:
            scene.breach("A11", name, f"the stop {touched.was} was taken away in the app, and is not put back")
        keeps = scene.story.rules.manual_changes is ManualChanges.KEEP
        if keeps and touched.stop is not None and stop != touched.stop and not touched.ours:
            scene.breach("A11", name, f"the stop was moved to {touched.stop} in the app, and stands at {stop}")
        if not keeps and touched.stop is not None and stop == touched.stop:
            scene.breach("A11", name, f"the stop was moved to {touched.stop} in the app, and is not put back")

    def _since(self, state: AccountState, box: Box, touched: Touched) -> bool:
        """Whether something else came meanwhile that may move the stop, or held up what would."""
        acts = (fact for _, _, fact in box.history if isinstance(fact, Act | Merged))
        others = any(fact.at >= touched.at and getattr(fact, "by", "") != "app" for fact in acts)
        filled = any(
            each.link for each in self._scene.accounts[state.account].executions if self._lately(each.at, touched)
        )
        return others or filled or bool(state.troubles) or stop_reference(box.trade.plan.slot) in state.busy

    def _lately(self, at: int, touched: Touched) -> bool:
        return at >= self._scene.clocks.venue(touched.at) - self._scene.patience
