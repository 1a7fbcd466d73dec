"""When people's own alerts fire, and when they don't (D1)."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.desired import Phase, StopKind
from core.user_alert_rules import KINDS, problems
from core.user_alerts import COOLDOWN, Hit, Rule, Sight, Watched, hits, look
from core.view import AccountStatus, Mark, StopStatus, TargetStatus, TradeStatus
from core.words import Environment, Side

TRADE = TradeStatus(
    trade="T1",
    account="main",
    environment=Environment.PAPER,
    strategy="conservative",
    symbol="BTCUSDT",
    side=Side.LONG,
    phase=Phase.MONITORING,
    position=Decimal(2),
    entered=Decimal(2),
    average_entry=Decimal(100),
    entries=(),
    targets=(
        TargetStatus(1, Decimal(105), Decimal(1), Decimal(1), Mark.FILLED),
        TargetStatus(2, Decimal(110), Decimal(1), Decimal(0), Mark.WORKING),
    ),
    stop=StopStatus(Decimal(95), StopKind.INITIAL),
    leverage=Decimal(10),
    margin=Decimal(20),
    gross=Decimal(0),
    fees=Decimal(0),
    funding=Decimal(0),
    net=Decimal(0),
    opened_at=0,
    last=Decimal(100),
    open_pnl=Decimal(0),
)
SHORT = replace(
    TRADE,
    side=Side.SHORT,
    targets=(TargetStatus(1, Decimal(90), Decimal(2), Decimal(0), Mark.WORKING),),
    stop=StopStatus(Decimal(105), StopKind.INITIAL),
)
BTC = "BTCUSDT"
FALLEN = ((Watched.DRAWDOWN, "20"), (Watched.CORRELATED, "2"))
MAIN = AccountStatus(account="main", environment=Environment.PAPER, equity=Decimal(100))


def rule(watched: Watched, value: str, symbol: str = "", **more: object) -> Rule:
    """A rule as it was made."""
    return replace(Rule(id="A2345678", watched=watched, value=Decimal(value), symbol=symbol), **more)  # type: ignore[arg-type]


def at(price: str, trade: TradeStatus = TRADE, *, gain: str = "0") -> Sight:
    """What is seen with the market there."""
    last = Decimal(price)
    here = replace(trade, last=last, open_pnl=Decimal(gain))
    return Sight(trades=(here,), accounts=(MAIN,), prices={"BTCUSDT": last}, peaks={"main": Decimal(125)})


def found(one: Rule, sight: Sight) -> str:
    """The figure with which the rule fires, "" when it doesn't."""
    fired, _ = look((one,), sight, 0)
    return str(fired[0][1].figure) if fired else ""


@pytest.mark.parametrize(
    ("watched", "value", "met", "missed"),
    [
        (Watched.PRICE_ABOVE, "110", at("110"), at("109.9")),
        (Watched.PRICE_BELOW, "90", at("90"), at("90.1")),
        (Watched.PROFIT, "20", at("1", gain="20"), at("1", gain="19.9")),
        (Watched.LOSS, "20", at("1", gain="-20"), at("1", gain="20")),
        (Watched.PROFIT_PERCENT, "5", at("105"), at("104.9")),
        (Watched.PROFIT_PERCENT, "5", at("95", SHORT), at("105", SHORT)),
        (Watched.LOSS_PERCENT, "5", at("95"), at("105")),
        (Watched.NEAR_TARGET, "1", at("109"), at("104.9")),  # 110 is 0.92 % away; TP1 at 105 was hit already
        (Watched.NEAR_TARGET, "1", at("90.9", SHORT), at("92", SHORT)),
        (Watched.NEAR_STOP, "1", at("95.9"), at("97")),
        (Watched.NEAR_STOP, "1", at("94"), at("100")),  # it lies behind the price already
        (Watched.NEAR_STOP, "1", at("104", SHORT), at("100", SHORT)),
        (Watched.BREAKEVEN, "0.1", at("99.9"), at("99.8")),
        (Watched.LEVERAGE, "10", at("100"), at("100", replace(TRADE, leverage=Decimal(9)))),
        (Watched.POSITION_SIZE, "200", at("100"), at("99.9")),  # 2 x 100 on an equity of 100
        (Watched.DRAWDOWN, "20", at("100"), replace(at("100"), peaks={"main": Decimal(124)})),  # 125 to 100
        (Watched.CORRELATED, "2", replace(at("100"), trades=(TRADE, TRADE)), replace(at("1"), trades=(TRADE, SHORT))),
    ],
)
def test_each_kind_fires_at_its_value_and_not_before(watched: Watched, value: str, met: Sight, missed: Sight) -> None:
    """D1: at the value itself; on a short the other way round."""
    symbol = "BTCUSDT" if watched.startswith("price") else ""

    assert found(rule(watched, value, symbol), met)
    assert not found(rule(watched, value, symbol), missed)


