"""Trading rules that change while an account trades, through both adapters of Bybit."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.commands import Code, Place, Refused
from core.identity import key_text
from core.words import OrderSide, Slot
from plugins.exchanges.paper.v5.boot import accounts
from plugins.exchanges.paper.v5.server import VenueServer
from plugins.exchanges.paper.v5.settings import WireSettings
from tests.wire import BALANCES, Build, bybit, through_ccxt

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("build", [bybit, through_ccxt], ids=["bybit", "ccxt"])
async def test_what_the_rules_refuse_has_them_read_anew(build: Build) -> None:
    """rel:F37: else every order would be off the new tick, and refused, until an hour is over."""
    server = VenueServer(WireSettings(accounts=accounts(BALANCES)))
    await server.start()
    exchange = build("main", server, {})
    await exchange.start()
    known = server.world.venue.state.instruments
    place = Place(
        key_text("main", "RULES00000", "E1", 0),
        Slot("BTCUSDT", 0),
        OrderSide.BUY,
        Decimal("0.01"),
        Decimal("50000.1"),
        False,
    )
    try:
        before = (await exchange.terms("BTCUSDT")).instrument.tick
        known["BTCUSDT"] = replace(known["BTCUSDT"], tick=Decimal("0.5"))
        (refused,) = await exchange.submit([place])
        after = (await exchange.terms("BTCUSDT")).instrument.tick
    finally:
        await exchange.close()
        await server.close()

    assert isinstance(refused, Refused)
    assert refused.code is Code.RULES
    assert [before, after] == [Decimal("0.1"), Decimal("0.5")]
