"""Ended trades page by page: a long history never lies in memory at once, and nobody waits for the store for long."""

from collections.abc import AsyncIterator

from core.report import TradeReport
from ports.persistence import Store

PAGE = 200


async def ended(store: Store, since: int, until: int | None = None) -> AsyncIterator[TradeReport]:
    """Every report of that time, oldest first; *until* is the first millisecond that no longer counts."""
    last: TradeReport | None = None
    while True:
        page = await store.ended(since, until, after=last, limit=PAGE)
        for report in page:
            yield report
        if len(page) < PAGE:
            return
        last = page[-1]
