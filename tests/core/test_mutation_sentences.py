"""What a refusal says, to the letter: somebody reads it at night and does what it says (B2, A7, I1)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.gate import AccountView, Limits, SymbolLimits, reasons
from core.money import HUNDRED, ONE, ZERO
from core.plan import Leg, Plan
from core.request import EntrySpec, FixedQuantity, MarginPercent, MarginUsdt, Request
from core.terms import Terms
from core.validation import problems, questions
from core.words import Environment, MarginMode, Side, Slot
from tests.bitcoin import BTC, TERMS

LONG = Request(
    id="r1",
    strategy="conservative",
    symbol="BTCUSDT",
    side=Side.LONG,
    entries=(EntrySpec(None), EntrySpec(Decimal(59_000)), EntrySpec(Decimal(58_000))),
    take_profits=tuple(map(Decimal, (62_000, 63_000, 64_000, 65_000))),
    stop=Decimal(56_000),
    leverage=Decimal(10),
    size=MarginPercent(Decimal(2)),
    at=1_000,
    shares=tuple(map(Decimal, (85, 5, 5, 5))),
)
TWICE = (EntrySpec(None), EntrySpec(None), EntrySpec(Decimal(59_000)), EntrySpec(Decimal(59_000)))
ISOLATED = replace(TERMS, margin_mode=MarginMode.ISOLATED)


def sentences(request: Request, terms: Terms = TERMS) -> list[str]:
    """The problems without account and symbol, which each must name."""
    told = problems(request, terms)
    assert all(one.startswith("main BTCUSDT: ") for one in told)
    return [one.removeprefix("main BTCUSDT: ") for one in told]


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (replace(LONG, entries=()), "0 entries are given: give 1 to 10"),
        (replace(LONG, stop=None), "no stop is given: a ladder has exactly one"),
        (replace(LONG, leverage=Decimal(101)), "leverage 101 is out of range: give 1 to 100"),
        (replace(LONG, entries=(EntrySpec(None, ZERO),)), "the share of E1 is 0: give a positive number"),
        (
            replace(LONG, size=MarginPercent(Decimal(101))),
            "a share of 101 % is out of range: give more than 0 and at most 100",
        ),
        (replace(LONG, size=MarginUsdt(ZERO)), "a margin of 0 USDT is out of range: give a positive amount"),
        (replace(LONG, size=FixedQuantity(ZERO)), "a quantity of 0 is out of range: give a positive number"),
        (
            replace(LONG, shares=tuple(map(Decimal, (85, 5, 5, 6)))),
            "the take-profit shares 85/5/5/6 sum to 101: make them 100",
        ),
        (
            replace(LONG, shares=tuple(map(Decimal, (95, 5, 5, -5)))),
            "the take-profit shares 95/5/5/-5 aren't all above 0: a target without a share has no order, leave it out",
        ),
        (replace(LONG, stop=Decimal("56000.05")), "the stop 56000.05 is off the tick of 0.1: use 56000 or 56000.1"),
        (replace(LONG, stop=Decimal(-1)), "the stop is -1, which is no price: give a positive number"),
        (
            replace(LONG, stop=Decimal(59_000)),
            "the stop 59000 is not below E3 58000: it must lie below every entry",
        ),
    ],
)
def test_one_mistake_is_one_sentence(request_: Request, said: str) -> None:
    """B2: what was found and what would mend it."""
    assert sentences(request_) == [said]


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (
            replace(LONG, shares=tuple(map(Decimal, (95, 4)))),
            (
                "2 take-profit shares (95/4) for 4 prices: give one share for each price|"
                "the take-profit shares 95/4 sum to 99: make them 100"
            ),
        ),
        (
            replace(LONG, entries=TWICE),
            (
                "E1 and E2 are both at market: make them one entry, or move one|"
                "E3 and E4 are both at 59000: make them one entry, or move one"
            ),
        ),
        (
            replace(LONG, stop=Decimal(61_000)),
            (
                "the stop 61000 is not below E3 58000: it must lie below every entry|"
                "the market (60000) is at or past the stop 61000: it would be stopped at once, make it anew"
            ),
        ),
        (
            replace(LONG, take_profits=(Decimal(60_000),) * 2, shares=None),
            (
                "the market (60000) has reached TP1 60000 already: too late, it is not chased|"
                "TP2 60000 is not above TP1 60000: each target lies beyond the one before"
            ),
        ),
        (
            replace(LONG, entries=(EntrySpec(Decimal(63_000)),), stop=Decimal(59_000), leverage=ONE),
            "E1 63000 is not below TP1 62000: every entry lies before the first target",
        ),
    ],
)
def test_two_mistakes_are_two_sentences(request_: Request, said: str) -> None:
    """B2: every reason at once, in the order in which they are mended."""
    assert sentences(request_) == said.split("|")


@pytest.mark.parametrize(
    ("request_", "terms"),
    [
        (replace(LONG, leverage=ONE), TERMS),
        (replace(LONG, leverage=Decimal(20)), replace(TERMS, instrument=replace(BTC, max_leverage=Decimal(20)))),
        (replace(LONG, entries=tuple(EntrySpec(Decimal(59_000 + one)) for one in range(10))), TERMS),
        (
            replace(LONG, size=FixedQuantity(Decimal("0.03"))),
            replace(TERMS, instrument=replace(BTC, max_market_quantity=Decimal("0.01"), min_notional=Decimal(580))),
        ),
        (
            replace(LONG, size=FixedQuantity(Decimal("0.1"))),
            replace(TERMS, instrument=replace(BTC, max_quantity=Decimal("0.085"))),
        ),
    ],
)
def test_the_limit_itself_is_no_mistake(request_: Request, terms: Terms) -> None:
    """B1, B2: leverage 1 and the highest, ten entries, the largest and the smallest order that the venue takes."""
    assert sentences(request_, terms) == []


def test_what_speaks_against_the_account() -> None:
    """B2, A7: the venue, somebody else's position, no balance and no orders left, each with the way out."""
    closed = replace(BTC, trading=False)
    terms = replace(TERMS, instrument=closed, foreign="a position of 1", available=ZERO, free_orders=6)

    assert sentences(LONG, terms)[:4] == [
        "the venue opens no positions in it now: choose another symbol or wait until it trades",
        (
            "there is a position of 1, which isn't Tandem's: close it in the exchange's app, or bind it with "
            "`tandem adopt main BTCUSDT`"
        ),
        "nothing is available to open with: add margin, or close something",
        "it takes 7 orders and 6 are left: cancel some, or plan fewer",
    ]
    unknown = replace(TERMS, last=ZERO)
    assert sentences(LONG, unknown) == ["no last price is known: try again when the market trades"]


