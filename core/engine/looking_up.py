"""What only the store knows, for somebody who looks: waited for so long and no longer (rel:F46)."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from core.errors import Unavailable

Told = TypeVar("Told")


async def looked_up(asked: Awaitable[Told], within: float) -> Told:
    """What the store says. Raises Unavailable, with words for a person, also when it has not *within* so many seconds.

    For what can be shown without: a store that is away hides no trade from anybody.
    """
    try:
        async with asyncio.timeout(within):
            return await asked
    except (Unavailable, TimeoutError) as error:
        raise Unavailable(str(error) or f"the store has not answered for {within} s") from error
