"""What the front desk answers while the machines go on working."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from config.request import request_from_text
from core.account.state import AccountState
from core.alerts import Alert
from core.engine.desk import Desk
from core.engine.memory_store import MemoryStore
from core.errors import ConfigError, Unavailable
from plugins.exchanges.paper.adapter import PaperExchange
from tests.living import SYMBOL, Serving, ask, serving
from tests.serving import house
from tests.staging import request

REQUEST = """{strategy: conservative, symbol: TESTUSDT, side: long, entries: [market],
    take_profits: [{price: 110, share: 100}], stop: 90, leverage: 2, margin_percent: 1}"""


class Meanwhile:
    """An exchange that takes its time over a price; a trade ends before it answers."""

    def __init__(self, each: PaperExchange) -> None:
        """Around *each*."""
        self._each = each
        self.states: dict[str, AccountState] = {}

    def __getattr__(self, name: str) -> Any:
        """As the exchange itself."""
        return getattr(self._each, name)

    async def last_price(self, symbol: str) -> Decimal:
        """The last price, when the first trade is gone."""
        boxes = next(iter(self.states.values())).boxes
        boxes.pop(next(iter(boxes), ""), None)
        return await self._each.last_price(symbol)


async def test_a_trade_that_ends_while_its_price_is_asked_for_breaks_no_status() -> None:
    """J1, rel:F43: the status waits for prices; that trades come and go meanwhile ended the whole service once."""
    async with serving(wrap=Meanwhile) as stage:
        await stage.service.open(ask(stage), "main")
        await stage.service.open(replace(ask(stage, identity="r2"), symbol="ETHUSDT"), "main")
        stage.service.exchanges["main"].states = dict(stage.service.states)  # type: ignore[attr-defined] # Meanwhile's
        desk = Desk(stage.service, lambda text, name, at: request_from_text(text, identity=name, at=at),
                    profile="", version="")  # fmt: skip
        answer = await desk.status({})

    assert answer["exit"] == 0
    assert SYMBOL in str(answer["data"]["markets"])  # type: ignore[index]


async def test_money_is_asked_for_where_a_trade_is_live() -> None:
    """E4: equity moves with the price, and the stream tells of it only with a fill; nobody asks unless told to."""
    async with serving() as stage:
        await stage.service.open(ask(stage), "main")
        await stage.until(lambda: "TP4" in stage.orders())
        await stage.until(lambda: not stage.service.states["main"].flights)
        told = await _equity(stage)
        stage.price(stage.world.venue.last(SYMBOL) + 10)
        unasked, asked = await _equity(stage), await _equity(stage, fresh=True)
        held = stage.venue().equity({SYMBOL: stage.world.venue.last(SYMBOL)})

    assert unasked == told
    assert asked == held > told


async def _equity(stage: Serving, **arguments: object) -> Decimal:
    data: Any = (await _desk(stage).status(arguments))["data"]
    return Decimal(data["accounts"][0]["equity"])


class Away(MemoryStore):
    """A store that refuses, or *hangs*, once it is *away*."""

    away = hangs = False

    async def alerts(self, limit: int = 100) -> tuple[Alert, ...]:
        """None now, or as ever."""
        if self.hangs:
            await asyncio.Event().wait()
        if self.away:
            raise Unavailable("store db: connection lost")
        return await super().alerts(limit)


@pytest.mark.parametrize("trouble", ["away", "hangs"])
async def test_a_store_that_is_away_hides_no_trade(trouble: str) -> None:
    """rel:F46: at 3 a.m. the positions are what somebody looks for; what isn't known is said."""
    store = Away()
    async with house(store=store) as at:
        trade = await at.open(request())
        setattr(store, trouble, True)
        desk = Desk(at.service, lambda text, name, at: request_from_text(text, identity=name, at=at),
                    profile="", version="")  # fmt: skip
        desk.stored_within = 0.01
        answer: Any = await desk.status({})

    assert [row["trade"] for row in answer["data"]["trades"]] == [trade, trade]
    assert answer["data"]["troubles"][0].startswith("the latest alerts can't be shown: ")


async def test_terms_are_each_accounts_own() -> None:
    """E2: what a wizard needs to know before it asks; the leader stands first, numbers are text."""
    async with serving(accounts=("main", "mirror")) as stage:
        answer = await _desk(stage).terms({"symbol": "btcusdt"})
    rows: Any = answer["data"]

    assert [(row["account"], row["follows"]) for row in rows] == [("main", None), ("mirror", "main")]
    assert (rows[0]["tick"], rows[0]["step"], rows[0]["max_leverage"]) == ("0.1", "0.001", "100")


async def test_terms_of_a_symbol_that_is_not_traded_say_so() -> None:
    """E2: exit 1 and the reason, no exception."""
    async with serving() as stage:
        answer = await _desk(stage).terms({"symbol": "NOPEUSDT"})
    rows: Any = answer["data"]

    assert answer["exit"] == 1
    assert "NOPEUSDT" in rows[0]["refused"][0]


