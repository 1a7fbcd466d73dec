"""What an account offers for BTCUSDT, for tests of rules: 10,000 USDT, 60,000 the last price."""

from decimal import Decimal

from core.instrument import Instrument
from core.terms import Terms
from core.words import Environment

BTC = Instrument(
    symbol="BTCUSDT",
    tick=Decimal("0.1"),
    step=Decimal("0.001"),
    min_quantity=Decimal("0.001"),
    min_notional=Decimal(5),
    max_leverage=Decimal(100),
)
TERMS = Terms(
    account="main",
    environment=Environment.PAPER,
    instrument=BTC,
    taker=Decimal("0.00055"),
    maker=Decimal("0.0002"),
    available=Decimal(10_000),
    equity=Decimal(10_000),
    last=Decimal(60_000),
    at=0,
)
