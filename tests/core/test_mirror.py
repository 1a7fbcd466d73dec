"""Mirrors: A2, A4, A9."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.instrument import Instrument
from core.mirror import CloseWithMain, Following, Sizing, follows_close, may_join, scaled
from core.money import HUNDRED, ONE, ZERO
from core.plan import Refusal
from core.request import EntrySpec, FixedQuantity, MarginPercent, MarginUsdt, Request, RiskPercent, Size
from core.sizing import Sized, sized
from core.terms import Terms
from core.words import Environment, Side

LOTS = Instrument(
    symbol="XUSDT",
    tick=Decimal("0.1"),
    step=Decimal("0.1"),
    min_quantity=Decimal("0.1"),
    min_notional=Decimal(5),
    max_leverage=HUNDRED,
)
MAIN = Terms(
    account="main",
    environment=Environment.PAPER,
    instrument=LOTS,
    taker=Decimal("0.00055"),
    maker=ZERO,
    available=Decimal(10_000),
    equity=Decimal(10_000),
    last=HUNDRED,
    at=0,
)
MIRROR = replace(MAIN, account="mirror", available=Decimal(3_300), equity=Decimal(3_300))
FOLLOWING = Following(leader="main")
PERCENT = MarginPercent(Decimal(2))


def asking(size: Size, *, entries: str = "100", leverage: int = 10) -> Request:
    """A long at *entries*, sized so."""
    return Request(
        id="r1",
        strategy="conservative",
        symbol="XUSDT",
        side=Side.LONG,
        entries=tuple(EntrySpec(Decimal(price)) for price in entries.split()),
        take_profits=(Decimal(110),),
        stop=Decimal(90),
        leverage=Decimal(leverage),
        size=size,
        at=0,
    )


def mirrored(request: Request, following: Following = FOLLOWING) -> Request:
    """The mirror's request, which must be there."""
    found = scaled(request, MAIN, MIRROR, following)
    assert isinstance(found, Request)
    return found


@pytest.mark.parametrize(
    ("size", "following", "expected"),
    [
        (PERCENT, FOLLOWING, PERCENT),
        (RiskPercent(ONE), FOLLOWING, RiskPercent(ONE)),
        (PERCENT, replace(FOLLOWING, scale=Decimal("1.5")), MarginPercent(Decimal(3))),
        (MarginUsdt(HUNDRED), FOLLOWING, MarginUsdt(Decimal(33))),
        (MarginUsdt(HUNDRED), replace(FOLLOWING, scale=Decimal(2)), MarginUsdt(Decimal(66))),
        (MarginUsdt(HUNDRED), replace(FOLLOWING, sizing=Sizing.SAME), MarginUsdt(HUNDRED)),
        (FixedQuantity(Decimal(10)), FOLLOWING, FixedQuantity(Decimal("3.3"))),
        (PERCENT, replace(FOLLOWING, max_margin_percent=Decimal(2)), PERCENT),
        (PERCENT, replace(FOLLOWING, max_notional=Decimal(660)), PERCENT),
    ],
)
def test_size_on_the_mirror(size: Size, following: Following, expected: Size) -> None:
    """A2: shares stay shares, fixed amounts go by 3,300 / 10,000, scale multiplies, a cap just reached cuts nothing."""
    request = asking(size)

    assert mirrored(request, following) == replace(request, size=expected)


@pytest.mark.parametrize(
    ("following", "lots"),
    [
        (replace(FOLLOWING, max_margin_percent=ONE), "3.3"),
        (replace(FOLLOWING, max_notional=Decimal(500)), "5"),
        (replace(FOLLOWING, max_margin_percent=ONE, max_notional=Decimal(500)), "3.3"),
        (replace(FOLLOWING, scale=Decimal(60), max_margin_percent=Decimal(4)), "13.2"),
    ],
)
def test_caps_hold_after_scale(following: Following, lots: str) -> None:
    """A2: 2 % of 3,300 at leverage 10 is 660 of notional; the tighter cap cuts, also what scale made absurd."""
    assert mirrored(asking(PERCENT), following).size == FixedQuantity(Decimal(lots))


def test_capped_lots_stay_under_the_cap() -> None:
    """The first leg takes what rounding leaves: nine tenths over two uneven legs must still fit 93 USDT."""
    request = mirrored(asking(PERCENT, entries="108 91 92"), replace(FOLLOWING, max_notional=Decimal(93)))
    lots = sized(request, MIRROR)

    assert isinstance(lots, Sized)
    assert (lots.total, lots.quantities[0]) == (Decimal("0.9"), Decimal("0.3"))
    assert lots.notional <= 93


def test_leader_without_balance_has_no_ratio() -> None:
    """A2: unknown is never one; the reason says what would mend it."""
    refusal = scaled(asking(MarginUsdt(HUNDRED)), replace(MAIN, available=ZERO), MIRROR, FOLLOWING)

    assert isinstance(refusal, Refusal)
    assert refusal.reasons[0].startswith("mirror XUSDT: nothing is available on main")
    assert scaled(asking(PERCENT), replace(MAIN, available=ZERO), MIRROR, FOLLOWING) == asking(PERCENT)


@pytest.mark.parametrize(
    ("close_with_main", "reason", "follows"),
    [
        (CloseWithMain.YES, "all_tps", True),
        (CloseWithMain.YES, "manual", True),
        (CloseWithMain.YES, "liquidation", False),
        (CloseWithMain.YES, "adl", False),
        (CloseWithMain.ALWAYS, "liquidation", True),
        (CloseWithMain.NO, "stop", False),
    ],
)
def test_closing_with_the_leader(close_with_main: CloseWithMain, reason: str, follows: bool) -> None:
    """A4: whatever the reason, but for those that are the leader account's own."""
    assert follows_close(reason, replace(FOLLOWING, close_with_main=close_with_main)) is follows


@pytest.mark.parametrize(
    ("now", "last", "joins"),
    [
        (30_000, "100.2", True),
        (30_000, "99.8", True),
        (30_001, "100", False),
        (0, "100.21", False),
        (0, "99.79", False),
    ],
)
def test_joining_late(now: int, last: str, joins: bool) -> None:
    """A9: within 30 s and 20 bps of the leader's first fill, both."""
    assert may_join(FOLLOWING, 0, HUNDRED, now, Decimal(last)) is joins