def test_a_cross_fires_when_the_price_has_passed() -> None:
    """D1: first seen below; touching is not passing; up and down again are two crossings."""
    one, told = rule(Watched.PRICE_CROSS, "100", "BTCUSDT"), []
    for minute, price in enumerate(("99", "100", "101", "102", "99")):
        fired, (one,) = look((one,), at(price), minute * COOLDOWN)
        told.append(len(fired))

    assert told == [0, 0, 1, 0, 1]


def test_a_touch_from_above_is_no_crossing() -> None:
    """D1: 101, exactly 100, 101 again: it never passed."""
    one, told = rule(Watched.PRICE_CROSS, "100", "BTCUSDT"), []
    for minute, price in enumerate(("101", "100", "101", "99")):
        fired, (one,) = look((one,), at(price), minute * COOLDOWN)
        told.append(len(fired))

    assert told == [0, 0, 0, 1]


def test_a_cross_that_cooled_down_meanwhile_is_no_news() -> None:
    """D1: it passed back while the rule was quiet; later nothing passes any more."""
    one = rule(Watched.PRICE_CROSS, "100", "BTCUSDT", above=False)
    _, (one,) = look((one,), at("101"), 0)
    _, (one,) = look((one,), at("99"), 60_000)

    assert look((one,), at("98"), COOLDOWN)[0] == ()


@pytest.mark.parametrize(("hour", "figure"), [((97, 100), "3.0"), ((99, 104), "-3.8"), ((99, 101), "")])
def test_a_change_within_an_hour_is_from_its_extremes(hour: tuple[int, int], figure: str) -> None:
    """D1: 100 is 3.09 % over 97 and 3.85 % under 104; the further one is told, from 3 % on."""
    low, high = map(Decimal, hour)
    sight = replace(at("100"), ranges={"BTCUSDT": (low, high)})

    assert found(rule(Watched.PRICE_CHANGE, "3", "BTCUSDT"), sight)[: len(figure) or None] == figure


@pytest.mark.parametrize(
    ("watched", "value", "order"),
    [
        (Watched.NEAR_STOP, "9", "T2 T1"),
        (Watched.NEAR_TARGET, "15", "T1 T2"),
        (Watched.LOSS, "1", "T2 T1"),
        (Watched.LEVERAGE, "5", "T2 T1"),
    ],
)
def test_of_several_the_worst_is_told(watched: Watched, value: str, order: str) -> None:
    """D1: nearest to its stop or target (T1 is 5 and 10 % away, T2 2 and 12.2 %), else the greatest figure."""
    mild = replace(TRADE, open_pnl=Decimal(-3))
    worse = replace(mild, trade="T2", last=Decimal(98), open_pnl=Decimal(-4), leverage=Decimal(20))
    sight = Sight(trades=(mild, worse), accounts=(MAIN,))

    assert " ".join(hit.trade for hit in hits(rule(watched, value), sight)) == order


def test_what_is_told_names_where_it_was_found() -> None:
    """D1, rel:I13: nobody at 3 a.m. looks at the wrong account, symbol or side."""
    sight = at("106", replace(SHORT, account="m2", symbol="ETHUSDT", last=Decimal(106), leverage=Decimal(25)))
    found = [next(hits(rule(Watched.LEVERAGE, "20"), sight)), next(hits(rule(Watched.PRICE_ABOVE, "105", BTC), sight))]

    assert found == [
        Hit(Decimal(25), "m2", "ETHUSDT", Side.SHORT, "T1", Decimal(106)),
        Hit(Decimal(106), symbol=BTC, last=Decimal(106)),
    ]


def test_accounts_are_looked_at_one_by_one() -> None:
    """D1: m2 is meant, or stands after one that is well: 75 of 100 is 25 % under its peak; two longs on m2."""
    accounts = (MAIN, replace(MAIN, account="m2", equity=Decimal(75)))
    longs = tuple(replace(TRADE, account="m2", trade=name) for name in ("T2", "T3"))
    sight = Sight(trades=(TRADE, *longs), accounts=accounts, peaks={"main": Decimal(100), "m2": Decimal(100)})
    both = [rule(watched, value, account=name) for watched, value in FALLEN for name in ("", "m2")]

    assert [next(hits(each, sight)) for each in both] == [Hit(Decimal(25), "m2")] * 2 + [
        Hit(Decimal(2), "m2", side=Side.LONG)
    ] * 2