def test_what_the_venue_would_not_take() -> None:
    """B2: too large for an order of its kind, and too small after rounding, with a total that would do."""
    tight = replace(BTC, max_quantity=Decimal("0.3"), max_market_quantity=Decimal("0.2"))
    large = replace(TERMS, available=Decimal(100_000), instrument=tight)
    small = replace(TERMS, instrument=replace(BTC, min_notional=HUNDRED))

    assert sentences(replace(LONG, size=FixedQuantity(ONE)), large) == [
        "E1 would be 0.334, the venue takes at most 0.2: ask for less",
        "E2 would be 0.333, the venue takes at most 0.3: ask for less",
        "E3 would be 0.333, the venue takes at most 0.3: ask for less",
        "TP1 would be 0.85, the venue takes at most 0.3: ask for less",
    ]
    assert sentences(replace(LONG, size=FixedQuantity(Decimal("0.005"))), small)[1] == (
        "E3 at 58000 would be 0.001 (58.00 USDT), under the venue's minimum of 0.001 and 100 USDT: "
        "a total of 0.006 would do (35.40 USDT of margin at leverage 10)"
    )


def test_stop_beyond_the_liquidation_price() -> None:
    """B2: both margin modes name the price, the leverage and what would mend it."""
    isolated = replace(LONG, leverage=Decimal(18), size=MarginUsdt(Decimal(200)))
    cross = replace(LONG, entries=(EntrySpec(Decimal(59_000)),), size=FixedQuantity(Decimal("0.154")))

    assert sentences(isolated, ISOLATED) == [
        (
            "the stop 56000 is not inside the liquidation price, about 56032.8 (isolated, leverage 18): "
            "lower the leverage (under 17.82) or move the stop nearer"
        )
    ]
    assert sentences(cross, replace(TERMS, maintenance_held=Decimal(9_900))) == [
        (
            "the stop 56000 is not inside the liquidation price, about 58645.7 (cross, leverage 10): "
            "make the size smaller or move the stop nearer"
        )
    ]


