"""Replay against candles whose outcome was reckoned by hand, and over the recorded ones, both ways."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from config.commands.playing import configured_stage
from config.load import load_text
from config.registry import registry
from config.replay import ReplayOptions, play_candles
from config.request import request_from_text
from core.engine.playback import Played, played_json, summary
from plugins.exchanges.paper.market.candles import Order
from plugins.exchanges.paper.market.csv import read_candles, read_funding
from ports.exchange import Candle

MARKET = Path(__file__).resolve().parents[3] / "shared" / "fixtures" / "market"
FOUND = registry(third_party=False)
ACCOUNTS = "accounts: {main: {use: paper}, mirror: {use: paper, balance: 3300, follows: main}}"
STAGE = configured_stage(load_text(ACCOUNTS, "t", FOUND), FOUND)
MINUTE = 60_000
FLAT = (1000, 1000, 1000, 1000)
BOTH = (1000, 1060, 940, 1010)
"""Stop and take-profit lie within one candle."""
Row = tuple[int, int, int, int]


def asked(side: str = "long") -> str:
    """One unit at market at 1,000, one target and one stop 50 away."""
    up, down = ("1050", "950") if side == "long" else ("950", "1050")
    return (
        f"symbol: BTCUSDT\nside: {side}\nentries: [market]\ntake_profits: [{{price: {up}, share: 100}}]\n"
        f"stop: {down}\nleverage: 1\nquantity: 1"
    )


def played(request: str, *rows: Row, volume: int = 100, **options: Any) -> Played:
    """The request, played over candles a minute long."""
    candles = [
        Candle(number * MINUTE, Decimal(opened), Decimal(high), Decimal(low), Decimal(close), Decimal(volume))
        for number, (opened, high, low, close) in enumerate(rows)
    ]
    return play_candles(request_from_text(request, identity="r", at=0), candles, STAGE, ReplayOptions(**options))


def trade(of: Played, account: str = "main") -> Any:
    """An account's last trade as `--json` shows it."""
    shown: Any = played_json(of, {})
    assert shown["violations"] == []
    return shown["accounts"][account]["trade"]


@pytest.mark.parametrize(
    ("rows", "gross", "fees"),
    [
        ([FLAT, (1000, 1000, 940, 990)], "-50", "1.0725"),  # at its trigger: 950
        ([FLAT, (940, 960, 930, 940)], "-60", "1.067"),  # a gap jumped it: at the open, 940
    ],
)
def test_a_stop_fills_at_its_trigger_or_at_the_open_behind_a_gap(rows: list[Row], gross: str, fees: str) -> None:
    """In at 1,000; taker 0.055 % both ways."""
    found = trade(played(asked(), *rows))

    assert (found["close_reason"], found["realised_pnl_gross"], found["fees"]) == ("stop", gross, fees)
    assert Decimal(found["realised_pnl_net"]) == Decimal(gross) - Decimal(fees)


@pytest.mark.parametrize(
    ("side", "order", "reason"),
    [
        ("long", Order.OHLC, "stop"),
        ("short", Order.OHLC, "all_tps"),
        ("long", Order.WORST, "stop"),
        ("short", Order.WORST, "stop"),
        ("long", Order.BEST, "all_tps"),
        ("short", Order.BEST, "all_tps"),
    ],
)
def test_the_way_through_a_candle_decides_between_stop_and_target(side: str, order: Order, reason: str) -> None:
    """A rising candle goes open, low, high, close; worst takes the leg that hurts first, best the one that helps."""
    assert trade(played(asked(side), FLAT, BOTH, order=order))["close_reason"] == reason


def test_slippage_worsens_what_takes() -> None:
    """10 bps: in at 1,001, out at 949.05, which is 949 on the tick; fees of those."""
    found = trade(played(asked(), FLAT, (1000, 1000, 940, 990), slippage_bps=Decimal(10)))

    assert (found["average_entry"], found["realised_pnl_gross"], found["fees"]) == ("1001", "-52", "1.0725")


def test_funding_is_paid_by_the_long() -> None:
    """0.01 % of 1,000 for one unit held over it; no fill, and off the net."""
    paid = ((MINUTE + 1, Decimal("0.0001")),)
    found = trade(played(asked(), FLAT, FLAT, (1000, 1060, 1000, 1060), funding=paid))

    assert (found["funding"], found["fees"], found["realised_pnl_net"]) == ("0.1", "0.76", "49.14")


def test_latency_lets_the_market_move_before_the_order_is_there() -> None:
    """The candle falls to 990 first: bought a few seconds late, it is cheaper."""
    found = trade(played(asked(), (1000, 1000, 990, 1000), (1000, 1060, 1000, 1060), latency_ms=6_000))

    assert 990 < Decimal(found["average_entry"]) < 1000


def test_a_share_of_the_volume_is_all_that_can_be_had() -> None:
    """A tenth of 5: half a unit of the one that was asked for."""
    found = trade(played(asked(), FLAT, FLAT, volume=5, volume_share=Decimal("0.1")))

    assert found["entry_qty"] == "0.5"


def test_repeated_trades_keep_their_ratios_to_the_price_where_they_open() -> None:
    """1,000, 2,000 and 500: targets 5 % above twice, then a stop 5 % below; what they came to is summed up."""
    over = played(asked(), (1000, 1060, 1000, 1060), (2000, 2130, 2000, 2130), (500, 500, 470, 480), repeat=True)
    shown: Any = played_json(over, {})
    gross = [each["realised_pnl_gross"] for each in shown["accounts"]["main"]["trades"]]

    assert gross == ["50", "100", "-25"]
    assert any(line.startswith("main     3 trades · net 122.18 ") for line in summary(over))


REQUESTS = {
    ("btcusd_1m_2020-01-01_bitstamp", "long"): (7150, 7140, 7180, 7200, 7220, 7240, 7100),
    ("btcusd_1m_2020-01-01_bitstamp", "short"): (7175, 7185, 7150, 7130, 7110, 7090, 7230),
    ("xrpusdt_5m_2021-11_perp", "long"): (1.18, 1.17, 1.2, 1.21, 1.22, 1.23, 1.15),
    ("xrpusdt_5m_2021-11_perp", "short"): (1.195, 1.2, 1.17, 1.16, 1.15, 1.14, 1.25),
}


@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize(("name", "side"), list(REQUESTS))
@pytest.mark.skipif(not MARKET.exists(), reason="no recorded market data beside this checkout")
def test_recorded_candles_both_ways_without_a_violation(name: str, side: str, order: Order) -> None:
    """Issue 2: LONG and SHORT over both recordings, again and again, every amount adds up."""
    first, second, *targets, stop = REQUESTS[name, side]
    symbol = name[:3].upper() + "USDT"
    text = (
        f"symbol: {symbol}\nside: {side}\nentries: [market, {first}, {second}]\ntake_profits: {targets}\n"
        f"stop: {stop}\nleverage: 10\nmargin_percent: 2"
    )
    request = request_from_text(text, identity="r", at=0)
    funding = read_funding(MARKET / "xrpusdt_funding_2021-11.csv") if symbol == "XRPUSDT" else ()
    options = ReplayOptions(order=order, repeat=True, funding=funding)
    shown: Any = played_json(play_candles(request, read_candles(MARKET / f"{name}.csv"), STAGE, options), {})

    assert shown["violations"] == []
    for account in shown["accounts"].values():
        assert len(account["trades"]) > 3
        for each in account["trades"]:
            costs = Decimal(each["fees"]) + Decimal(each["funding"])
            assert Decimal(each["realised_pnl_gross"]) - costs == Decimal(each["realised_pnl_net"])
