"""Plans: B1 to B6, A3."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.account import opening
from core.alerts import Alert
from core.desired import Desired, Phase
from core.facts import Fact
from core.ladder import open_ladder
from core.mirror import Following, TooSmall, scaled
from core.money import HUNDRED, ONE, ZERO
from core.plan import Plan, Refusal, Rules, StopAfter, StopAfterKind
from core.request import EntrySpec, FixedQuantity, MarginPercent, Request
from core.targets import split
from core.terms import Capabilities, Terms
from core.trade import Trade
from core.words import Environment, PositionMode, Side, Slot, TriggerBy
from tests import bitcoin
from tests.bitcoin import BTC

TRADE = "7K3QX9A2MD"
TERMS = replace(bitcoin.TERMS, account="mirror", environment=Environment.DEMO, at=77)
REQUEST = Request(
    id="r1",
    strategy="conservative",
    symbol="BTCUSDT",
    side=Side.LONG,
    entries=(EntrySpec(None), EntrySpec(Decimal(59_000)), EntrySpec(Decimal(58_000))),
    take_profits=tuple(map(Decimal, (62_000, 63_000, 64_000, 65_000))),
    stop=Decimal(56_000),
    leverage=Decimal(10),
    size=MarginPercent(Decimal(2)),
    at=0,
)


def planned(request: Request = REQUEST, terms: Terms = TERMS, rules: Rules | None = None) -> Plan:
    """The plan, which must be there."""
    plan = open_ladder(request, terms, rules or Rules(), TRADE, "main")
    assert isinstance(plan, Plan)
    return plan


def refused(request: Request, terms: Terms = TERMS, rules: Rules | None = None) -> Refusal:
    """The refusal, which must be there."""
    refusal = open_ladder(request, terms, rules or Rules(), TRADE)
    assert isinstance(refusal, Refusal)
    return refusal


def test_plan_holds_exact_quantities_in_the_requests_order() -> None:
    """B1, B3: 2 % of 10,000 at leverage 10 over a mean of 59,000 is 0.033, in thirds."""
    plan = planned()

    assert [(leg.role, leg.price, leg.quantity) for leg in plan.legs] == [
        ("E1", None, Decimal("0.011")),
        ("E2", Decimal(59_000), Decimal("0.011")),
        ("E3", Decimal(58_000), Decimal("0.011")),
    ]
    assert [(level.role, level.price, level.share) for level in plan.levels] == [
        ("TP1", Decimal(62_000), Decimal(85)),
        ("TP2", Decimal(63_000), Decimal(5)),
        ("TP3", Decimal(64_000), Decimal(5)),
        ("TP4", Decimal(65_000), Decimal(5)),
    ]


def test_plan_freezes_the_terms_it_was_made_on() -> None:
    """A plan folds alike whatever the account has become since."""
    plan = planned(terms=replace(TERMS, mode=PositionMode.HEDGE))

    assert (plan.trade, plan.account, plan.leader, plan.environment) == (TRADE, "mirror", "main", Environment.DEMO)
    assert (plan.slot, plan.stop, plan.margin) == (Slot("BTCUSDT", 1), Decimal(56_000), Decimal("194.7"))
    assert (plan.market, plan.taker, plan.maker, plan.at) == (TERMS.last, TERMS.taker, TERMS.maker, 77)


def test_request_wins_over_the_rules() -> None:
    """B15: what the request says stands in the rules' place, what it leaves open is the rules'."""
    asked = replace(
        REQUEST,
        shares=(Decimal(40), Decimal(30), Decimal(20), Decimal(10)),
        entry_ttl=1,
        cancel_if_missed=False,
        trigger_by=TriggerBy.MARK,
    )
    rules = planned(asked, rules=Rules(entry_ttl=9, time_limit=8)).rules

    assert rules.shares == asked.shares
    assert (rules.entry_ttl, rules.time_limit) == (1, 8)
    assert (rules.cancel_if_missed, rules.trigger_by) == (False, TriggerBy.MARK)


@pytest.mark.parametrize(("lots", "quantities"), [("0.001", "0.001 0 0 0"), ("0.005", "0.004 0 0 0.001")])
def test_small_accounts_get_the_merged_ladder(lots: str, quantities: str) -> None:
    """B6: one lot 1/0/0/0, five lots 4/0/0/1."""
    plan = planned(replace(REQUEST, entries=(EntrySpec(None),), size=FixedQuantity(Decimal(lots))))
    shares = tuple(level.share for level in plan.levels)
    totals = split(shares, plan.total, (ZERO,) * 4, (False,) * 4, BTC)

    assert [*totals] == [Decimal(one) for one in quantities.split()]


def test_limit_that_fills_at_once_needs_a_confirmation() -> None:
    """B2: asked about, and planned once the person said yes."""
    terms = replace(TERMS, last=Decimal(58_500))
    refusal = refused(REQUEST, terms)

    assert refusal.reasons == refusal.ask
    assert len(refusal.ask) == 1
    assert planned(replace(REQUEST, confirmed=True), terms).legs[1].price == Decimal(59_000)


def test_refusal_has_every_reason_and_is_too_small_only_for_that_alone() -> None:
    """A3: a mirror may drop small legs only where nothing else is wrong."""
    tiny = replace(REQUEST, size=FixedQuantity(Decimal("0.002")))
    small, both = refused(tiny), refused(replace(tiny, leverage=Decimal(500)))

    assert small.too_small
    assert len(small.reasons) == 2
    assert not both.too_small
    assert len(both.reasons) == 3


def test_strategys_shares_must_fit_the_prices() -> None:
    """B1: as many shares as prices, also where they are the strategy's."""
    (reason,) = refused(replace(REQUEST, take_profits=REQUEST.take_profits[:3])).reasons

    assert "4 take-profit shares (85/5/5/5) for 3 prices" in reason


