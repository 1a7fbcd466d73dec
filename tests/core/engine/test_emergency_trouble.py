"""`emergency` among troubles (E6): whatever fails on the way, all else is emptied, and what failed is said."""

from decimal import Decimal
from typing import Any

from core.engine.memory_store import MemoryStore
from core.terms import Terms
from core.words import OrderSide
from plugins.exchanges.paper.adapter import PaperExchange
from tests.core.engine.test_emergency import desk, staged
from tests.serving import house
from tests.staging import SYMBOL, request


async def test_an_account_that_is_down_holds_up_none_that_is_not() -> None:
    """rel:F40: it is named with what is the matter, and nobody waits for its machine; main is flat."""
    async with house() as at:
        await staged(at)
        at.service.connections.down["mirror"] = "no route"
        answer: Any = await desk(at).emergency({"all_accounts": True, "dry_run": False})
        size = at.size()

    assert answer["exit"] == 1
    assert answer["data"]["failed"] == ["mirror is not connected: no route"]
    assert not size


async def test_a_machine_that_does_not_answer_is_said_and_ends_nothing() -> None:
    """rel:F58: the answer says for which trade; mirrors come first, as everywhere."""
    async with house() as at:
        trade = await at.open(request(["market", 95]))
        await at.freeze()
        at.service.answer_within = 0.01
        answer: Any = await desk(at).emergency({"dry_run": False})

    said = [each for each in answer["data"]["failed"] if "machine did not answer" in each]
    assert [each.split(":")[0] for each in said] == ["mirror", "main"]
    assert all(trade in each for each in said)


class Forgetful(MemoryStore):
    """A store that remembers nothing."""

    async def remember(self, name: str, value: str) -> None:
        """Refuse."""
        raise OSError("a plugin's bug")


async def test_a_store_that_can_not_note_it_holds_no_emergency_up() -> None:
    """rel:F45, rel:F58: who began it is known until a restart then."""
    async with house(store=Forgetful()) as at:
        await staged(at)
        answer: Any = await desk(at).emergency({"dry_run": False, "by": "me"})
        size = at.size()

    assert answer["exit"] == 0
    assert not size


class Mute(PaperExchange):
    """An account that breaks when it is asked for terms, once it is *mute*."""

    mute = False

    async def terms(self, symbol: str) -> Terms:
        """Its bug, or as ever."""
        if self.mute:
            raise KeyError("lotSizeFilter")
        return await super().terms(symbol)


async def test_what_is_not_ours_and_can_not_be_taken_is_said() -> None:
    """A6, rel:F58: ours is closed all the same; the stranger's position stays, by exit 1 and in words."""
    async with house(build=Mute) as at:
        await staged(at)
        at.hand().place(SYMBOL, OrderSide.BUY, Decimal(9))
        await at.settled()
        exchange = at.service.exchanges["main"]
        assert isinstance(exchange, Mute)
        exchange.mute = True
        answer: Any = await desk(at).emergency({"account": "main", "foreign": True, "dry_run": False})
        size = at.size()

    assert answer["exit"] == 1
    assert "main: the adapter failed: KeyError: 'lotSizeFilter'" in answer["data"]["failed"]
    assert size == 9