@pytest.mark.parametrize(("second", "said"), [("55000", True), ("57000", False), (None, False)])
def test_an_entry_that_lies_behind_the_liquidation_of_those_before_it(second: str | None, said: bool) -> None:
    """B2: 55,000 and 60,000 would be 57,500 on average, liquidated at 53,680: but the first by itself is at 56,014."""
    prices = (None, None if second is None else Decimal(second))
    asked = replace(LONG, entries=tuple(map(EntrySpec, prices)), leverage=Decimal(14), stop=Decimal(54_000))
    asked = replace(asked, entries=asked.entries[: 1 if second is None else 2], size=MarginUsdt(Decimal(200)))
    found = [each for each in sentences(asked, ISOLATED) if "never fill" in each]

    assert found == (
        [
            (
                "E2 55000 would never fill: what is held before it is liquidated at about 56014.3 (isolated, "
                "leverage 14): lower the leverage (under 11.32) or bring the entries nearer to each other"
            )
        ]
        if said
        else []
    )


def test_a_shorts_entries_are_gone_through_upwards() -> None:
    """B2: mirrored, whatever order they are named in; only the nearest that is too far is named."""
    entries = tuple(EntrySpec(None if each == "market" else Decimal(each)) for each in ("66000", "65000", "market"))
    targets = tuple(map(Decimal, (59_000, 58_000, 57_000, 56_000)))
    asked = replace(LONG, side=Side.SHORT, entries=entries, take_profits=targets, stop=Decimal(68_000))
    asked = replace(asked, leverage=Decimal(14), size=MarginUsdt(Decimal(200)))

    assert [each[:20] for each in sentences(asked, ISOLATED)] == ["E2 65000 would never", "the stop 68000 is no"]


def test_question_a_person_answers() -> None:
    """B2: a limit that would fill at once is asked about, not refused."""
    assert questions(replace(LONG, entries=(EntrySpec(Decimal(61_000)),)), TERMS) == (
        "main BTCUSDT: E1 61000 would fill at once, the market is at 60000: confirm it, or move it",
    )


def test_everything_the_gate_holds_back() -> None:
    """I1: each protection by the name of its setting, with what is there and what is allowed."""
    plan = Plan(
        trade="7K3QX9A2MD",
        account="main",
        environment=Environment.PAPER,
        request=LONG,
        slot=Slot("BTCUSDT", 0),
        instrument=BTC,
        legs=(Leg("E1", None, Decimal(10), ONE),),
        levels=(),
        stop=Decimal(90),
        leverage=Decimal(10),
        margin=HUNDRED,
        market=HUNDRED,
        taker=ZERO,
        maker=ZERO,
        at=0,
    )
    view = AccountView(
        paused=True,
        live_trades=3,
        risk_open=Decimal(200),
        margin_used=Decimal(400),
        equity=Decimal(10_000),
        net_today=Decimal(-100),
        last_stop_at=1_000,
        symbol_trades={"BTCUSDT": 2},
        symbol_margin={"BTCUSDT": Decimal(50)},
        degraded=("stream",),
    )
    limits = Limits(
        max_trades=3,
        max_risk_percent=ONE,
        max_margin_percent=ONE,
        max_daily_loss_percent=Decimal("0.5"),
        cooldown_after_stop=1_001,
        symbols={"BTCUSDT": SymbolLimits(max_trades=2, max_margin_percent=ONE)},
    )

    cap = "(1 % of 10000.00 USDT): make it smaller or close something"
    assert [one.removeprefix("main BTCUSDT: ") for one in reasons(plan, limits, view, 2_000)] == [
        "new entries are paused: `tandem resume --account main` lets them go",
        "the account is degraded (stream): entries wait until it is well",
        "3 trades are live and max_trades is 3: close one first",
        "a stop was hit at 1970-01-01T00:00:01.000Z: cooldown_after_stop holds entries until 1970-01-01T00:00:02.001Z",
        f"risk at the stops would be 300.00 USDT, over max_risk_percent {cap}",
        f"margin would be 500.00 USDT, over max_margin_percent {cap}",
        (
            "today's loss of 100.00 USDT has reached max_daily_loss_percent (0.5 % of 10100.00 USDT): "
            "entries wait for tomorrow"
        ),
        "2 trades on this symbol are live and its max_trades is 2: close one first",
        f"margin on this symbol would be 150.00 USDT, over its max_margin_percent {cap}",
    ]
