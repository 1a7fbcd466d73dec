"""What the front desk answers while the machines go on working."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from config.request import request_from_text
from core.account.state import AccountState
from core.engine.desk import Desk
from plugins.exchanges.paper.adapter import PaperExchange
from tests.living import SYMBOL, ask, serving


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
