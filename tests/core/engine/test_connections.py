"""An account whose adapter hangs or breaks (rel:F40, rel:F58): the others come up, and go on."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any, cast

import pytest

from core.alerts import AccountDegraded, AccountRestored, Alert
from core.engine.audit import Audit
from core.engine.balances import fresh
from core.engine.connections import CONNECTION, FOR_GOOD, Connections
from core.engine.repairing import Repairs
from core.engine.reports import Reports
from core.engine.statistics import Statistics
from core.engine.steering import Steering
from core.engine.views import accounts
from core.errors import ConfigError, Stopped, TandemError, Unavailable
from core.facts import Cut, VenueFact
from core.identity import key_text
from core.terms import Terms
from core.words import Environment
from plugins.exchanges.paper.adapter import PaperExchange
from plugins.exchanges.paper.venue.orders import NewOrder
from ports.exchange import Exchange
from tests.core.engine.outboxes import turns
from tests.living import ask, serving
from tests.serving import HastyClock, House, house
from tests.staging import SYMBOL, request

STRAY = key_text("main", "ZZZZZZZZZZ", "TP1", 0)


class Start:
    """An exchange of which only the start counts: it waits until it is let, and raises what it has."""

    environment = Environment.PAPER

    def __init__(self, *raises: Exception) -> None:
        """One error a start."""
        self.raises = list(raises)
        self.begun = 0
        self.let = asyncio.Event()
        self.let.set()

    async def start(self) -> None:
        """As it is told."""
        self.begun += 1
        await self.let.wait()
        if self.raises:
            raise self.raises.pop(0)


def of(at: House, **starts: Start) -> Connections:
    """The accounts' connections; nobody waits long."""
    exchanges = cast("dict[str, Exchange]", starts)
    made = Connections(exchanges, at.service.states, HastyClock(), at.service.writer, at.store)
    made.others_wait = 0.01
    return made


async def test_a_mirror_that_hangs_in_its_start_is_not_waited_for() -> None:
    """rel:F40, rel:F58: main is watched meanwhile; the same start is taken when it comes through after all."""
    async with house(running=False) as at:
        mirror = Start()
        mirror.let.clear()
        made = of(at, main=Start(), mirror=mirror)
        await made.open()
        assert list(made.down) == ["mirror"]
        assert "has not answered yet" in made.why("mirror")
        mirror.let.set()

        assert await made.revive("mirror")
        assert made.down == {}
        assert CONNECTION not in at.state("mirror").troubles


async def test_a_start_that_never_ends_is_given_up_and_tried_anew() -> None:
    """rel:F58: a hung one would else be waited for until somebody restarts the service."""
    async with house(running=False) as at:
        mirror = Start()
        mirror.let.clear()
        made = of(at, main=Start(), mirror=mirror)
        made.starts_within = 0.02
        await made.open()
        reviving = asyncio.create_task(made.revive("mirror"))
        await at.until(lambda: mirror.begun > 1)
        assert "not answered within 0.02 s" in made.why("mirror")
        mirror.let.set()

        assert await reviving


async def test_an_adapter_that_breaks_in_its_start_is_one_that_is_not_connected() -> None:
    """rel:F58: a plugin's bug is told with its name and is tried again; main comes up."""
    async with house(running=False) as at:
        made = of(at, main=Start(), mirror=Start(KeyError("retCode"), TypeError("again")))
        await made.open()

        assert made.down == {"mirror": "mirror: the adapter failed: KeyError: 'retCode'"}
        assert await made.revive("mirror")


@pytest.mark.parametrize("last", [Unavailable("mirror: no route"), ValueError("a bug")])
async def test_when_none_comes_up_it_is_the_leaders_reason_that_is_raised(last: Exception) -> None:
    """J2: nothing is run for nobody; a slow one is waited for until it is known."""
    async with house(running=False) as at:
        mirror = Start(last)
        mirror.let.clear()
        asyncio.get_running_loop().call_later(0.03, mirror.let.set)

        with pytest.raises(TandemError, match="main: refused"):
            await of(at, main=Start(Unavailable("main: refused")), mirror=mirror).open()


@pytest.mark.parametrize("final", [ConfigError(("mirror: the key has expired",)), Stopped("mirror: it is over")])
async def test_what_only_a_person_can_mend_is_tried_no_more(final: Exception) -> None:
    """rel:F41, J2: said in its own words; a key that is refused again and again has the address banned."""
    async with house(running=False) as at:
        made = of(at, main=Start(), mirror=Start(final, final))
        await made.open()

        assert not await made.revive("mirror")
        assert made.why("mirror") == f"mirror is not connected: {final}; {FOR_GOOD}"


async def told(at: House) -> list[Alert]:
    """The alerts that are stored, oldest first."""
    await at.service.writer.flush()
    return list(reversed(await at.store.alerts(50)))


