"""People's own alerts in a running service: made, watched, told once, kept over restarts (D1)."""

from decimal import Decimal
from typing import Any

import pytest

from core.alerts import UserAlert
from core.engine.alerting import UserAlerts
from core.engine.memory_store import MemoryStore
from core.engine.rules import NAME, recall
from core.errors import ConfigError, Stopped
from core.user_alert_rules import MOST
from plugins.exchanges.paper.adapter import PaperExchange
from tests.serving import House, house
from tests.staging import SYMBOL, request

PHONE = {"by": "ann (telegram 7)", "chat": "7"}


async def add(part: UserAlerts, kind: str, value: object, **more: object) -> Any:
    """A new rule of Ann's."""
    return (await part.add({**PHONE, "kind": kind, "value": value, **more}))["data"]


async def told(at: House) -> list[UserAlert]:
    """The user alerts that are stored, oldest first."""
    await at.service.writer.flush()
    return [each.body for each in reversed(await at.store.alerts(100)) if isinstance(each.body, UserAlert)]


async def test_a_price_that_nobody_trades_is_watched() -> None:
    """D1: fired with the numbers, to the chat that asked, once until it has cooled down."""
    async with house() as at:
        part = UserAlerts(at.service)
        made = await add(part, "price_above", "99.5", symbol=SYMBOL.lower(), note="look!")
        await part.look()
        await part.look()
        (alert,) = [each for each in await at.store.alerts(100) if isinstance(each.body, UserAlert)]

    assert (alert.symbol, alert.chat, alert.account) == (SYMBOL, "7", "")
    assert isinstance(alert.body, UserAlert)
    assert (alert.body.id, str(alert.body.found), alert.body.note) == (made["id"], "100", "look!")
    assert (len(made["id"]), made["owner"]) == (8, "ann (telegram 7)")


async def test_positions_of_each_account_are_watched() -> None:
    """D1: main lost 10 a unit; the rule on the mirror's profit stays silent."""
    async with house() as at:
        part = UserAlerts(at.service)
        await add(part, "loss_percent", "5", account="main")
        await add(part, "profit", "1", account="mirror")
        await at.open(request())
        await at.price(94)
        await part.look()
        found = await told(at)

    assert [(each.watched.value, str(each.found)) for each in found] == [("loss_percent", "6")]


async def test_a_fall_from_the_peak_is_reckoned_from_fresh_equity() -> None:
    """D1: the stream told the equity at the last fill; since then the market has taken 10 % of a large position."""
    async with house(balances={"main": Decimal(1_000_000)}) as at:
        part = UserAlerts(at.service)
        await add(part, "drawdown", "0.5")
        await at.open(request())
        await part.look()
        await at.price(94)
        await part.look()
        found = await told(at)

    assert [each.watched.value for each in found] == ["drawdown"]


async def test_a_restart_neither_forgets_nor_repeats() -> None:
    """D1, rel:I8: rules are durable; what fired just before the crash is told once, though nobody kept that it did."""
    store = MemoryStore()
    async with house(store=store) as at:
        part = UserAlerts(at.service)
        await add(part, "price_below", "200", symbol=SYMBOL)
        before = await store.recall(NAME)
        await part.look()
        await store.remember(NAME, before or "")
        await UserAlerts(at.service).look()
        found = await told(at)

    assert len(found) == 1
    assert (await recall(store)).rules[0].fired == 1


async def test_a_peak_of_before_the_rule_is_none() -> None:
    """D1: taken out and asked for anew, a fall is reckoned from then on, not from what was held long ago."""
    async with house(balances={"main": Decimal(1_000_000)}) as at:
        part = UserAlerts(at.service)
        first = await add(part, "drawdown", "0.5")
        await at.open(request())
        await part.look()
        await part.remove({"id": first["id"]})
        await part.look()
        await at.price(94)
        await add(part, "drawdown", "0.5")
        await part.look()
        await part.look()

        assert await told(at) == []


async def test_each_person_has_so_many_alerts_of_his_own() -> None:
    """D1, E1: one who has all of them takes nobody else's."""
    async with house() as at:
        part = UserAlerts(at.service)
        for _ in range(MOST):
            await add(part, "price_above", "500", symbol=SYMBOL)
        with pytest.raises(ConfigError, match="remove one first"):
            await add(part, "price_above", "500", symbol=SYMBOL)

        assert (await add(part, "profit", "1", by="bob (telegram 8)"))["id"]


async def test_without_a_rule_no_venue_is_asked() -> None:
    """DESIGN 7: calls while nothing happens; one that is switched off counts for nothing."""
    asked: list[str] = []

    class Counted(PaperExchange):
        async def last_price(self, symbol: str) -> Decimal:
            asked.append(symbol)
            return await super().last_price(symbol)

    async with house(build=Counted) as at:
        part = UserAlerts(at.service)
        made = await add(part, "price_above", "1", symbol=SYMBOL)
        await part.change({"id": made["id"], "enabled": False})
        asked.clear()
        await at.open(request())
        asked.clear()
        await part.look()

    assert asked == []


async def test_a_rule_is_changed_and_removed() -> None:
    """D1: by its id in any case; switched on again it is awake at once."""
    async with house() as at:
        part = UserAlerts(at.service)
        made = await add(part, "price_above", "1", symbol=SYMBOL, repeat=False)
        await part.look()
        changed: Any = (await part.change({"id": made["id"].lower(), "enabled": True, "value": "2"}))["data"]
        await part.look()
        assert (changed["enabled"], changed["value"], len(await told(at))) == (True, "2", 2)
        await part.remove({"id": made["id"]})
        listed: Any = (await part.list({}))["data"]

    assert listed["rules"] == []
    assert {each["group"] for each in listed["kinds"]} == {"price", "position", "risk"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"kind": "moon", "value": "1"}, "there is no alert on"),
        ({"kind": "price_above", "value": "1e", "symbol": SYMBOL}, "not a number"),
        ({"kind": "price_above", "value": "1", "symbol": "NOSUCH"}, "NOSUCH"),
        ({"kind": "drawdown", "value": "-1", "account": "x"}, "above 0"),
        ({"kind": "leverage", "value": "5", "note": "n" * 201}, "200 letters"),
    ],
)
async def test_a_wish_is_refused_with_its_reasons(arguments: dict[str, object], words: str) -> None:
    """D1: nothing is kept."""
    async with house() as at:
        with pytest.raises(ConfigError, match=words):
            await UserAlerts(at.service).add(arguments)
        assert await at.store.recall(NAME) is None


async def test_what_can_not_be_read_is_said() -> None:
    """rel:F47: never taken for no rules."""
    store = MemoryStore()
    await store.remember(NAME, '{"rules": [1]}')

    with pytest.raises(Stopped, match="restore a backup"):
        await recall(store)
