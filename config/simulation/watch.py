"""What must hold at every moment of a storm, weighed by venue time, and which rare situations were met.

Nothing here trusts the machines: it looks at the venue. What the user's own hand did is the user's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from config.simulation.clocks import Clocks
from config.simulation.copies import bettered, copies
from config.simulation.disk import PATIENCE
from config.simulation.process import Process
from config.simulation.road import Road
from config.simulation.sights import Sights
from config.simulation.story import SYMBOL, Does, Story, is_entry, is_target, places
from config.simulation.timeline import Timeline
from core.account.box import Box
from core.account.explaining import RELEASED
from core.account.inputs import Operate
from core.account.naming import STARTING
from core.account.state import AccountState
from core.commands import Amend, Cancel, Command, Place, SetStop
from core.identity import parse_key
from core.invariants import uncovered
from core.ladder_state import LadderState
from core.money import ZERO, text
from core.plan import CLOSING_ROLE
from core.reconcile import STOP_ROLE, stop_reference
from core.words import Side
from plugins.exchanges.paper.venue.account import Account
from plugins.exchanges.paper.venue.policies import Passed

SLACK = 1_000
"""A take-profit sum that differs from the position for longer is a violation, in calm weather."""


NOTICED = 5_000
"""What it may take over `protect_within` to look again and to close what its stop has not."""

MOST_CALLS = 1_000
"""Commands of one storm; a machine that sends more goes round in circles (C4)."""


Where = tuple[str, int]
"""An account, and a place there: each slot is judged by itself, both sides of hedge mode too."""


class Spinning(Exception):
    """A storm whose machines never stop sending: it is ended there."""


@dataclass(frozen=True, slots=True)
class Breach:
    """One violation at one moment of venue time."""

    invariant: str
    account: str
    at: int
    detail: str


@dataclass(slots=True)
class Watch:
    """Looks at every account whenever the venue did something."""

    story: Story
    timeline: Timeline
    process: Process
    roads: dict[str, Road]
    accounts: dict[str, Account]
    last: dict[str, Decimal]
    sights: Sights
    clocks: Clocks
    breaches: list[Breach] = field(default_factory=list)
    meddled: set[str] = field(default_factory=set)
    """Accounts in whose position or stop the user's own hand was."""
    haunted: set[str] = field(default_factory=set)
    """Accounts where an entry that was dead executed (rel:F31)."""
    emptied: set[tuple[str, str]] = field(default_factory=set)
    """(account, trade) that an emergency closes."""
    exposed: dict[Where, int] = field(default_factory=dict)
    """Since when a position has had no stop, or one that the market is past."""
    calls: int = 0
    changed: dict[str, int] = field(default_factory=dict)
    """When a user changed the leverage last, by account: only the rows of what is held since then tell of it."""
    _begun: set[tuple[str, str]] = field(default_factory=set)
    _set: dict[Where, tuple[Decimal | None, int]] = field(default_factory=dict)
    _off: dict[Where, tuple[int, Decimal, Decimal | None]] = field(default_factory=dict)
    _differs: dict[Where, tuple[int, Decimal]] = field(default_factory=dict)

    def look(self, name: str) -> None:
        """The account as it stands now."""
        for place in places(self.accounts[name]):
            self._look((name, place))
        self.sights.shown(self.accounts[name])

    def _look(self, where: Where) -> None:
        name, place = where
        account, (size, stop) = self.accounts[name], self._held(where)
        long = self.story.request.side is Side.LONG if not place else place == 1
        if name not in self.meddled:
            self._unprotected(where, size, stop)
            if (size < 0 if long else size > 0) and not self._asked_for(account, place, size):
                self._breach("I5", name, f"closed more than was held: {text(size)}")
        box = self._open_box(where)
        self._targets(where, abs(size), box)
        self._stop(where, abs(size), stop, box)

    def decided(self, name: str) -> None:
        """The account decided something: what it waits with from now on is excused, though nothing happens there."""
        if any(where[0] == name for where in self._off):
            self.look(name)

    def _asked_for(self, account: Account, place: int, size: Decimal) -> bool:
        """Whether entries of a trade the other way opened so much (A8)."""
        side = "Buy" if size > 0 else "Sell"
        here = (each for each in account.executions if each.index == place and each.side == side)
        return sum((each.quantity for each in here if is_entry(each.link)), ZERO) >= abs(size)

    def _unprotected(self, where: Where, size: Decimal, stop: Decimal | None) -> None:
        """A stop must be there, at once unless the venue drops one that was passed; passed, it must fire soon."""
        name = where[0]
        if size and stop is None and self.story.policies.passed is not Passed.DROPPED:
            self._breach("I3", name, f"{text(size)} held without a stop")
        last = self.last[SYMBOL]
        past = stop is not None and (last <= stop if size > 0 else last >= stop)
        calm = self.timeline.now > self.roads[name].troubled_until
        if not size or not calm or (stop is not None and not past):
            self.exposed.pop(where, None)
            return
        since = self.exposed.setdefault(where, self.timeline.now)
        lasted = self.timeline.now - since
        looked = max(since + self.story.rules.protect_within, self.roads[name].slow_until)
        if self.timeline.now > looked + NOTICED + self.patience:
            what = "without a stop" if stop is None else f"past its stop {text(stop)}, which has not fired"
            self._breach("I1", name, f"{text(size)} held {what}, for {lasted} ms")

    def sends(self, state: AccountState, commands: Sequence[Command]) -> None:
        """Commands are about to leave for the venue."""
        self.calls += len(commands)
        if self.calls > MOST_CALLS:
            self._breach("C4", state.account, f"more than {MOST_CALLS} commands in one storm")
            raise Spinning
        for command in commands:
            match command:
                case Place(key=key) | Amend(key=key) | Cancel(key=key):
                    self._ours(state, key)
                case SetStop(slot=slot, price=price):
                    self._again((state.account, slot.index), price)
                case _:
                    pass
            if isinstance(command, Place):
                self._placed(state, command)

    def _again(self, where: Where, price: Decimal | None) -> None:
        """A stop that stands as wished needs no call in calm weather, least of all after a fill (rel:F09, rel:7).

        Unless the same call left a moment ago: a frame that shows the stop as it was before crosses with it. Nor where
        something was added: the new entries bring their stop, and the order of news decides who knows it first.
        """
        name, (size, stop) = where[0], self._held(where)
        calm = self.timeline.now > self.roads[name].troubled_until
        last, at = self._set.get(where, (None, 0))
        self._set[where] = (price, self.timeline.now)
        crossed = last == price and self.timeline.now - at <= self.patience
        crossed = crossed or any(each.what is Does.MERGE for each in self.story.happenings)
        if calm and size and stop == price and not crossed and name not in self.meddled:
            self._breach("F09", name, f"the stop stands at {stop} and is set there again")

    def moved(
        self, account: str, act: Operate, at: int, generation: int, missing: frozenset[str] = frozenset()
    ) -> None:
        """A stop that an operator moved leaves for the venue, mirrors' too, whatever was refused before (B14, A4)."""
        if generation != self.process.generation or self.timeline.now < self.process.disk.full_until + PATIENCE:
            return  # each step waits for a full disk
        still = set()
        for name, node in self.process.nodes.items():
            box = node.machine.state.boxes.get(act.trade)
            if (
                box is None
                or account not in {name, box.trade.plan.leader}
                or box.phase.closing
                or name in self.meddled
                or self._left(name, node.machine.state, box, act, at)
            ):
                continue
            still.add(name)
            if name in missing:  # what it had to wait for may have come just then
                self._breach("B14", name, f"the stop was moved to {act.price} and never sent")
        if still and not missing:
            self.timeline.after(SLACK, lambda: self.moved(account, act, at, generation, frozenset(still)))
        if all(self.timeline.now > road.troubled_until for road in self.roads.values()):
            for name, detail in copies(self.process):
                self._breach("A4", name, detail)

    def _left(self, name: str, state: AccountState, box: Box, act: Operate, at: int) -> bool:
        """Whether an act's stop stands or left for the venue, has something to wait for, or is none any more."""
        own, wishes, where = box.trade.own, box.desired, (name, box.trade.plan.slot.index)
        held, stop = self._held(where)
        if not isinstance(own, LadderState) or own.moved is None or wishes is None or not wishes.stops or not held:
            return True
        if box.trade.ledger.position <= 0:  # its fill was neither told nor listed yet: what is held may be the user's
            return True
        wished, sent = wishes.stops[0].price, self._set.get(where, (None, 0))
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
        until, then = self.roads[name].behind
        view = state.view(box.trade.plan.slot)
        return then is not None and view.stop == wished and (state.cuts.taken_at or 0) <= until

    def _placed(self, state: AccountState, place: Place) -> None:
        """A placement follows only what is dead and booked (I5), and raises no risk while the account is unwell."""
        if not place.reduce_only and state.troubles:
            self._breach("F19", state.account, f"{place.key} sent while {', '.join(sorted(state.troubles))}")
        if not place.reduce_only and state.paused:
            self._breach("F19", state.account, f"{place.key} sent while new entries are paused")
        box, key = state.find(place.key)
        if box is not None and key is not None and not place.reduce_only:
            self._in_time(box, key.role)
            self._heeded(state.account, box, place)
        if box is not None and key is not None and key.role != CLOSING_ROLE and RELEASED + box.id in box.seen:
            # An entry that filled unknown is a ghost like any, and flattened (B10).
            self._breach("I7", state.account, f"{place.key} sent though its trade was given back")
        if box is None or key is None or not key.revision:
            return
        account = self.accounts[state.account]
        before = account.find(key._replace(revision=key.revision - 1).text)
        if not place.reduce_only:
            self._breach("I5", state.account, f"{place.key}: an entry is placed again")
        if before is None and key._replace(revision=key.revision - 1).text not in account.links:
            self._breach("I5", state.account, f"{place.key} leaves though the revision before was never taken")
        elif before is not None and before.open:
            self._breach("I5", state.account, f"{place.key} leaves while the revision before works")
        stem = place.key[:-2]
        executed = sum((each.quantity for each in account.executions if each.link.startswith(stem)), ZERO)
        if executed != box.trade.ledger.filled(key.role) and key.text not in account.links:
            self._breach("I5", state.account, f"{place.key} leaves before {text(executed)} executed are booked")

    def _heeded(self, name: str, box: Box, place: Place) -> None:
        """A trade begins at its leverage (B4), and an entry that the account's mode has no place for stays given up."""
        if place.key[:-2] in self.sights.misfits:
            self._breach("F34", name, f"{place.key} leaves again, though the account's mode has no place for it")
        plan, there = box.trade.plan, self.accounts[name].leverage_of(SYMBOL)
        known = self.sights.leverages.get(name, (0, there))[0] >= self.changed.get(name, 0)
        if there != plan.leverage and known and (name, plan.trade) not in self._begun:
            self._breach("B4", name, f"{plan.trade} begins at leverage {text(there)}, not {text(plan.leverage)}")
        self._begun.add((name, plan.trade))

    def _in_time(self, box: Box, role: str) -> None:
        """An entry leaves within its request's time, give or take what the store takes (A9)."""
        plan = box.trade.plan
        place = next((number for number, leg in enumerate(plan.legs) if leg.role == role), 0)
        added = next((each for each in reversed(plan.additions) if place >= each.legs), None)
        request = plan.request if added is None else added.request
        late = self.timeline.now - request.at - request.valid_for
        if late > PATIENCE + SLACK:
            self._breach("A9", plan.account, f"{box.id}: {role} leaves {late} ms after its request's time")

    def applied(self, name: str, generation: int, key: str, execution: str) -> None:
        """An execution was delivered a while ago: it must be booked by now (I11)."""
        node = self.process.nodes.get(name)
        if (
            node is None
            or generation != self.process.generation
            or self.timeline.now <= self.roads[name].troubled_until
        ):
            return
        box, _ = node.machine.state.find(key)
        if box is not None and execution not in box.seen:
            self._breach("I11", name, f"{execution} of {key} was not booked {self.patience} ms after it came")

    def knows(self, name: str) -> None:
        """Whatever of ours has executed is booked, once nothing excuses that it isn't (I11)."""
        node, now = self.process.nodes.get(name), self.timeline.now
        if node is None or now <= self.roads[name].troubled_until:
            return
        for each in self.accounts[name].executions:
            box, _ = node.machine.state.find(each.link) if each.link.startswith("t1-") else (None, None)
            late = self.clocks.venue(now) - each.at
            if box is not None and each.id not in box.seen and late > self.patience:
                self._breach("I11", name, f"{each.id} of {each.link} is not booked {late} ms after it happened")

    def _ours(self, state: AccountState, key: str) -> None:
        """Nothing is ever done to an order that isn't this account's own (I7)."""
        parts = parse_key(key)
        if parts is None or parts.account != state.account:
            self._breach("I7", state.account, f"a command for {key}")

    def breach(self, invariant: str, name: str, detail: str) -> None:
        """Note a violation, once for each kind and account."""
        self._breach(invariant, name, detail)

    def _breach(self, invariant: str, name: str, detail: str) -> None:
        if not any(each.invariant == invariant and each.account == name for each in self.breaches):
            self.breaches.append(Breach(invariant, name, self.timeline.now, detail))

    def _held(self, where: Where) -> tuple[Decimal, Decimal | None]:
        held = self.accounts[where[0]].positions.get((SYMBOL, where[1]))
        return (ZERO, None) if held is None else (held.size, held.stop)

    def _targets(self, where: Where, size: Decimal, box: Box | None) -> None:
        """How long the working take-profits have differed from what is held, while nothing excuses it."""
        (name, place), since = where, self._differs.get(where)
        calm = self.timeline.now > self.roads[name].troubled_until
        if box is None or not calm or name in self.meddled or box.frozen:
            self._differs.pop(where, None)
            return
        if since is not None and self.timeline.now - since[0] > self.patience:
            self._breach("I2", name, f"take-profits differed from the position for {self.timeline.now - since[0]} ms")
        # The end of the id: a trade may be called TP... too.
        targets = (each for each in self.accounts[name].on(SYMBOL) if is_target(each.link) and each.index == place)
        working = sum((each.leaves for each in targets if each.open), ZERO)
        small = working == ZERO and size < self.story.instrument.min_quantity
        if working == size or small or ZERO < size - working < uncovered(box.trade):
            self._differs.pop(where, None)
        elif since is None or since[1] != size:
            self._differs[where] = (self.timeline.now, size)

    def _stop(self, where: Where, size: Decimal, stop: Decimal | None, box: Box | None) -> None:
        """How long the stop has differed from the wish, while nothing excuses it."""
        name = where[0]
        wished = (
            box.desired.stops[0].price if box is not None and box.desired is not None and box.desired.stops else None
        )
        calm = self.timeline.now > self.roads[name].troubled_until
        held_back = box is not None and bool(box.backoffs or box.frozen)
        if not calm or wished is None or wished == stop or not size or name in self.meddled or held_back:
            self._off.pop(where, None)
            return
        since = self._off.setdefault(where, (self.timeline.now, wished, stop))
        if since[1:] != (wished, stop):
            self._off[where] = (self.timeline.now, wished, stop)
        elif self.timeline.now - since[0] > self.patience:
            self._breach(
                "I1", name, f"the stop stands at {stop}, wished is {wished}, for {self.timeline.now - since[0]} ms"
            )

    @property
    def patience(self) -> int:
        """A second, and what it takes in this storm to hear of a fill, to be shown the last change, and to send."""
        pace = self.story.pace
        return SLACK + 2 * pace.road + 2 * pace.stream + 2 * pace.store

    def _open_box(self, where: Where) -> Box | None:
        """The trade that has the slot, if it goes on in an account that is well."""
        name, place = where
        node = self.process.nodes.get(name)
        if node is None or node.machine.state.troubles:
            return None
        boxes = node.machine.state.boxes.values()
        return next((box for box in boxes if box.trade.plan.slot.index == place and not box.phase.closing), None)
