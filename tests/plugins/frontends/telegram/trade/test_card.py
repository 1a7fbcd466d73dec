"""The card itself, from what `preview` says (E3, A10, A3): exact, and never wider or longer than a phone takes."""

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.money import text
from core.trade_line import draft_of
from plugins.frontends.telegram.rooms.texts import WIDTH
from plugins.frontends.telegram.screen import Screen
from plugins.frontends.telegram.trade.card import card, ladder
from plugins.frontends.telegram.trade.market import Market
from tests.botapi.html import parse_html
from tests.plugins.frontends.telegram.trade.phone import fits

DRAFT = draft_of("BTCUSDT long market,59000 tp 62000@85,63000@15 sl 56000 x10 2% strategy conservative")
PLAN: dict[str, Any] = {
    "margin": "199.42",
    "margin_percent": "1.99",
    "entries": [{"role": "E1", "price": "market", "quantity": "0.017"},
                {"role": "E2", "price": "59000", "quantity": "0.016"}],
    "take_profits": [{"role": "TP1", "price": "62000", "share": "85", "quantity": "0.028", "reward": "68.1"},
                     {"role": "TP2", "price": "63000", "share": "15", "quantity": "0.005", "reward": "85.26"}],
    "stop": "56000", "average_entry": "59515.2", "notional": "1964", "entry_fees": "0.75", "max_loss": "117.76",
    "risk_reward": "0.72", "liquidation": "53412.1",
}  # fmt: skip
MARKET = Market(
    {"main": ("mirror",)},
    {"conservative": None},
    (),
    environments={"main": "paper", "mirror": "paper"},
    equities={"main": "10000", "mirror": "5000"},
)


def shown(*rows: dict[str, Any], market: Market = MARKET) -> str:
    """The card as it is read."""
    return parse_html(card(DRAFT, rows, market, confirmed=False)).text


def test_every_number_of_the_plan_is_on_the_card() -> None:
    """E3: entries, shares, gains, stop, margin, loss and its part of equity, reward:risk, liquidation, fees."""
    assert shown({"account": "main", "refused": [], "plan": PLAN}) == (
        "[PAPER] BTCUSDT LONG x10, 2%\n"
        "conservative, last -\n"
        "main\n"
        "E1  market     0.017\n"
        "E2   59000     0.016\n"
        "SL   56000\n"
        "TP1  62000 85% 0.028 +68.10\n"
        "TP2  63000 15% 0.005 +85.26\n"
        "Average entry 59515.2\n"
        "Margin        199.42 (1.99 %)\n"
        "Max loss      117.76 (1.18 %)\n"
        "Reward:risk   0.72\n"
        "Liquidation   53412.1\n"
        "Fees to enter 0.75\n"
        "In USDT, after fees; a target's gain counts those before it."
    )


def test_the_environment_stands_first_unless_all_is_live() -> None:
    """A10: once where it is the same for all, beside each account where it isn't."""
    row = {"account": "main", "refused": [], "plan": PLAN}
    mixed = Market({}, {}, (), environments={"main": "live", "mirror": "demo"})
    live = Market({}, {}, (), environments={"main": "live"})

    assert shown(row, market=mixed).startswith("[DEMO LIVE] BTCUSDT")
    assert "[DEMO] mirror" in shown(row, row | {"account": "mirror"}, market=mixed)
    assert shown(row, market=live).startswith("BTCUSDT LONG")


def test_a_leg_that_a_small_mirror_leaves_out_is_named() -> None:
    """A3, E3: fewer legs, and a reason where it opens nothing."""
    small = {**PLAN, "entries": PLAN["entries"][:1]}
    rows = ({"account": "main", "refused": [], "plan": PLAN}, {"account": "mirror", "refused": [], "plan": small})

    assert "too small for 2 entries: without 59000" in shown(*rows)


PRICES = st.decimals(Decimal("0.00000001"), Decimal(9_999_999), places=8).map(text)
ROWS = st.lists(
    st.tuples(st.sampled_from(["E1", "TP10"]), PRICES, st.sampled_from(["", "5%", "12.5%"]), PRICES,
              st.sampled_from(["", "+68.10", "-1234567.89"])),
    min_size=1, max_size=10,
)  # fmt: skip


@given(ROWS)
def test_no_number_is_cut_and_no_line_is_too_wide(rows: list[tuple[str, str, str, str, str]]) -> None:
    """E3: on the smallest phone every digit stands there, whatever the tick and step."""
    lines = ladder(rows)

    assert all(len(line) <= WIDTH for line in lines)
    cells = [cell for line in lines for cell in line.split()]
    assert sorted(cells) == sorted(cell for row in rows for cell in row if cell)


def test_however_much_there_is_to_say_one_message_holds_it() -> None:
    """E3: ten entries, ten targets, five accounts, the longest reasons."""
    plan = {**PLAN, "entries": PLAN["entries"] * 5, "take_profits": PLAN["take_profits"] * 5}
    rows = [
        {"account": f"m{number}", "refused": ["<b>&" * 100] * 20 if number % 2 else [], "plan": plan}
        for number in range(5)
    ]

    shown = card(DRAFT, rows, MARKET, confirmed=True)

    fits(Screen(shown))
    assert "… and 4 more: accounts" in shown
    assert "You accepted" in shown