@pytest.mark.parametrize(("last", "figure"), [("103", "3"), ("97", "-3"), ("102.99", "")])
def test_a_change_of_just_so_much_fires(last: str, figure: str) -> None:
    """D1: 3 % over or under 100, the hour's other end."""
    prices = Decimal(last), Decimal(100)
    sight = Sight(prices={BTC: prices[0]}, ranges={BTC: (min(prices), max(prices))})

    assert found(rule(Watched.PRICE_CHANGE, "3", BTC), sight) == figure


def test_it_is_quiet_for_half_an_hour_and_then_tells_again() -> None:
    """D1: cooldown 30 min, to the millisecond."""
    one, told = rule(Watched.PRICE_ABOVE, "1", "BTCUSDT"), []
    for now in (0, COOLDOWN - 1, COOLDOWN, 2 * COOLDOWN - 1):
        fired, (one,) = look((one,), at("100"), now)
        told.append(len(fired))

    assert (told, one.fired, one.fired_at) == ([1, 0, 1, 0], 2, COOLDOWN)


def test_one_that_is_meant_once_switches_itself_off() -> None:
    """D1: and one that is off never fires."""
    _, (one,) = look((rule(Watched.PRICE_ABOVE, "1", "BTCUSDT", repeat=False),), at("100"), 0)

    assert not one.enabled
    assert look((one,), at("100"), 10 * COOLDOWN)[0] == ()


@pytest.mark.parametrize("watched", Watched)
def test_what_is_not_known_fires_nothing(watched: Watched) -> None:
    """rel:I13: no price, no equity, no stop: nobody is woken by a guess."""
    blind = replace(TRADE, last=None, open_pnl=None, stop=None, average_entry=None, leverage=Decimal(0))
    sight = Sight(trades=(blind,), accounts=(replace(MAIN, equity=None),), peaks={"main": Decimal(1)})

    assert not found(rule(watched, "2", "BTCUSDT" if watched.startswith("price") else "", above=True), sight)


def test_other_symbols_and_accounts_are_none_of_its_business() -> None:
    """D1: a rule that names one means that one; flat trades mean nothing."""
    losing = rule(Watched.LOSS, "1")

    assert found(losing, at("99", gain="-2"))
    assert not found(replace(losing, symbol="ETHUSDT"), at("99", gain="-2"))
    assert not found(replace(losing, account="mirror"), at("99", gain="-2"))
    assert not found(losing, at("99", replace(TRADE, position=Decimal(0)), gain="-2"))


@given(st.lists(st.integers(1, 200), min_size=1, max_size=20))
def test_a_repeating_rule_never_fires_twice_within_its_cooldown(prices: list[int]) -> None:
    """D1: whatever the market does, a minute between two looks."""
    one, times = rule(Watched.PRICE_ABOVE, "100", "BTCUSDT"), []
    for minute, price in enumerate(prices):
        fired, (one,) = look((one,), at(str(price)), minute * 60_000)
        times += [minute] * len(fired)

    assert all(later - earlier >= COOLDOWN // 60_000 for earlier, later in pairwise(times))


@pytest.mark.parametrize(
    ("watched", "value", "symbol", "account", "words"),
    [
        (Watched.PRICE_ABOVE, "0", "BTCUSDT", "", "above 0"),
        (Watched.PRICE_ABOVE, "1", "", "", "name a symbol"),
        (Watched.PRICE_ABOVE, "1", "BTCUSDT", "main", "leave the account out"),
        (Watched.DRAWDOWN, "101", "", "", "at most 100"),
        (Watched.DRAWDOWN, "5", "BTCUSDT", "", "leave the symbol out"),
        (Watched.CORRELATED, "2.5", "", "", "a whole one"),
        (Watched.CORRELATED, "1", "", "", "2 or more"),
        (Watched.LOSS, "5", "", "else", "there are main"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(
    watched: Watched, value: str, symbol: str, account: str, words: str
) -> None:
    """D1: with the reason, and what would do."""
    assert words in " ".join(problems(watched, Decimal(value), symbol, account, ("main",)))
    assert not list(problems(Watched.LOSS, Decimal(5), "BTCUSDT", "main", ("main",)))


def test_every_kind_is_explained() -> None:
    """D1: for the lists of which people choose."""
    assert set(KINDS) == set(Watched)
