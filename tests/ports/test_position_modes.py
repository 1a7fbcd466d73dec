"""Position modes as both adapters of Bybit know them."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from core.errors import Unavailable
from ports.position_modes import PositionModes


class Lists:
    """A position list that answers when it was asked for three symbols; one of them can't be read."""

    def __init__(self) -> None:
        """Nobody asked."""
        self.asked: list[str] = []
        self.all = asyncio.Event()

    async def rows(self, symbol: str) -> Iterable[Mapping[str, Any]]:
        """A symbol's rows: A in hedge mode, B in one-way mode."""
        self.asked.append(symbol)
        if len(self.asked) == 3:
            self.all.set()
        await self.all.wait()
        if symbol == "C":
            raise Unavailable("no answer")
        return [{"positionIdx": index} for index in ((1, 2) if symbol == "A" else (0,))]


async def test_all_modes_are_asked_for_at_once() -> None:
    """A5, C7: a start waits for them, with a hundred symbols; one that fails is left to the next look."""
    lists = Lists()
    modes = PositionModes("main", lists.rows)

    await asyncio.wait_for(modes.learn(["A", "B", "C", "A"]), 30)
    assert [modes.hedge(symbol) for symbol in "ABC"] == [True, False, False]
    await modes.learn(["A", "B", "C"])

    assert lists.asked == ["A", "B", "C", "C"]
