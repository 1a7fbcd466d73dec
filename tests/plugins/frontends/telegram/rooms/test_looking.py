"""What the screens show of a real service: a long of three entries on main and mirror, the first one filled at 100."""

import re
from datetime import datetime, timedelta, timezone

from tests.plugins.frontends.telegram.rooms.walking import Walk, rooms


def seen(walk: Walk) -> str:
    """The text as it stands, days and times made the same."""
    return re.sub(r"\d\d-\d\d 12:34", "11-21 12:34", re.sub(r"\d\d:\d\d(:\d\d)?", "12:34", walk.screen.text))


MONEY = """<b>Tandem</b> · 12:34 UTC
🟢 <b>[PAPER] main</b>
<pre>Equity                 999981.63
Available              990414.53
Margin in use      9567.10 0.96%
Open P&amp;L                    0.00
If TP1 fills            +2830.00
If all TPs fill         +4360.00
If all stops fire       -3340.00
 with all entries       -5671.00
Reward : risk           1.31 : 1</pre>
🟢 <b>[PAPER] mirror</b> · mirror of main
<pre>Equity                 499990.76
Available              495206.56
Margin in use      4784.20 0.96%
Open P&amp;L                    0.00
If TP1 fills            +1420.00
If all TPs fill         +2200.00
If all stops fire       -1680.00
 with all entries       -2842.00
Reward : risk           1.31 : 1</pre>
<b>Positions</b> 1 · open P&amp;L 0.00 USDT
<pre>TESTUSDT LONG                100
 [PAPER] main 334           0.00
 [PAPER] mirror 168         0.00</pre>
"""
ONE = """<b>[PAPER] main TESTUSDT LONG</b>
entries are working · x10 · since 11-21 12:34 UTC
<pre>140 TP4 5%            0/17 works
130 TP3 5%            0/17 works
120 TP2 5%            0/17 works
110 TP1 85%          0/283 works
100 E1 market     334/334 filled
100 average
100 ▶ last
 95 E2               0/333 works
 92 E3               0/333 works
 90 STOP                 initial</pre>
🛡 The stop is at the exchange.
<pre>Position                     334
Entries filled               1/3
Margin planned           9567.10
Open P&amp;L                    0.00
Realised net              -18.37
Fees so far                18.37
To the stop              -10.00%
To TP1                   +10.00%</pre>
Note: &lt;b&gt;note&lt;/b&gt; &amp; more
conservative <code>PD657GG6BD</code>"""


async def test_the_dashboard_shows_money_risk_and_positions_and_leads_everywhere() -> None:
    """E4, A10: per account balance, available, margin in use, open P&L, health, and what all TPs or stops would do."""
    async with rooms() as at:
        screen = await at.alice.open("dashboard")

        assert seen(at.alice).startswith(MONEY)
        assert screen.watched is not None
        assert {"🆕 New trade", "Positions", "Stats", "Alerts", "⏸ Pause", "🚨 Emergency"} <= set(at.alice.labels)


async def test_a_position_is_a_ladder_with_what_is_filled_and_where_the_market_is() -> None:
    """E4, B4, S10: tick-exact prices, what each order has filled, the proven stop; a note is shown literally."""
    async with rooms() as at:
        await at.alice.open("positions")
        await at.alice.press("1 TESTUSDT")

        assert seen(at.alice) == ONE
        await at.alice.press("mirror")
        assert "[PAPER] mirror" in at.alice.screen.text


async def test_orders_stand_by_account_and_symbol() -> None:
    """E1: role, side, quantity and price of each that works."""
    async with rooms() as at:
        await at.alice.open("orders")

    assert at.alice.screen.text.startswith("<b>Orders</b> 12\n<b>[PAPER] main TESTUSDT</b>\n<pre>E2 buy 333  ")
    assert "TP1 sell 142                 110" in at.alice.screen.text


async def test_a_mirror_is_compared_with_its_leader() -> None:
    """A4: what is expected of the mirror beside what it has."""
    async with rooms() as at:
        await at.alice.open("mirror")

    assert at.alice.screen.text == (
        "<b>Mirrors</b> 🟢 1 as expected\n🟢 <b>TESTUSDT LONG</b>\n"
        "<pre>main entered                 334\nmirror entered               168\n"
        "mirror should have           168\nmain holds                   334\n"
        "mirror holds                 168\nTPs hit                     0, 0</pre>"
    )


