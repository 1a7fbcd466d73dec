"""An audit reads one page of open orders; when that is all there is, it says which orders it saw (C7, rel:F17)."""

import time
from dataclasses import replace

import pytest

from config.demo import case_for, request_of
from tests.wire import Build, bybit, through_ccxt, wire_stage


@pytest.mark.integration
@pytest.mark.parametrize("build", [bybit, through_ccxt], ids=["bybit", "ccxt"])
async def test_one_page_that_is_all_names_every_order(build: Build) -> None:
    """rel:F36: without it an order whose end was lost is believed until the hourly look."""
    async with wire_stage(build, only=["main"]) as stage:
        await stage.open(replace(request_of(case_for(0, "ladder")), at=int(time.time() * 1_000)))
        cut = await stage.exchanges["main"].snapshot(0, full=False)
        at_the_venue = {order.link for order in stage.server.world.venue.state.accounts["main"].orders.values()}

    assert not cut.full
    assert cut.walked is not None
    assert set(cut.walked[1]) == at_the_venue != set()