@pytest.mark.parametrize(("mirror", "code"), [(Decimal(500_000), 0), (Decimal(1), 1)])
async def test_a_script_sees_that_a_mirror_did_not_follow(mirror: Decimal, code: int) -> None:
    """A9: the leader's trade is open, so it is no refusal; by exit 1 and its row the mirror's is told from all."""
    async with house(balances={"main": Decimal(1_000_000), "mirror": mirror}) as at:
        desk = Desk(at.service, lambda text, name, when: request_from_text(text, identity=name, at=when),
                    profile="", version="")  # fmt: skip
        answer: Any = await desk.open({"request": REQUEST})

    assert answer["exit"] == code
    assert [(row["account"], row["trade"] is None, bool(row["refused"])) for row in answer["data"]] == [
        ("main", False, False),
        ("mirror", code == 1, code == 1),
    ]


async def test_a_script_sees_that_nothing_was_opened() -> None:
    """A9, J1: the leader has no money for it: exit 2, however well its mirror could."""
    async with house(balances={"main": Decimal(1), "mirror": Decimal(500_000)}) as at:
        desk = Desk(at.service, lambda text, name, when: request_from_text(text, identity=name, at=when),
                    profile="", version="")  # fmt: skip
        answer: Any = await desk.open({"request": REQUEST})

    assert answer["exit"] == 2
    assert [row["trade"] for row in answer["data"] if row["account"] == "main"] == [None]


@pytest.mark.parametrize("command", ["preview", "open", "terms"])
async def test_who_names_a_mirror_does_not_mean_its_leader_too(command: str) -> None:
    """A1, E6: `open --account mirror` opened on main as well, at full size; it says where such a trade is opened."""
    async with serving(accounts=("main", "mirror")) as stage:
        handler = _desk(stage).handlers()[command]
        with pytest.raises(ConfigError, match="mirror follows main: a trade is opened on main, with all its mirrors"):
            await handler({"account": "mirror", "symbol": SYMBOL, "request": REQUEST})

        assert not stage.service.states["main"].boxes


async def test_a_request_keeps_who_asked_and_where_answers_go() -> None:
    """A9, D3: origin, principal and chat are the front end's word, kept with the trade."""
    text = """{strategy: conservative, symbol: BTCUSDT, side: long, entries: [market],
        take_profits: [{price: 200000, share: 100}], stop: 40000, leverage: 2, margin_percent: 1}"""
    async with serving() as stage:
        asked = {"request": text, "origin": "telegram", "principal": "Alice (telegram 7)", "chat": "7"}
        answer = await _desk(stage).open(asked)
        assert answer["exit"] == 0, answer
        (box,) = stage.service.states["main"].boxes.values()
    request = box.trade.plan.request

    assert (request.origin, request.principal, request.chat) == ("telegram", "Alice (telegram 7)", "7")


def _desk(stage: Serving) -> Desk:
    return Desk(
        stage.service, lambda text, name, at: request_from_text(text, identity=name, at=at), profile="", version=""
    )


class NotStarted(PaperExchange):
    """A venue that was never reached: it has nothing to ask with."""

    async def last_price(self, symbol: str) -> Decimal:
        """As an adapter that isn't started."""
        raise RuntimeError(f"{self.account} is not started")


async def test_an_account_that_is_down_is_not_asked_for_prices() -> None:
    """rel:F40, J1: it holds a trade since before the restart; the status shows it without a price, and goes on."""
    async with house(balances={"main": Decimal(1_000_000)}, build=NotStarted) as at:
        await at.open(request())
        at.service.connections.down["main"] = "the key was refused"
        desk = Desk(at.service, lambda text, name, when: request_from_text(text, identity=name, at=when),
                    profile="", version="")  # fmt: skip
        view = await desk.view()

    assert [each.last for each in view.trades] == [None]


async def test_equity_is_of_the_price_that_is_shown_beside_it() -> None:
    """E4: the wallet speaks at executions only; equity that stood still while the price fell misled at night."""
    async with serving() as stage:
        await stage.service.open(ask(stage), "main")
        await stage.until(stage.size)
        desk = _desk(stage)
        before: Any = (await desk.status({"fresh": True}))["data"]
        stage.price(Decimal(before["trades"][0]["last"]) - 10)
        after: Any = (await desk.status({"fresh": True}))["data"]

    (then,), (now,) = before["accounts"], after["accounts"]
    lost = Decimal(then["open_pnl"]) - Decimal(now["open_pnl"])
    assert lost > 0
    assert Decimal(then["equity"]) - Decimal(now["equity"]) == lost
    assert Decimal(now["available"]) < Decimal(then["available"])