async def test_that_an_account_is_given_up_is_told() -> None:
    """D1, rel:F41: the network was away, then the key had expired: whoever waits for it to come back waits in vain."""
    async with house(running=False) as at:
        made = of(at, main=Start(), mirror=Start(Unavailable("no route"), ConfigError(("the key has expired",))))
        await made.open()
        await made.revive("mirror")
        bodies = [each.body for each in await told(at) if each.account == "mirror"]

    assert bodies == [AccountDegraded(CONNECTION, "no route"), AccountDegraded(CONNECTION, made.down["mirror"])]
    assert "has expired; it is not tried again" in made.down["mirror"]


async def test_that_an_account_is_away_is_told_and_that_it_is_back() -> None:
    """D1, rel:F40: critical at once, not when it is over; then for how long it lasted."""
    async with house(running=False) as at:
        mirror = Start(Unavailable("no route"))
        made = of(at, main=Start(), mirror=mirror)
        await made.open()
        mirror.let.clear()
        reviving = asyncio.create_task(made.revive("mirror"))
        await asyncio.sleep(0)
        away = await told(at)
        at.state("mirror").troubles[CONNECTION] -= 61_000
        mirror.let.set()
        await reviving
        back = (await told(at))[-1]

    assert [(each.account, each.critical, each.body) for each in away] == [
        ("mirror", True, AccountDegraded(CONNECTION, "no route"))
    ]
    assert (back.account, back.body) == ("mirror", AccountRestored(CONNECTION, 61))


async def test_leaders_come_up_before_their_mirrors() -> None:
    """rel:F40, A3: however they are listed: a mirror that is slow, or uses up the address's calls, comes second."""
    async with house(running=False) as at:
        main, mirror = Start(), Start()
        main.let.clear()
        made = of(at, mirror=mirror, main=main)
        made.others_wait = 60
        opening = asyncio.create_task(made.open())
        await turns(5)
        before = (main.begun, mirror.begun)
        main.let.set()
        await opening

    assert (before, mirror.begun) == ((1, 0), 1)


async def test_an_adapter_that_breaks_when_asked_for_terms_has_none_now() -> None:
    """rel:F58: a plugin's bug is no error of whoever asks: a mirror's would else end the service, main's trades too."""

    class Broken(Start):
        async def terms(self, symbol: str) -> Terms:
            raise KeyError("lotSizeFilter")

    async with house(running=False) as at:
        with pytest.raises(Unavailable, match="main: the adapter failed: KeyError: 'lotSizeFilter'"):
            await of(at, main=Broken()).terms("main", "TESTUSDT")


async def test_an_account_that_is_down_is_not_asked_and_candles_are_asked_for_as_they_were() -> None:
    """rel:F40, rel:F41: what an adapter without a connection does, nobody knows."""

    class Told(Start):
        async def candles(self, *asked: object) -> object:
            return asked

    async with house(running=False) as at:
        made = of(at, main=Told())
        assert cast("object", await made.candles("main", SYMBOL, 5, 100)) == (SYMBOL, 5, 100)
        made.down["main"] = "no route"

        with pytest.raises(Unavailable, match="main is not connected: no route"):
            await made.candles("main", SYMBOL, 5, 100)


class Together(PaperExchange):
    """An account that says what it has once every account was asked."""

    gate: asyncio.Barrier | None = None

    async def terms(self, symbol: str) -> Terms:
        """As ever, then."""
        if self.gate is not None:
            await self.gate.wait()
        return await super().terms(symbol)


async def test_accounts_are_asked_for_their_money_side_by_side() -> None:
    """rel:F58, G1: a minute for each that hangs, one after the other: nobody waits so long for a new period."""
    async with house(build=Together) as at:
        await at.open(request())
        at.service.connections.terms_within, gate = 0.2, asyncio.Barrier(2)
        for exchange in at.service.exchanges.values():
            cast("Together", exchange).gate = gate
        begun: Any = await Statistics(at.service).reset({"dry_run": True})
        report: Any = await Reports(at.service, lambda: None).report({})

    assert begun["data"]["balance_unknown"] == {}
    assert None not in [each["equity"] for each in report["data"]["accounts"]]


class Dumb(PaperExchange):
    """An account that never says what it offers, nor a price, once it is *dumb*."""

    dumb = False

    async def terms(self, symbol: str) -> Terms:
        """Nothing, or as ever."""
        if self.dumb:
            await asyncio.Event().wait()
        return await super().terms(symbol)

    async def last_price(self, symbol: str) -> Decimal:
        """Nothing, or as ever."""
        if self.dumb and self.account == "mirror":
            await asyncio.Event().wait()
        return await super().last_price(symbol)

    async def snapshot(self, since: int, *, full: bool = True) -> Cut:
        """Nothing of the mirror, or as ever."""
        if self.dumb and self.account == "mirror":
            await asyncio.Event().wait()
        return await super().snapshot(since, full=full)


@pytest.fixture
async def dumb() -> AsyncIterator[House]:
    """A service with a trade, whose accounts say nothing more when they are asked; nobody waits long."""
    async with house(build=Dumb) as at:
        await at.open(request())
        connections = at.service.connections
        connections.terms_within = connections.price_within = connections.cut_within = 0.02
        for exchange in at.service.exchanges.values():
            cast("Dumb", exchange).dumb = True
        yield at


