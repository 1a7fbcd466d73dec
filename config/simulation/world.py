"""One storm's world: the venue, the roads to it, the store, the process, and what befalls them all."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from config.simulation import ghosts, rules_turns
from config.simulation.acts import BY, act_of
from config.simulation.clocks import Clocks
from config.simulation.conditions import AUDITED
from config.simulation.disk import Disk
from config.simulation.fates import SENDING, Fates
from config.simulation.handing import Handing
from config.simulation.meddling import SWITCHES, Meddling
from config.simulation.merges import opposite, second
from config.simulation.process import ASKS_AGAIN, LEADER, Process
from config.simulation.road import Road
from config.simulation.sights import Sights
from config.simulation.story import OPENED, START, SYMBOL, WINDOWS, Does, Happening, Story
from config.simulation.timeline import Timeline
from config.simulation.watch import Watch
from config.simulation.weather import Weather
from core.account.inputs import Look, Pause
from core.account.state import AccountState, Timings
from core.commands import Command
from core.facts import Filled, VenueFact
from core.gate import Limits
from core.mirror import Following
from core.request import Request
from core.terms import Capabilities
from core.words import Environment
from plugins.exchanges.paper.stepped import SteppedVenue
from plugins.strategies.conservative.strategy import Conservative

_QUIET = (Does.MOVE_STOP, Does.REDUCE, Does.PAUSE, Does.USER_STOP, Does.USER_TARGET, *SWITCHES)
"""What troubles nobody: all is well at once afterwards."""
_TOUCHES = 60
LOOK_EVERY = 4_000


class World:
    """Everything of one storm; `begin`, then let the timeline run."""

    def __init__(self, story: Story, fates: Fates) -> None:
        """Nothing has happened yet."""
        self.story = story
        self.fates = fates
        self.clocks = Clocks(story.apart)
        self.stepped = SteppedVenue({SYMBOL: story.instrument}, story.policies)
        self.venue = self.stepped.venue
        self.timeline = self._made_timeline()
        self.crashes = 0
        self._timings = Timings(audit=story.audit)
        self.sights = Sights()
        self.sights.seen["the venue's clock was not ours"] += bool(story.apart)
        self.venue.state.now = self.clocks.venue(START)
        self.venue.state.slippage = story.slippage
        self.roads: dict[str, Road] = {}
        for name, balance in story.accounts:
            account = self.stepped.add(name, balance)
            if story.hedge:
                self.venue.switch_mode(name, SYMBOL, hedge=True)
            self.roads[name] = Road(
                self.timeline, account, fates, story.pace, self.acted, self.sights.seen, self.clocks
            )
        self.disk = Disk(self.timeline, fates, story.pace.store, self._torn)
        self.process = self._made_process()
        self.weather = Weather(self.venue, self.timeline, self.roads, self.process, self.disk, self.acted)
        accounts = self.venue.state.accounts
        last = self.venue.state.last
        self.watch = Watch(story, self.timeline, self.process, self.roads, accounts, last, self.sights, self.clocks)
        self.sights.decided = self.watch.decided
        self.meddling = Meddling(self.stepped, self.roads, self.watch, self.clocks, self.acted)
        self.handing = Handing(story, self.process, self.watch, self.roads, accounts)

    def _made_timeline(self) -> Timeline:
        return Timeline(START, self._ticked)

    def _made_process(self) -> Process:
        return Process(self.timeline, self.disk, self.roads, self.fresh, self._lives, self.sights)

    def begin(self) -> None:
        """Put the whole story on the timeline."""
        self.move_price(self.story.prices[0][1], jumps=True)
        self.process.boot()
        for at, price, jumps in self.story.prices[1:]:
            self.timeline.at(START + at, _later(self.move_price, price, jumps))
        for each in self.story.happenings:
            self.timeline.at(START + each.at, _happens(self.happen, each))
        self.timeline.at(START + OPENED, lambda: self._ask(self.story.request))
        self._look_around()

    def _look_around(self) -> None:
        """What stays wrong while nothing happens is seen too."""
        for name in self.roads:
            self.watch.look(name)
            self.watch.knows(name)
        self.timeline.after(LOOK_EVERY, self._look_around)

    def fresh(self, name: str) -> AccountState:
        """An account that knows nothing yet."""
        return AccountState(
            name,
            Environment.PAPER,
            Capabilities(attached_stop_resets=self.story.policies.attached_stop_resets, closes_whole=True),
            {"conservative": Conservative("conservative", self.story.rules)},
            Limits(),
            None if name == LEADER else Following(leader=LEADER, late_join_bps=Decimal(500)),
            self._timings,
        )

    def audit_every(self, milliseconds: int) -> None:
        """How often accounts look at the venue from now on, and in lives to come; at once, if that is more often."""
        sooner = milliseconds < self._timings.audit
        self._timings = Timings(audit=milliseconds)
        for name, node in self.process.nodes.items():
            node.machine.state.timings = self._timings
            if sooner:
                self.process.give(name, Look())

    def _ticked(self, now: int) -> None:
        self.venue.state.now = self.clocks.venue(now)

    def _ask(self, request: Request) -> None:
        """Somebody asks, and asks again when the process died before it answered (A9: the same id opens once)."""
        if request.id in self.process.answered or self.timeline.now >= START + self.story.ends:
            return
        leader = self.process.nodes.get(LEADER)
        if leader is not None and not leader.machine.state.troubles:
            self.process.open(request)
        self.timeline.after(ASKS_AGAIN, lambda: self._ask(request))

    # the venue

    def acted(self) -> None:
        """The venue did something: let it be heard and looked at."""
        for name, road in self.roads.items():
            told = road.frames.flow(self.process.heard(name, self.process.generation))
            if told:
                self.watch.look(name)
                self._expect(name, told)

    def _expect(self, name: str, told: Sequence[VenueFact]) -> None:
        """Executions of ours that were sent on undisturbed are booked soon after they arrive."""
        road, generation = self.roads[name], self.process.generation
        if not road.up or self.timeline.now <= road.troubled_until:
            return
        for fact in told:
            if isinstance(fact, Filled) and fact.key is not None and fact.key.startswith("t1-"):
                late = self.watch.patience
                self.timeline.after(late, _booked(self.watch.applied, name, generation, fact.key, fact.execution))

    def move_price(self, price: Decimal, jumps: bool) -> None:  # noqa: FBT001 - a storm's own word
        """The market goes there, touching what lies on its way unless it jumps."""
        state = self.venue.state
        if SYMBOL not in state.last or jumps:
            self.venue.set_price(SYMBOL, price)
            self.acted()
        else:
            self._walk(price)
        self.process.priced(SYMBOL, price, self.venue.state.now)

    def _walk(self, price: Decimal) -> None:
        for _ in range(_TOUCHES):
            last = self.venue.state.last[SYMBOL]
            bands = self.venue.bands(SYMBOL)
            if price <= last and bands.low is not None and price <= bands.low:
                touched = min(bands.low, last)
            elif price >= last and bands.high is not None and price >= bands.high:
                touched = max(bands.high, last)
            else:
                break
            self.venue.set_price(SYMBOL, touched)
            self.acted()
            if self.venue.bands(SYMBOL) == bands:
                break
        self.venue.set_price(SYMBOL, price)
        self.acted()

    # the process

    def _lives(self, state: AccountState, commands: Sequence[Command]) -> bool:
        """Commands are about to leave: whether the process lives to send them."""
        self.watch.sent.sends(state, commands)
        fate = self.fates.death(SENDING)
        if fate is not None:
            self.sights.seen["crash between commit and send"] += 1
            self.crash()
        return fate is None

    def _torn(self) -> None:
        self.sights.seen["crash while the store wrote"] += 1
        self.crash()

    def crash(self) -> None:
        """Kill -9, and a start some time later."""
        if not self.process.up:
            return
        self.crashes += 1
        if any(node.machine.state.flights for node in self.process.nodes.values()):
            self.sights.seen["crash between send and ack"] += 1
        self.process.died()
        down = self.story.down[self.fates.lag(0, len(self.story.down) - 1)]
        for road in self.roads.values():
            road.troubled_until = max(road.troubled_until, self.timeline.now + down + 30_000)
        self.timeline.after(down, self.process.boot)

    # what happens at a time of its own

    def happen(self, each: Happening) -> None:
        """What people, the network or the venue do at a time of their own."""
        if self.fates.over:
            return
        road = self.roads[each.account]
        now = self.timeline.now
        everywhere = each.what in (Does.VENUE_RESTART, Does.DISK_FULL, Does.THIN)
        for touched in self.roads.values() if everywhere else () if each.what in _QUIET else (road,):
            touched.troubled_until = max(touched.troubled_until, now + each.size + 30_000)
        match each.what:
            case Does.MERGE | Does.OPPOSITE:
                self._second(each)
            case Does.OPERATOR | Does.MOVE_STOP | Does.REDUCE | Does.PAUSE:
                self._operate(each)
            case Does.GHOST:
                self._haunt(each)
            case Does.KILL:
                self.crash()
            case Does.RATIONED:
                road.rationed = (now + each.size, each.size)
            case Does.UNLISTED:
                road.unlisted, road.hides = (now, now + each.size), self.venue.state.now
                road.troubled_until = max(road.troubled_until, now + each.size + AUDITED)
            case Does.RELEASE | Does.ADOPT | Does.EMERGENCY:
                self.handing.hand(each)
            case Does.NEW_RULES:
                self._change_rules(each.size)
            case _ if each.what in (*WINDOWS, Does.LOST, Does.MUTE, Does.BEHIND, Does.IDLE_STOPS):
                self.weather.comes(each, road)
            case _:
                self.meddling.meddle(each)

    def _change_rules(self, number: int) -> None:
        """The venue's rules are others from now on; people go by those at once, the process by its next look."""
        rules = rules_turns.changed(self.venue.state.instruments[SYMBOL], number)
        self.venue.state.instruments[SYMBOL] = rules
        self.story = self.watch.story = replace(self.story, instrument=rules)
        self.handing = replace(self.handing, story=self.story)
        self.sights.seen["trading rules changed with a trade on"] += any(
            node.machine.state.boxes for node in self.process.nodes.values()
        )
        for road in self.roads.values():
            road.troubled_until = max(road.troubled_until, self.timeline.now + AUDITED)

    def _second(self, each: Happening) -> None:
        """Somebody adds to a trade, or asks for one the other way: it turns round, or both are on in hedge mode."""
        asked, first = second if each.what is Does.MERGE else opposite, self.story.request
        last, tick = self.venue.state.last[SYMBOL], self.story.instrument.tick
        if each.what is Does.MERGE:
            first = replace(first, side=self.story.side(each))
        self._ask(asked(first, each.size, last, tick, self.timeline.now))

    def _operate(self, each: Happening) -> None:
        if each.what is Does.PAUSE:
            self.process.post(each.account, Pause(paused=bool(each.size % 2), by=BY))
            return
        node = self.process.nodes.get(each.account)
        boxes = node.machine.state.boxes.values() if node is not None else ()
        side = self.story.side(each)
        box = next((box for box in boxes if not each.other or box.trade.plan.side is side), None)
        if box is None:
            return
        act = act_of(each, box.id, self.story, self.venue.state.last[SYMBOL], box.trade.ledger.position)
        self.process.operate(each.account, act)
        if each.what is Does.MOVE_STOP:
            self.watch.moves.asked(each.account, act)

    def _haunt(self, each: Happening) -> None:
        account, road = self.venue.state.accounts[each.account], self.roads[each.account]
        order = ghosts.dead_entry(account, each.size)
        if order is None:
            return
        self.sights.seen["a dead entry executed"] += 1
        road.troubled_until = max(road.troubled_until, self.timeline.now + AUDITED)
        held = account.position(SYMBOL, order.index).size
        if held and (held > 0) != (order.side == "Buy"):
            self.sights.seen["a dead entry met a later trade"] += 1
        self.watch.haunted.add(each.account)
        ghosts.execute(self.venue, order, each.size)
        self.acted()


def _later(move: Callable[[Decimal, bool], None], price: Decimal, jumps: bool) -> Callable[[], None]:  # noqa: FBT001
    return lambda: move(price, jumps)


def _happens(happen: Callable[[Happening], None], each: Happening) -> Callable[[], None]:
    return lambda: happen(each)


def _booked(
    look: Callable[[str, int, str, str], None], name: str, generation: int, key: str, execution: str
) -> Callable[[], None]:
    return lambda: look(name, generation, key, execution)
