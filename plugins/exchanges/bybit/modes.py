"""An account's position modes, read from Bybit's position list."""

from collections.abc import Iterable

from plugins.exchanges.bybit import rows
from plugins.exchanges.bybit.api import Api
from plugins.exchanges.bybit.orders import LINEAR, SETTLED_IN
from ports import bybit_rows
from ports.position_modes import PositionModes

POSITIONS_PAGE = 200


class Modes(PositionModes):
    """One account's position modes, by symbol."""

    def __init__(self, api: Api) -> None:
        """Nothing is known yet."""
        super().__init__(api.account, self._rows)
        self._api = api

    async def learn_held(self) -> None:
        """Know the modes of all that is held, before the stream tells what becomes of it."""
        listed = await self._api.pages("get_positions", category=LINEAR, settleCoin=SETTLED_IN, limit=POSITIONS_PAGE)
        for row in listed:
            if bybit_rows.number(row, "size"):
                self.shown(rows.slot(row))

    async def _rows(self, symbol: str) -> Iterable[bybit_rows.Row]:
        found = await self._api.read("get_positions", category=LINEAR, symbol=symbol)
        return bybit_rows.listed(self._api.account, "get_positions", found)
