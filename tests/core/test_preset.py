"""Ladders kept as distances from the market (E2)."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.preset import draft_at, preset_from, preset_json, preset_of, preset_text
from core.trade_line import draft_of
from tests.core.test_draft_checks import BTC

LAST = Decimal(60_000)
DRAFT = draft_of("BTCUSDT long market@60,59400@40 tp 61200@85,62400@15 sl 57000 x10 2% merge keep note why")


def test_where_the_market_has_not_moved_it_is_the_same_draft() -> None:
    """E2: everything but what a live trade's merge was."""
    assert draft_at(preset_of(DRAFT, LAST), LAST, BTC) == replace(DRAFT, merge="")


def test_where_it_has_moved_the_ladder_moves_with_it() -> None:
    """E2: in percent, by hand: 1 % under 50,000 is 49,500."""
    moved = draft_at(preset_of(DRAFT, LAST), Decimal(50_000), BTC)

    assert [entry.price for entry in moved.entries] == [None, Decimal(49_500)]
    assert (moved.take_profits, moved.stop) == ((Decimal(51_000), Decimal(52_000)), Decimal(47_500))
    assert preset_text(preset_of(DRAFT, LAST)) == "in market, -1 %; out +2 %, +4 %; stop -5 %"


def test_prices_go_to_the_nearest_tick() -> None:
    """E2: 60,001 less 1 % is 59,400.99, nearest to 59,401.0; less 5 % is 57,000.95, as near to either: up."""
    moved = draft_at(preset_of(DRAFT, LAST), Decimal(60_001), BTC)

    assert moved.entries[1].price == Decimal(59_401)
    assert moved.stop == Decimal("57001.0")


@given(st.decimals(Decimal("0.1"), Decimal(1_000_000), places=1))
def test_every_price_is_on_the_tick_and_survives_the_disk(last: Decimal) -> None:
    """B2, E2: wherever the market is."""
    preset = preset_of(DRAFT, LAST)
    moved = draft_at(preset_from(preset_json(preset)), last, BTC)

    assert preset_from(preset_json(preset)) == preset
    assert all(BTC.on_tick(price) for price in (*moved.take_profits, moved.stop or Decimal(0)))


@pytest.mark.parametrize("data", [None, [], {}, {"rest": {}}, {"rest": 1, "shares": None}])
def test_what_never_was_a_preset_is_refused(data: object) -> None:
    """E2: damaged is not half believed."""
    with pytest.raises((ValueError, KeyError, TypeError)):
        preset_from(data)


def test_no_price_is_kept_beside_the_distances() -> None:
    """E2: a preset's own draft has no prices, no shares and no merge: they come back from the distances."""
    rest = preset_of(DRAFT, LAST).rest

    assert (rest.entries, rest.take_profits, rest.shares, rest.stop, rest.merge) == ((), (), None, None, "")
    assert (rest.size, rest.leverage, rest.note, rest.side) == (DRAFT.size, DRAFT.leverage, DRAFT.note, DRAFT.side)
