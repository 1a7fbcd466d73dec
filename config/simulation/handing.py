"""Operators who give back, take over and empty everything in the middle of a storm, as the service does it (A6, E6)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial

from config.simulation.process import LEADER, SALT, Process
from config.simulation.road import Road
from config.simulation.scene import SLACK
from config.simulation.story import SYMBOL, Does, Happening, Story
from config.simulation.watch import Watch
from core.account.adopting import ADOPTED as BEGUN
from core.account.adopting import GIVEN_BACK
from core.account.box import Box
from core.account.inputs import Adopt, Operate, Release
from core.engine.joining import ADOPTED
from core.engine.touches import REASON
from core.facts import ActKind, Filled
from core.identity import trade_id
from core.money import ZERO, floor_to, text
from core.plan import Plan
from core.request import EntrySpec, FixedQuantity, Request
from core.words import Side, Slot
from plugins.exchanges.paper.venue.account import Account

BY = "operator"


@dataclass(frozen=True, slots=True)
class Handing:
    """What an operator needs for it."""

    story: Story
    process: Process
    watch: Watch
    roads: dict[str, Road]
    accounts: dict[str, Account]

    def hand(self, each: Happening) -> None:
        """Do what the happening says, if there is anything to do it to."""
        match each.what:
            case Does.RELEASE:
                self._release()
            case Does.ADOPT:
                self._adopt(each)
            case _:
                self._emergency()

    def _boxes(self) -> Iterator[tuple[str, Box]]:
        """Every live trade, mirrors' first: a leader's alone given back would close them at market."""
        for name in sorted(self.process.nodes, key=lambda name: name == LEADER):
            for box in tuple(self.process.nodes[name].machine.state.boxes.values()):
                yield name, box

    def _release(self) -> None:
        for name, box in self._boxes():
            self.watch.meddled.add(name)  # what was released is the user's
            self.watch.sights.seen["a trade given back"] += 1
            self.process.give(name, Release(box.id, BY))

    def _emergency(self) -> None:
        for name, box in self._boxes():
            self.watch.sights.seen["an emergency with a trade on"] += 1
            if box.desired is None or box.desired.reason != GIVEN_BACK:
                self.watch.emptied.add((name, box.id))
            self.process.operate(name, Operate(box.id, ActKind.CLOSE, BY, reason=REASON))

    def _adopt(self, each: Happening) -> None:
        """Take over what the account holds without a trade of ours, with a plan of four targets and a stop."""
        name, node = each.account, self.process.nodes.get(each.account)
        held = next((found for found in self.accounts[name].positions.values() if found.size), None)
        if node is None or held is None or node.machine.state.boxes:
            return
        request = self._planned(each, held.size, held.entry)
        terms = self.roads[name].terms(SYMBOL)
        terms = replace(terms, available=terms.available + abs(held.size) * held.entry * 2)
        strategy = node.machine.state.strategies[request.strategy]
        plan = strategy.open(request, terms, trade_id(SALT, request.id))
        if isinstance(plan, Plan) and plan.slot == Slot(SYMBOL, held.index):
            self.watch.meddled.add(name)
            self.watch.sights.seen["a position taken over"] += 1
            self.process.give(name, Adopt(plan, (), BY, shown=self.roads[name].looks.row(plan.slot)))
            account = self.accounts[name]
            if self.roads[name].told.keys() >= {each.id for each in account.executions}:
                count, look = len(account.executions), partial(self._taken_over, name, plan.trade, abs(held.size))
                self.process.timeline.after(SLACK, lambda: look(count))

    def _taken_over(self, name: str, trade: str, held: Decimal, count: int) -> None:
        """What was taken over, the user's own with it, is what was held: the stream had told every execution (A6)."""
        box = self.process.nodes[name].machine.state.boxes.get(trade) if name in self.process.nodes else None
        if box is None or len(self.accounts[name].executions) != count:
            return
        fills = (fact for _, _, fact in box.history if isinstance(fact, Filled))
        taken = sum((fact.quantity for fact in fills if fact.execution.startswith(BEGUN)), ZERO)
        if taken != held:
            self.watch.breach("I6", name, f"{trade} begins with {text(taken)}, and {text(held)} are held")

    def _planned(self, each: Happening, size: Decimal, entry: Decimal) -> Request:
        sign = 1 if size > 0 else -1
        first = floor_to(entry, self.story.instrument.tick)
        return replace(
            self.story.request,
            id=f"adopt-{each.size}",
            side=Side.LONG if size > 0 else Side.SHORT,
            entries=(EntrySpec(first),),
            take_profits=tuple(first + sign * each for each in (4, 7, 10, 13)),
            stop=first - 10 * sign,
            size=FixedQuantity(abs(size)),
            at=self.process.timeline.now,
            origin=ADOPTED,
        )