async def test_an_ended_trade_is_shown_in_full() -> None:
    """E1, G2: the closing reason in words, money from the ledger, every order; from the list or by an old button."""
    async with rooms() as at:
        await at.house.price(89)
        await at.house.until(lambda: not at.house.state().boxes and not at.house.state("mirror").boxes)
        await at.house.service.writer.flush()
        await at.alice.open("trades")
        listed = at.alice.screen.text
        await at.alice.open("position", t="PD657GG6BD", a="main")

    assert "<b>Live trades</b> none\n<b>[PAPER] Ended</b> 2" in listed
    assert "<b>[PAPER] main TESTUSDT LONG</b>\nclosed: stop\n" in at.alice.screen.text
    assert "TP1 110" in at.alice.screen.text


async def test_alerts_are_listed_and_shown_in_full() -> None:
    """D1: the latest first, each leads to its trade."""
    async with rooms() as at:
        await at.house.service.writer.flush()
        await at.alice.open("alerts")
        assert "[PAPER] mirror · TESTUSDT LONG · trade opened" in at.alice.screen.text
        await at.alice.press("3")

        assert "trade opened" in at.alice.screen.text
        await at.alice.press("Its trade")
        assert "entries are working" in at.alice.screen.text


async def test_status_names_what_is_wrong_with_advice() -> None:
    """J3: red lines come first, each with a sentence on what to do."""
    async with rooms() as at:
        at.house.state().troubles["breaker"] = 1
        await at.alice.open("status")
        text = at.alice.screen.text
        await at.alice.open("dashboard")

    assert "🔴 <b>main: circuit breaker OPEN</b>\n→ calls failed in a row" in text
    assert "🔴 <b>[PAPER] main</b>" in at.alice.screen.text
    assert "🔴 circuit breaker OPEN. Check: the exchange's status page" in at.alice.screen.text


async def test_nothing_open_says_so_everywhere() -> None:
    """E4: empty screens are sentences, not blanks."""
    async with rooms(opened=False) as at:
        for name, words in (("dashboard", "<b>Positions</b> none"), ("positions", "Nothing is open."),
                            ("orders", "No order of ours works."), ("trades", "<b>Ended</b> none yet"),
                            ("mirror", "No leader with mirrors"), ("close", "Nothing is open."),
                            ("alerts", "None yet.")):  # fmt: skip
            assert words in (await at.alice.open(name)).text


async def test_a_command_that_this_tandem_lacks_is_a_sentence() -> None:
    """E7: the dashboard stands without its performance, and a picture says why there is none."""
    async with rooms(without=("stats", "chart")) as at:
        await at.alice.open("dashboard")
        assert "<b>Performance</b> not known: this Tandem does not know" in at.alice.screen.text
        await at.alice.open("chart", t="PD657GG6BD")

        assert at.alice.screen.text.startswith("<b>No picture</b>")


async def test_help_names_every_command_and_explains_each_topic() -> None:
    """E1: each command with its sentence; every topic has a page."""
    async with rooms(opened=False) as at:
        await at.alice.open("help")
        assert "/emergency Cancel and close everything that is ours" in at.alice.screen.text
        topics = [label for label in at.alice.labels if "Dashboard" not in label]
        for topic in topics:
            await at.alice.open("help")
            await at.alice.press(topic)
            assert at.alice.screen.text.startswith(f"<b>{topic}</b>")

    assert len(topics) >= 8


async def test_times_are_those_of_peoples_own_clocks_and_say_so() -> None:
    """D1, E4: who lives five hours ahead reads their own time on every screen, as in the alerts."""
    async with rooms(zone="Asia/Tashkent") as at:
        walk, text = at.alice, ""
        for name in ("dashboard", "position", "alerts"):
            text += (await walk.open(name, t="TESTUSDT")).text + "\n"
        await at.house.service.writer.flush()
        (latest, *_) = await at.house.store.alerts(1)
        text += (await walk.open("alert", at=str(latest.at), n="1")).text
        here = datetime.fromtimestamp(latest.at // 1_000, timezone(timedelta(hours=5)))

    assert re.search(r"<b>Tandem</b> · [\d:]{8} UTC\+05", text)
    assert re.search(r"since [\d-]{5} [\d:]{5} UTC\+05", text)
    assert "<b>Alerts</b> · Asia/Tashkent" in text
    assert f"\n1. {here:%m-%d %H:%M} " in text
    assert f"{here:%Y-%m-%d %H:%M:%S} UTC+05" in text
    assert "UTC\n" not in text