async def test_a_venue_that_hangs_over_its_terms_is_not_waited_for(dumb: House) -> None:
    """rel:F58: a mirror waited for ever to join late, and who opened a trade until the command line gave up."""
    async with asyncio.timeout(5):
        with pytest.raises(Unavailable, match="main: its venue did not answer in time"):
            await dumb.service.open(request(), "main")


async def test_a_mirror_that_hangs_over_a_price_holds_up_no_stop_of_its_leader_s(dumb: House) -> None:
    """rel:F40, B14: it is refused there by name; on main the stop is moved."""
    async with asyncio.timeout(5):
        answer = await Steering(dumb.service).act({"kind": "move_stop", "trade": SYMBOL, "price": "95", "by": "me"})
    refused = {row["account"]: row["refused"] for row in cast("Any", answer["data"])}

    assert refused["mirror"] == ["mirror: its venue did not answer in time"]
    assert not refused["main"]


async def test_a_mirror_that_hangs_over_a_look_hides_nothing_of_the_others(dumb: House) -> None:
    """rel:F40, J1: `verify` and `clean-up` waited for it until the command line gave up; main was not looked at."""
    await dumb.freeze()
    stray = NewOrder(symbol=SYMBOL, side="Buy", quantity=Decimal(3), price=Decimal(90), link=STRAY)
    dumb.world.venue.venue.place("main", stray)
    async with asyncio.timeout(8):
        looked: Any = await Audit(dumb.service).verify({"topic": "closure"})
        orphans: Any = await Repairs(dumb.service).clean_up({"dry_run": True})

    assert [row["account"] for row in looked["data"]["violations"]] == ["main"]
    assert list(looked["data"]["not_looked_at"]) == list(orphans["data"]["not_done"]) == ["mirror"]
    assert [row["key"] for row in orphans["data"]["would_cancel"]] == [STRAY]


async def test_a_venue_that_hangs_over_its_money_holds_up_no_report(dumb: House) -> None:
    """rel:F58, G1, E4: alerts of a fall, the daily report and a new period waited for it for ever."""
    async with asyncio.timeout(5):
        shown = [await fresh(each, dumb.service) for each in accounts(dumb.service.states, {})]
        begun: Any = await Statistics(dumb.service).reset({"dry_run": True})

    why = "its balance can't be read now: {}: its venue did not answer in time"
    assert [each.equity for each in shown] == [None, None]
    assert begun["data"]["balance_unknown"] == {name: why.format(name) for name in ("main", "mirror")}


async def test_a_venue_that_hangs_over_a_probe_is_named(dumb: House) -> None:
    """rel:F40, J1: the others' answers are there all the same."""
    audit = Audit(dumb.service)
    audit.probe_within = 0.02
    async with asyncio.timeout(5):
        answer: Any = await audit.probe({})

    assert [row["why"] for row in answer["data"]] == ["the venue did not answer in time"] * 2


class Deaf:
    """An exchange whose streams break off once each."""

    def __init__(self, inner: PaperExchange) -> None:
        """Whole but for that."""
        self.inner, self.left = inner, {"events", "prices"}

    def __getattr__(self, name: str) -> Any:
        """All else is the inner one's."""
        return getattr(self.inner, name)

    def _maybe(self, what: str) -> None:
        if what in self.left:
            self.left.remove(what)
            raise KeyError(what)

    async def events(self) -> AsyncIterator[VenueFact]:
        """Break, later go on."""
        self._maybe("events")
        async for fact in self.inner.events():
            yield fact

    async def prices(self, symbols: tuple[str, ...]) -> AsyncIterator[Any]:
        """As above."""
        self._maybe("prices")
        async for tick in self.inner.prices(symbols):
            yield tick


async def test_a_mirror_whose_streams_break_off_ends_nothing_and_is_heard_again() -> None:
    """rel:F58, rel:F19, I14: main opens all the same, the mirror is told of, looks, and follows when it is well."""
    deaf: list[Deaf] = []

    def wrap(inner: PaperExchange) -> Exchange:
        if inner.account == "main":
            return inner
        deaf.append(Deaf(inner))
        return cast("Exchange", deaf[-1])

    async with serving(accounts=("main", "mirror"), wrap=wrap, clock=HastyClock()) as stage:
        await stage.service.open(ask(stage), "main")
        await stage.until(lambda: stage.orders() == stage.orders("mirror") == ["E2", "TP1", "TP2", "TP3", "TP4"])
        told = [alert.kind for alert in await stage.told() if alert.account == "mirror"]

    assert deaf[0].left == set()
    assert "account_degraded" in told


async def test_a_pause_outlives_a_restart_of_an_account_that_is_down() -> None:
    """I1, rel:F40: it waited for the account to connect, and a restart before that forgot it: entries were taken."""
    async with house() as at:
        await at.freeze()
        at.service.connections.down["mirror"] = "no route"
        at.service.pause("mirror", "ann", paused=True)
        assert at.state("mirror").paused
        await at.service.writer.flush()

    async with house(store=at.store, running=False) as again:
        assert [again.state(name).paused for name in ("main", "mirror")] == [False, True]
