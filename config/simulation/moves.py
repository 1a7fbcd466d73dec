"""A stop that an operator moved leaves for the venue, and for every mirror, whatever was refused before (B14, A4)."""

from decimal import Decimal

from config.simulation.copies import bettered, copies
from config.simulation.disk import PATIENCE
from config.simulation.scene import SLACK, Scene
from core.account.box import Box
from core.account.inputs import Operate
from core.account.naming import STARTING
from core.account.state import AccountState
from core.ladder_state import LadderState
from core.reconcile import STOP_ROLE, stop_reference


class Moves:
    """Follows what operators asked for."""

    def __init__(self, scene: Scene) -> None:
        """Nothing was moved yet."""
        self._scene = scene
        self._asked = 0

    def asked(self, account: str, act: Operate) -> None:
        """An operator moves a stop now: see a moment later what became of it."""
        now, generation = self._scene.now, self._scene.process.generation
        self._asked = now
        self._scene.timeline.after(self._scene.patience, lambda: self.moved(account, act, now, generation))

    def moved(
        self, account: str, act: Operate, at: int, generation: int, missing: frozenset[str] = frozenset()
    ) -> None:
        """A stop that an operator moved leaves for the venue, mirrors' too, whatever was refused before (B14, A4)."""
        process = self._scene.process
        if generation != process.generation or self._scene.now < process.disk.full_until + PATIENCE:
            return  # each step waits for a full disk
        still = set()
        for name, node in process.nodes.items():
            box = node.machine.state.boxes.get(act.trade)
            if (
                box is None
                or account not in {name, box.trade.plan.leader}
                or box.phase.closing
                or name in self._scene.meddled
                or self._left(name, node.machine.state, box, act, at)
            ):
                continue
            still.add(name)
            if name in missing:  # what it had to wait for may have come just then
                self._scene.breach("B14", name, f"the stop was moved to {act.price} and never sent")
        if still and not missing:
            self._scene.timeline.after(SLACK, lambda: self.moved(account, act, at, generation, frozenset(still)))
        lately = self._asked > at  # what was moved since is on its way to the mirrors, and is looked for itself
        if not lately and all(self._scene.calm(name) for name in self._scene.roads):
            for name, detail in copies(process):
                self._scene.breach("A4", name, detail)

    def _left(self, name: str, state: AccountState, box: Box, act: Operate, at: int) -> bool:
        """Whether an act's stop stands or left for the venue, has something to wait for, or is none any more."""
        own, wishes, where = box.trade.own, box.desired, (name, box.trade.plan.slot.index)
        size, stop = self._scene.position(where)
        if not isinstance(own, LadderState) or own.moved is None or wishes is None or not wishes.stops or not size:
            return True
        if box.trade.ledger.position <= 0:  # its fill was neither told nor listed yet: what is held may be the user's
            return True
        wished, sent = wishes.stops[0].price, self._scene.set_at.get(where, (None, 0))
        if own.moved[0] != act.price or own.stop_by not in (act.by, box.trade.plan.leader):
            return True
        plan = box.trade.plan
        asked = (act.price, plan.instrument.away_from_loss(own.moved[0], plan.side))  # by rules that changed (rel:F37)
        if wished not in asked:  # the last move stands, even where it is worse; later rows only better it (B15)
            return bettered(box)
        # Attached stops are amended first (B4), and one call at a time leaves for a stop.
        waits = any(line.live and not line.reduce_only for line in box.trade.lines.values())
        waits = waits or stop_reference(box.trade.plan.slot) in state.busy or STOP_ROLE in box.frozen
        # What is held is not known yet, or the last call was taken and not shown.
        waits = waits or STARTING in state.troubles or state.view(box.trade.plan.slot).stop_busy
        waits = waits or self._misled(name, state, wished, box)
        # To a mirror the same price once more is no news: what it tries already is tried on.
        since = at if not box.trade.plan.leader else 0
        return waits or stop == wished or (sent[0] == wished and sent[1] >= since)

    def _misled(self, name: str, state: AccountState, wished: Decimal, box: Box) -> bool:
        """Whether a list that stood still showed the price wished for: nothing but the next look tells that apart."""
        until, then = self._scene.roads[name].behind
        view = state.view(box.trade.plan.slot)
        return then is not None and view.stop == wished and (state.cuts.taken_at or 0) <= until
