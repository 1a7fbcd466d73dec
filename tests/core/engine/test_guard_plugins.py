"""Plugins that raise or hang, in the running service (rel:F58): the account goes on, entries wait, exits don't."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ParamSpec, TypeVar, cast

from core.account.inputs import Operate
from core.account.machine import AccountMachine
from core.account.state import Timings
from core.alerts import Alert, PluginFailed
from core.commands import Cancel, Command, Outcome, Place
from core.desired import Desired, Phase
from core.engine.guarded import STRIKES, Guarded, TookTooLong
from core.facts import ActKind, Cut, EndReason, Fact
from core.plan import Plan, Refusal, Rules
from core.request import Request
from core.terms import Terms
from core.trade import Trade
from plugins.exchanges.paper.adapter import PaperExchange
from plugins.strategies.conservative.strategy import Conservative
from ports.exchange import Exchange
from tests.core.account.test_sequences import TWO_LEGS
from tests.driving import SLOT, Driven, driven, new_state
from tests.living import ask, serving

P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class Faulty:
    """The conservative strategy, which raises in whatever is named in *broken*."""

    broken: set[str] = field(default_factory=set)
    name: str = "conservative"
    raised: int = 0
    whole: Conservative = field(default_factory=lambda: Conservative("conservative", Rules()))

    def _maybe(self, where: str) -> None:
        if where in self.broken:
            self.raised += 1
            raise ZeroDivisionError(where)

    def open(self, request: Request, terms: Terms, trade: str) -> Plan | Refusal:
        """As the whole one."""
        self._maybe("open")
        return self.whole.open(request, terms, trade)

    def begin(self, plan: Plan) -> object:
        """As the whole one."""
        return self.whole.begin(plan)

    def apply(self, trade: Trade, fact: Fact) -> object:
        """As the whole one."""
        self._maybe("apply")
        return self.whole.apply(trade, fact)

    def desired(self, trade: Trade) -> Desired:
        """As the whole one."""
        self._maybe("desired")
        return self.whole.desired(trade)

    def alerts(self, before: Trade, fact: Fact, after: Trade) -> tuple[Alert, ...]:
        """As the whole one."""
        self._maybe("alerts")
        return self.whole.alerts(before, fact, after)


async def test_a_strategy_that_raises_leaves_the_exits_working() -> None:
    """rel:F58, rel:I12: it raises from the second fill on: targets stay as they were, the stop ends it, all is told."""
    faulty = Faulty()
    async with serving(strategy=faulty) as stage:
        await stage.service.open(ask(stage), "main")
        await stage.until(lambda: stage.orders() == ["E2", "TP1", "TP2", "TP3", "TP4"])
        faulty.broken = {"desired", "apply", "alerts"}
        stage.price(stage.world.venue.last("BTCUSDT") * 98 / 100)
        await stage.until(lambda: faulty.raised > 1)
        assert stage.orders() == ["TP1", "TP2", "TP3", "TP4"]
        stage.world.venue.hand("main").move_stop("BTCUSDT", None)
        stage.world.settle()
        await stage.until(lambda: stage.venue().position("BTCUSDT", 0).stop is not None, "the stop is not put back")
        stage.price(1_000)
        await stage.until(lambda: not stage.service.states["main"].boxes, "the trade did not end")
        kinds = [alert.kind for alert in await stage.told()]

    assert stage.size() == 0
    assert "plugin_failed" in kinds
    assert "position_closed" in kinds


async def test_entries_of_a_strategy_that_fails_are_taken_out() -> None:
    """rel:F58: closed for entries, open for exits: its resting entry goes, a cancelled target comes back."""
    faulty = Faulty()
    async with serving(strategy=faulty) as stage:
        await stage.service.open(ask(stage), "main")
        await stage.until(lambda: stage.orders() == ["E2", "TP1", "TP2", "TP3", "TP4"])
        faulty.broken = {"desired"}
        link = next(order.link for order in stage.venue().orders.values() if "-TP4-" in order.link)
        stage.world.venue.hand("main").cancel(link)
        stage.world.settle()

        await stage.until(lambda: stage.orders() == ["TP1", "TP2", "TP3", "TP4"], "not entries out and exits in")
        again = [order.link for order in stage.venue().orders.values() if "-TP4-" in order.link]

    assert len(again) == 1
    assert link not in again
    assert faulty.raised > 0


async def test_a_strategy_that_cannot_open_opens_nothing() -> None:
    """rel:F58: refused with what was raised; after three strikes it isn't even asked."""
    async with serving(strategy=Faulty(broken={"open"})) as stage:
        replies = [(await stage.service.open(ask(stage, identity=f"r{n}"), "main"))[0] for n in range(STRIKES + 1)]
        reasons = [reply.refusal.reasons[0] for reply in replies if reply.refusal is not None]

    assert len(reasons) == STRIKES + 1
    assert "ZeroDivisionError" in reasons[0]
    assert "until a restart" in reasons[-1]


def test_without_any_wish_known_the_exits_stay_as_they_work() -> None:
    """rel:F58: it fails right after a restart: what works and reduces is wished for as it is, entries are not."""
    run = driven()
    run.accept(run.open(TWO_LEGS))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    wishes = Guarded(Faulty(broken={"desired"}), lambda *_: None).desired(run.box_trade)

    assert [want.role for want in wishes.wants] == ["TP1", "TP2", "TP3", "TP4"]
    assert sum(want.total for want in wishes.wants) == 1000
    assert not wishes.done


