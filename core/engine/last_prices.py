"""Last prices for whoever looks (`core.engine.briefly`)."""

from collections.abc import Container, Mapping
from decimal import Decimal
from functools import partial

from core.account.state import AccountState
from core.engine.briefly import REMEMBERED, WITHIN, Briefly
from ports.clock import Clock
from ports.exchange import Exchange


def holders(states: Mapping[str, AccountState], down: Container[str] = ()) -> dict[str, str]:
    """Every symbol of a live trade, with a connected account that holds it: whom to ask. Nobody else can be asked."""
    found: dict[str, str] = {}
    for name, state in states.items():
        for box in state.boxes.values() if name not in down else ():
            found.setdefault(box.trade.plan.symbol, name)
    return found


class LastPrices:
    """The prices of one service's symbols."""

    def __init__(
        self,
        exchanges: Mapping[str, Exchange],
        clock: Clock,
        *,
        within: float = WITHIN,
        remembered: int = REMEMBERED,
    ) -> None:
        """Nothing is known yet. *within*: seconds that a look waits. *remembered*: milliseconds."""
        self._exchanges = exchanges
        self._known: Briefly[Decimal] = Briefly(clock, "price", within=within, remembered=remembered)

    async def of(self, holders: Mapping[str, str]) -> dict[str, Decimal]:
        """The last price of each symbol, asked for at the account beside it; without those that don't come in time."""
        exchanges = self._exchanges
        return await self._known.of(
            {symbol: partial(exchanges[account].last_price, symbol) for symbol, account in holders.items()}
        )