@pytest.mark.parametrize("level", [0, 2, 5])
def test_stop_table_may_name_earlier_targets_only(level: int) -> None:
    """B15: after TP2 the stop can go to TP1; TP2 itself has just been traded."""
    to = StopAfter(StopAfterKind.TARGET, level=level)
    (reason,) = refused(REQUEST, rules=Rules(stop_after=(StopAfter(StopAfterKind.BREAKEVEN), to))).reasons

    assert f"stop_after tp2 moves the stop to tp{level}" in reason


def test_rows_past_the_last_target_never_apply() -> None:
    """A table for four targets serves a request with one."""
    rows = (StopAfter(StopAfterKind.BREAKEVEN), StopAfter(StopAfterKind.TARGET, level=3))
    one = replace(REQUEST, take_profits=REQUEST.take_profits[:1], shares=(HUNDRED,))

    assert planned(one, rules=Rules(stop_after=rows)).levels[0].share == HUNDRED


MAY_DROP = Following(leader="main", too_small=TooSmall.FEWER_LEGS)


class Laddering:
    """A strategy that plans a ladder by the default rules and then wishes for nothing."""

    name = "conservative"

    def open(self, request: Request, terms: Terms, trade: str) -> Plan | Refusal:
        """As open_ladder."""
        return open_ladder(request, terms, Rules(), trade)

    def begin(self, plan: Plan) -> object:
        """No state."""
        return None

    def apply(self, trade: Trade, fact: Fact) -> object:
        """No state."""
        return None

    def desired(self, trade: Trade) -> Desired:
        """Nothing."""
        return Desired((), (), Phase.BUILDING)

    def alerts(self, before: Trade, fact: Fact, after: Trade) -> tuple[Alert, ...]:
        """None."""
        return ()


def test_mirror_may_drop_the_last_leg_that_is_too_small() -> None:
    """A3 with `too_small: fewer_legs`: two lots for three legs make two legs of one lot."""
    tiny = replace(REQUEST, size=FixedQuantity(Decimal("0.002")))
    plan = opening.planned(Laddering(), tiny, TERMS, TRADE, MAY_DROP)

    assert isinstance(plan, Plan)
    assert [(leg.role, leg.price, leg.quantity) for leg in plan.legs] == [
        ("E1", None, BTC.step),
        ("E2", Decimal(59_000), BTC.step),
    ]
    assert plan.request.entries == REQUEST.entries[:2]


