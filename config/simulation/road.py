"""One account's way to the venue and back: requests, answers, the private stream and looks, each in its weather."""

from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from config.simulation.clocks import Clocks
from config.simulation.fates import FRAME, LOOK, REQUEST, Fates, Kind
from config.simulation.story import Pace
from config.simulation.timeline import Timeline
from core.account.effects import CutKind
from core.commands import Amend, Code, Command, Done, Outcome, Place, Query, Refused, SetLeverage, SetStop, Unknown
from core.facts import Cut, Filled, Funding, LeverageIs, PositionIs, StopIs, VenueFact, Wallet
from core.terms import Terms
from core.words import Slot
from plugins.exchanges.paper.stepped import SteppedAccount

LIFETIME = 2_000
"""recv_window: a request that arrives later than this is refused by the venue (R4)."""
LATE = (300, 6_000)
LATE_FRAME = (500, 4_000)
SLOW = (2_500, 8_000)
PAGE = 50
"""Open orders that an audit looks at."""
AUDITED, REPAIRED = 70_000, 25_000
"""How long what a fault did may be seen: by the next audit after a lost frame (F17), else sooner."""
YOUNG = 1_500
"""For how long after it was made an order may not be found by key."""
TORN = 800
"""How far apart the lists of one look may be read, milliseconds."""
STALE = 30_000
"""How old what a read shows can be."""
NOTICED = 25_000
"""A silent stream is noticed by its watchdog within this."""
_LOST = Unknown("no answer in time")

Answer = Callable[[tuple[Command, ...], tuple[Outcome, ...]], None]


@dataclass(slots=True)
class Request:
    """Commands that leave together; answered when every part of it is."""

    commands: tuple[Command, ...]
    outcomes: dict[int, Outcome]
    answered: Answer