def test_a_strategy_that_forgets_takes_no_phase_back() -> None:
    """rel:I19, rel:F58: TP1 was hit; then it can't say any more and no wish is known: still taking profit."""
    faulty = Faulty()
    state = new_state()
    state.strategies = {"conservative": Guarded(faulty, lambda *_: None)}
    run = Driven(AccountMachine(state))
    run.accept(run.open(TWO_LEGS))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850))
    faulty.broken = {"desired"}
    state.strategies["conservative"]._wishes.clear()  # type: ignore[attr-defined] # noqa: SLF001 - as after a restart
    run.know(run.fill("TP2", 10, 120))
    (box,) = state.boxes.values()

    assert box.phase is Phase.PROFIT_TAKING


class Broken:
    """An adapter whose submit raises for a while, and whose cuts do too."""

    def __init__(self, inner: PaperExchange) -> None:
        """Whole at first."""
        self.inner = inner
        self.broken = False
        self.failures = 0

    def __getattr__(self, name: str) -> object:
        """All else is the inner one's."""
        return getattr(self.inner, name)

    async def submit(self, commands: Sequence[Command]) -> tuple[Outcome, ...]:
        """Carry out, then raise: nobody learns what became of it."""
        outcomes = await self.inner.submit(commands)
        if self.broken and any(isinstance(each, Place) for each in commands):
            self.failures += 1
            raise TypeError("adapter bug")
        return outcomes


async def test_an_adapter_that_raises_is_asked_by_key() -> None:
    """rel:F58, rel:F02: it carried the orders out and raised: nothing is doubled, nothing missing, nobody died."""
    made: list[Broken] = []

    def wrap(inner: PaperExchange) -> Exchange:
        made.append(Broken(inner))
        return cast("Exchange", made[-1])

    async with serving(wrap=wrap) as stage:
        made[0].broken = True
        await stage.service.open(ask(stage), "main")
        await stage.until(lambda: made[0].failures >= 2, "it never raised")
        made[0].broken = False
        await stage.until(lambda: stage.orders() == ["E2", "TP1", "TP2", "TP3", "TP4"])
        links = list(stage.venue().links)

    assert str(stage.size()) == "0.500"
    assert len(links) == len(set(links)) == 6


async def test_a_look_that_raises_is_no_look() -> None:
    """rel:F58, C8: the adapter's cut breaks: degraded, nothing closed, looked at again."""

    class Blind(Broken):
        async def snapshot(self, since: int, *, full: bool = True) -> Cut:
            """Raise the first time."""
            self.failures += 1
            if self.failures == 1:
                raise KeyError("size")
            return await self.inner.snapshot(since, full=full)

    blind: list[Blind] = []

    def wrap(inner: PaperExchange) -> Exchange:
        blind.append(Blind(inner))
        return cast("Exchange", blind[-1])

    async with serving(wrap=wrap, timings=Timings(degraded=10)) as stage:
        assert blind[0].failures >= 2
        assert not stage.service.states["main"].troubles


class Impatient:
    """A Bounded for a strategy that hangs: it gives up at once, and counts how often it was called."""

    def __init__(self) -> None:
        """All goes well."""
        self.hangs, self.calls = False, 0

    def __call__(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """As Bounded."""
        self.calls += 1
        if self.hangs:
            raise TookTooLong("did not come back within 1000 ms")
        return call(*args, **kwargs)


def hanging() -> tuple[Driven, Impatient]:
    """A trade with 1,000 of 2,000 in and its ladder working, whose strategy hangs from now on."""
    impatient, state = Impatient(), new_state()
    state.strategies = {"conservative": Guarded(Conservative("conservative", Rules()), state.tell, impatient)}
    run = Driven(AccountMachine(state))
    run.accept(run.open(TWO_LEGS))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    impatient.hangs = True
    return run, impatient


def test_a_strategy_that_hangs_is_asked_three_times_and_no_more() -> None:
    """rel:F58: each time costs the loop a second; then exits stand, the entry goes, two alerts say so."""
    run, impatient = hanging()
    before = impatient.calls
    run.know(run.fill("TP1", 400, 110))
    for seconds in range(5):
        run.later(seconds * 1_000).know(run.stop_is(90 + seconds))

    assert impatient.calls - before == STRIKES
    assert Cancel(run.key("E2"), SLOT) in run.sent
    assert not [each for each in run.sent if isinstance(each, Cancel) and "-TP" in each.key[-8:]]
    assert [type(alert.body) for alert in run.alerts].count(PluginFailed) == 2


def test_a_trade_whose_strategy_hangs_can_be_closed() -> None:
    """rel:F58, B10: open for exits: somebody closes it, and what is left goes at market though nobody answers."""
    run, _ = hanging()
    sent = run.step(Operate(run.box_trade.plan.trade, ActKind.CLOSE, "me"))
    assert [(each.key, each.quantity) for each in sent if isinstance(each, Place)] == [(run.key("X"), Decimal(1000))]
    cancelled = [run.ended(role, 0, EndReason.CANCELLED) for role in ("TP1", "TP2", "TP3", "TP4", "E2")]
    run.answer(sent)
    run.know(run.fill("X", 1000, 100), run.ended("X", 1000), *cancelled)

    assert run.machine.state.boxes == {}
    assert [report.reason for report in run.last.closed] == ["manual"]