def test_what_is_left_of_the_legs_stays_under_the_mirrors_caps() -> None:
    """A2, A3: capped by the mean of all legs and then left the dearest ones, they were 244 of 240."""
    following = replace(MAY_DROP, max_notional=Decimal(240))
    terms = replace(TERMS, instrument=replace(BTC, step=Decimal("0.0001"), min_quantity=Decimal("0.0014")))
    deep = tuple(EntrySpec(None if price is None else Decimal(price)) for price in (None, 59_000, 56_100))
    asked = scaled(replace(REQUEST, entries=deep), terms, terms, following)
    assert isinstance(asked, Request)

    plan = opening.planned(Laddering(), asked, terms, TRADE, following)

    assert isinstance(plan, Plan)
    assert len(plan.legs) == 2
    assert sum(plan.price_of(leg) * leg.quantity for leg in plan.legs) <= 240


@pytest.mark.parametrize(
    ("change", "following"),
    [
        ({"size": FixedQuantity(Decimal("0.0005"))}, MAY_DROP),
        ({"size": FixedQuantity(Decimal("0.002")), "leverage": Decimal(500)}, MAY_DROP),
        ({"size": FixedQuantity(Decimal("0.002"))}, Following(leader="main")),
        ({"size": FixedQuantity(Decimal("0.002"))}, None),
    ],
)
def test_nothing_is_dropped_where_it_may_not_or_would_not_mend(
    change: dict[str, FixedQuantity | Decimal], following: Following | None
) -> None:
    """A3: never with fewer legs unless told so, and not for another reason; the first refusal stands."""
    request = replace(REQUEST, **change)  # type: ignore[arg-type]

    assert opening.planned(Laddering(), request, TERMS, TRADE, following) == refused(request)


@given(
    st.lists(
        st.tuples(st.integers(56_001, 59_999), st.integers(1, 20)), min_size=1, max_size=10, unique_by=lambda e: e[0]
    ),
    st.integers(1, 100),
    st.integers(100, 100_000),
)
def test_a_plan_keeps_the_venues_rules(legs: list[tuple[int, int]], percent: int, available: int) -> None:
    """Whatever is planned lies on tick and lot, at or above every minimum, within the balance; shares sum to 100."""
    asked = replace(
        REQUEST,
        entries=tuple(EntrySpec(Decimal(price), Decimal(weight)) for price, weight in legs),
        size=MarginPercent(Decimal(percent)),
    )
    plan = open_ladder(asked, replace(TERMS, available=Decimal(available)), Rules(), TRADE)
    if isinstance(plan, Refusal):
        assert plan.reasons
        return

    assert all(leg.quantity % BTC.step == 0 and leg.quantity >= BTC.min_quantity for leg in plan.legs)
    assert all(leg.quantity * (leg.price or ONE) >= BTC.min_notional for leg in plan.legs)
    assert plan.margin < available
    assert sum((level.share for level in plan.levels), ZERO) == HUNDRED


def test_no_take_profit_is_worth_less_than_a_venue_takes_where_its_least_value_binds_exits() -> None:
    """B6: quarters of 0.0005 BTC, and 40 USDT at 62,000 is 0.0007: each two make one order."""
    bound = replace(
        TERMS, instrument=replace(BTC, step=Decimal("0.0001"), min_quantity=Decimal("0.0001"), min_notional=Decimal(40))
    )
    request = replace(REQUEST, entries=(EntrySpec(None),), size=FixedQuantity(Decimal("0.002")))
    rules = Rules(shares=tuple(map(Decimal, (25, 25, 25, 25))))
    binds = replace(bound, capabilities=Capabilities(notional_binds_exits=True))

    assert [level.share for level in planned(request, bound, rules).levels] == [25, 25, 25, 25]
    assert [level.share for level in planned(request, binds, rules).levels] == [50, 0, 50, 0]
    assert planned(request, binds, rules).instrument.min_quantity == Decimal("0.0007")