@dataclass(slots=True)
class Road:
    """Between one account's machine and the venue. Its receiver changes when the process starts anew."""

    timeline: Timeline
    venue: SteppedAccount
    fates: Fates
    pace: Pace
    acted: Callable[[], None]
    """Called after the venue did anything."""
    seen: Counter[str]
    clocks: Clocks
    up: bool = False
    silent: bool = False
    offline_until: int = 0
    busy_until: int = 0
    """Until then the venue refuses everything as too much."""
    lost_until: int = 0
    """Until then no request arrives."""
    idle_until: int = 0
    """Until then a stop that is set is taken, and nothing comes of it."""
    rationed: tuple[int, int] = (0, 0)
    """Until when not all entries that are placed together are taken, and a number whose bits say which is."""
    mute_until: int = 0
    """Until then no answer of the venue comes back."""
    unlisted: tuple[int, int] = (0, 0)
    """What executes from the one time on is told by nothing until the other."""
    hides: int = 0
    """From when on that is, by the venue's clock."""
    behind: tuple[int, Cut | None] = (0, None)
    """Until then looks show this, as the lists stood when they fell behind."""
    hidden: bool = False
    """Whether what happens now is told to nobody: its frame gets lost."""
    told: set[str] = field(default_factory=set)
    """The executions that the stream has brought."""
    slow_until: int = 0
    """Until when a look was on its way that took seconds: what only a look shows is not expected before."""
    troubled_until: int = 0
    """Until when what a fault left behind may still be seen: a second of patience is not expected before."""
    _unheard: bool = False
    """Whether a frame was lost of which no good look has told since."""
    _last: int = 0
    _old: deque[Cut] = field(default_factory=lambda: deque(maxlen=4))

    # requests

    def send(self, commands: tuple[Command, ...], answered: Answer) -> None:
        """Send commands the way the adapters do: placements in a batch, amendments in a batch, the rest one by one."""
        request = Request(commands, {}, answered)
        for part in _parts(commands):
            self._request(request, part)

    def _request(self, request: Request, part: tuple[int, ...]) -> None:
        now = self.timeline.now
        if now < self.offline_until:
            self._trouble()
            self._later(self.pace.answer, request, dict.fromkeys(part, _LOST))
            return
        there = self.fates.lag(1, self.pace.road)
        fate = self._fate(now)
        if fate is not None:
            self._trouble()
        match fate:
            case None:
                self.timeline.after(there, lambda: self._arrive(request, part, None))
            case Kind.LOST_REQUEST:
                self._later(self.pace.answer, request, dict.fromkeys(part, _LOST))
            case Kind.LATE_REQUEST:
                late = self.fates.lag(*LATE)
                self.timeline.after(late, lambda: self._arrive_late(request, part, late))
                self._later(self.pace.answer, request, dict.fromkeys(part, _LOST))
            case Kind.BUSY | Kind.RATE:
                code = Code.BUSY if fate is Kind.BUSY else Code.RATE
                refused = Refused(code, "too busy", 500 if fate is Kind.RATE else None)
                self._later(there, request, dict.fromkeys(part, refused))
            case _:
                self.timeline.after(there, lambda: self._arrive(request, part, fate))

    def _fate(self, now: int) -> Kind | None:
        if now < self.busy_until:
            return Kind.BUSY
        if now < self.mute_until:
            return Kind.LOST_ANSWER
        return Kind.LOST_REQUEST if now < self.lost_until else self.fates.of(REQUEST)

    def _arrive(self, request: Request, part: tuple[int, ...], fate: Kind | None) -> None:
        outcomes = self._rations(request, part) | self._idles(request, part)
        outcomes |= self._executed(request, tuple(number for number in part if number not in outcomes))
        if fate is Kind.UNSEEN:
            outcomes = {number: self._unseen(request.commands[number], each) for number, each in outcomes.items()}
        back = self.fates.lag(1, self.pace.road)
        if fate is not None and any(self._filled(request.commands[number]) for number in part):
            self.seen["an answer lost after a fill"] += 1
        if fate is Kind.LOST_ANSWER:
            back, outcomes = self.pace.answer, dict.fromkeys(part, _LOST)
        elif fate is Kind.ERROR_AFTER:
            outcomes = dict.fromkeys(part, Unknown("10016: service is restarting"))
        self._later(back, request, outcomes)

    def _rations(self, request: Request, part: tuple[int, ...]) -> dict[int, Outcome]:
        """Which entries of a batch come back while the account is rationed: one after the other, each for longer.

        The venue refuses the first; the others never leave.
        """
        until, bits = self.rationed
        left, refused = until - self.timeline.now, dict[int, Outcome]()
        for place, number in enumerate(part if left > 0 else ()):
            command = request.commands[number]
            if isinstance(command, Place) and not command.reduce_only and not bits >> place & 1:
                self._trouble()
                code = Code.CROWDED if refused else Code.RATE
                refused[number] = Refused(code, "too many", left * (len(refused) + 1))
        return refused

    def _idles(self, request: Request, part: tuple[int, ...]) -> dict[int, Outcome]:
        """The stops that are taken and not set."""
        idle = self.timeline.now < self.idle_until
        stops = [number for number in part if idle and isinstance(request.commands[number], SetStop)]
        if stops:
            self._trouble()
            self.seen["a stop taken without effect"] += len(stops)
        return dict.fromkeys(stops, Done())

    def _unseen(self, command: Command, outcome: Outcome) -> Outcome:
        """A question's answer, from before the order was made if that was a moment ago."""
        young = isinstance(command, Query) and self.venue.age(command.key) < YOUNG
        return Done() if young else outcome

    def _filled(self, command: Command) -> bool:
        """Whether the order that a placement made has executed anything by now."""
        return isinstance(command, Place) and self.venue.executed(command.key) > 0

    def _arrive_late(self, request: Request, part: tuple[int, ...], late: int) -> None:
        if late <= LIFETIME:
            self._executed(request, part)

    def _executed(self, request: Request, part: tuple[int, ...]) -> dict[int, Outcome]:
        outcomes = self.venue.submit([request.commands[number] for number in part])
        self.acted()
        return dict(zip(part, outcomes, strict=True))

    def _later(self, delay: int, request: Request, outcomes: dict[int, Outcome]) -> None:
        self.timeline.after(delay, lambda: self._answer(request, outcomes))

    def _answer(self, request: Request, outcomes: dict[int, Outcome]) -> None:
        request.outcomes.update(outcomes)
        if len(request.outcomes) == len(request.commands):
            ordered = (request.outcomes[number] for number in range(len(request.commands)))
            request.answered(request.commands, tuple(map(self._proven, request.commands, ordered)))

    def _proven(self, command: Command, outcome: Outcome) -> Outcome:
        """An answer with what it proves, as adapters tell it: a leverage that was taken is that of now (B4)."""
        if not isinstance(command, SetLeverage) or outcome != Done():
            return outcome
        return Done((LeverageIs(command.symbol, command.leverage, self.clocks.believed(self.timeline.now)),))

    # the stream

    def flow(self, receive: Callable[[VenueFact], None]) -> tuple[VenueFact, ...]:
        """Send on what the venue has for this account; returns it."""
        facts = self.venue.drain()
        if facts and self.up:
            self._flow(facts, receive)
        return facts

    def _flow(self, facts: tuple[VenueFact, ...], receive: Callable[[VenueFact], None]) -> None:
        if self.silent or self.hidden or self.timeline.now < self.offline_until:
            self._lose()
            return
        for frame in _topics(facts):
            if self._untold and isinstance(frame[0], Filled):
                continue
            self._frame(frame, receive)

    @property
    def _untold(self) -> bool:
        return self.unlisted[0] <= self.timeline.now < self.unlisted[1]

    def _frame(self, facts: tuple[VenueFact, ...], receive: Callable[[VenueFact], None]) -> None:
        """One topic's frame; on one socket they come in order, unless a fault has it otherwise."""
        now = self.timeline.now
        fate = self.fates.of(FRAME)
        if fate is not None:
            self._trouble(AUDITED)
        self._last = max(self._last, now + self.fates.lag(1, self.pace.stream))
        match fate:
            case Kind.MISSING_FRAME:
                self._lose()
            case Kind.LATE_FRAME:
                self._deliver(now + self.fates.lag(*LATE_FRAME), facts, receive)
            case Kind.DUPLICATE_FRAME:
                self._deliver(self._last, facts, receive)
                self._deliver(self._last + self.fates.lag(0, 3_000), facts, receive)
            case _:
                self._deliver(self._last, facts, receive)

    def _lose(self) -> None:
        self._unheard = True
        self._trouble(AUDITED)

    def _deliver(self, at: int, facts: Iterable[VenueFact], receive: Callable[[VenueFact], None]) -> None:
        def arrive() -> None:
            for fact in facts:
                if isinstance(fact, Filled):
                    self.told.add(fact.execution)
                receive(fact)

        self.timeline.at(at, arrive)

    # looks

    def look(self, since: int, kind: CutKind, taken: Callable[[Cut | None], None]) -> None:
        """Ask for a cut; None when it could not be had."""
        now = self.timeline.now
        fate = self.fates.of(LOOK)
        if fate not in (None, Kind.SLOW_LOOK):  # nothing gets lost while a look is on its way
            self._trouble()
        if now < self.offline_until or fate is Kind.FAILED_LOOK:
            self._tell(now, fate)
            self.timeline.after(self.pace.answer, lambda: taken(None))
            return
        there = self.fates.lag(1, self.pace.road)
        self.timeline.after(there, lambda: self._looked(since, kind, now, fate, taken))

    def _looked(
        self, since: int, kind: CutKind, asked: int, fate: Kind | None, taken: Callable[[Cut | None], None]
    ) -> None:
        cut = self._lists(since)
        self._tell(self.timeline.now, fate)
        if self.fates.may(Kind.STALE_LOOK):
            self._old.append(cut)
        if fate is Kind.STALE_LOOK:
            cut = next(each for each in self._old if each.at >= self.clocks.venue(asked) - STALE)
        cut = self._dated(_listed(cut, self.clocks.believed(asked), kind))
        if fate is Kind.SLOW_LOOK:
            late = self.fates.lag(*SLOW)
            self.slow_until = max(self.slow_until, self.timeline.now + late)
            self.timeline.after(late, lambda: taken(cut))
        elif fate is Kind.TORN_LOOK:
            self.timeline.after(self.fates.lag(1, TORN), lambda: taken(self._torn(cut)))
        else:
            self.timeline.after(self.fates.lag(1, self.pace.road), lambda: taken(cut))

    def _tell(self, now: int, fate: Kind | None) -> None:
        """A look tells what a lost frame had; where it can't, that waits for the next one."""
        behind = now < max(self.behind[0], self.offline_until) or self._untold
        self._unheard &= behind or fate not in (None, Kind.SLOW_LOOK)
        if self._unheard:
            self._trouble(AUDITED)

    def fall_behind(self, until: int) -> None:
        """Until then the lists stay as they are now."""
        self.behind = until, self.venue.snapshot(0)

    def _lists(self, since: int) -> Cut:
        (until, then), now = self.behind, self.timeline.now
        if then is not None and now < until:
            executions = tuple(each for each in then.executions if each.at >= since)
            return replace(then, at=self.clocks.venue(now), executions=executions)
        cut = self.venue.snapshot(since)
        if not self._untold:
            return cut
        return replace(cut, executions=tuple(each for each in cut.executions if each.at < self.hides))

    def terms(self, symbol: str) -> Terms:
        """What the account offers now, dated as an adapter dates it."""
        terms, wrong = self.venue.terms(symbol), self.clocks.wrong(self.timeline.now)
        return replace(terms, at=terms.at + wrong) if wrong else terms

    def row(self, slot: Slot) -> PositionIs:
        """What a look of now would show in a slot that holds something."""
        return next(each for each in self._dated(self.venue.snapshot(0)).positions if each.slot == slot)

    def _dated(self, cut: Cut) -> Cut:
        """The look as an adapter dates it: what lists say of now carries no time of the venue's."""
        wrong = self.clocks.wrong(self.timeline.now)
        if not wrong:
            return cut
        rows = tuple([replace(each, at=each.at + wrong) for each in cut.positions])
        wallet = cut.wallet and replace(cut.wallet, at=cut.wallet.at + wrong)
        return replace(cut, at=cut.at + wrong, positions=rows, wallet=wallet)

    def _torn(self, cut: Cut) -> Cut:
        """What is held was read later than what was executed: two lists are never of one moment."""
        now = _listed(self.venue.snapshot(0), cut.asked, CutKind.FULL)
        return replace(cut, stops=now.stops, positions=now.positions)

    def _trouble(self, length: int = REPAIRED) -> None:
        self.troubled_until = max(self.troubled_until, self.timeline.now + self.pace.answer + length)


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


def _topics(facts: tuple[VenueFact, ...]) -> tuple[tuple[VenueFact, ...], ...]:
    """Facts as the topics of the private stream carry them: executions, orders, positions, the wallet."""
    frames: dict[str, list[VenueFact]] = {}
    for fact in facts:
        match fact:
            case Filled() | Funding():
                topic = "execution"
            case PositionIs() | StopIs():
                topic = "position"
            case Wallet():
                topic = "wallet"
            case _:
                topic = "order"
        frames.setdefault(topic, []).append(fact)
    return tuple(tuple(frame) for frame in frames.values())


def _parts(commands: tuple[Command, ...]) -> list[tuple[int, ...]]:
    """Which commands share a request, by their places."""
    groups: dict[object, list[int]] = {}
    for number, command in enumerate(commands):
        batch = type(command) if isinstance(command, Place | Amend) else number
        groups.setdefault(batch, []).append(number)
    return [tuple(group) for group in groups.values()]
