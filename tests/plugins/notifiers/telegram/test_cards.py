"""Golden cards: what a phone shows for every kind of alert (D1); whatever it holds, it fits and is text (S10)."""

from dataclasses import replace
from decimal import Decimal
from typing import get_args

import pytest

from core.alerts import (
    AccountDegraded,
    AccountLine,
    AccountRestored,
    ActionFailed,
    Alert,
    AuditFailed,
    Body,
    BreakevenFailed,
    CloseFailed,
    DailyReport,
    EntriesCancelled,
    EntriesPaused,
    EntryFailed,
    EntryFilled,
    ExternalChange,
    ForeignEdit,
    GhostFill,
    LateClose,
    LevelLine,
    LimitFilled,
    MirrorDiffers,
    MirrorSkipped,
    OrphanFound,
    PartClosed,
    PluginFailed,
    PositionClosed,
    ProtectionMissing,
    ProtectionRestored,
    RebalanceResult,
    Resize,
    ServiceDegraded,
    ServiceRestored,
    StopHit,
    StopMoved,
    StoreDamaged,
    TargetHit,
    TargetMoved,
    TargetsRebalanced,
    TargetsReplaced,
    TradeMerged,
    TradeOpened,
    TradeRebuilt,
    TradeUnknown,
    UserAlert,
)
from core.desired import StopKind
from core.user_alerts import Watched
from core.words import Environment, Side
from plugins.notifiers.telegram.cards import BAD, CRITICAL, GOOD, PLAIN, card, plain, sign
from ports.notifier import Delivery
from tests.botapi.html import parse_html

AT = 1_795_224_329_000
GOLDEN: tuple[tuple[Body, str], ...] = (
    (
        TradeMerged(
            "replace",
            (LevelLine("E3", Decimal(58000), Decimal("0.0175")),),
            2,
            Decimal(56000),
            Decimal(55500),
            (("TP1", Decimal(62000), Decimal(100)),),
            (("TP1", Decimal("62500.5"), Decimal(85)), ("TP2", Decimal(64000), Decimal(15))),
            Decimal("307.5"),
            Decimal("101.2"),
            "Alice (telegram 7)",
        ),
        """\
✅ [PAPER] <b>1 entry added, prices replaced</b>
main · BTCUSDT LONG
E3 0.0175 at 58000
Stop 56000 -&gt; 55500, the old one holds till then
<pre>TP1 62500.5 (85%)
TP2 64000   (15%)</pre>
Before:
TP1 62000 (100%)
2 limits in all now
Margin 307.50 USDT, 101.20 of it new
By Alice (telegram 7)
2026-11-21 01:25:29 UTC · <code>7K3QX9A2MD</code>""",
    ),
    (
        TradeOpened(
            (LevelLine("E1", None, Decimal("0.018")), LevelLine("E2", Decimal("59000.0"), Decimal("0.017"))),
            (("TP1", Decimal(62000), Decimal(85)), ("TP2", Decimal("63000.5"), Decimal(15))),
            Decimal(56000),
            Decimal(10),
            Decimal("307.00"),
            None,
        ),
        """\
✅ [PAPER] <b>trade opened</b>
main · BTCUSDT LONG
<pre>E1 0.018 at market
E2 0.017 at 59000</pre>
<pre>TP1 62000   (85%)
TP2 63000.5 (15%)</pre>
Stop 56000, carried by every entry
Leverage 10x, margin 307.00 USDT
2026-11-21 01:25:29 UTC · <code>7K3QX9A2MD</code>""",
    ),
    (
        EntryFilled("E1", Decimal("60001.2"), Decimal("0.018"), Decimal("0.018"), Decimal("0.018"), Decimal("60001.2")),
        """\
✅ [PAPER] <b>entry E1 filled at 60001.2</b>
main · BTCUSDT LONG
Filled 0.018 of 0.018
In total 0.018, average entry 60001.2
2026-11-21 01:25:29 UTC · <code>7K3QX9A2MD</code>""",
    ),
    (
        LimitFilled(
            1,
            Decimal(59000),
            Decimal("0.017"),
            1,
            2,
            Decimal("0.035"),
            Decimal("59514.9"),
            (LevelLine("E3", Decimal(58000), Decimal("0.0175")),),
            1,
        ),
        """\
✅ [PAPER] <b>limit 1 of 2 filled at 59000</b>
main · BTCUSDT LONG
1/2 limits filled (group)
still working: E3 at 58000
Filled 0.017
In total 0.035, average entry 59514.9
2026-11-21 01:25:29 UTC · <code>7K3QX9A2MD</code>""",
    ),
    (
        TargetHit(
            1,
            4,
            Decimal(62000),
            Decimal("0.044"),
            Decimal("131.1332"),
            Decimal("5.0494"),
            Decimal("0.0205"),
            (
                LevelLine("TP2", Decimal(63000), Decimal("0.008")),
                LevelLine("TP3", Decimal("64000.5"), Decimal("0.0125")),
            ),
            Decimal("59091.1"),
            StopKind.BREAKEVEN,
        ),
        """\
✅ [PAPER] <b>TP1 hit</b>
main · BTCUSDT LONG
Sold 0.044 at 62000
+131.13 USDT (+5.05%) before fees
Remaining 0.0205, next:
<pre>TP2 0.008  at 63000
TP3 0.0125 at 64000.5</pre>
Stop 59091.1 (breakeven) covers it
2026-11-21 01:25:29 UTC · <code>7K3QX9A2MD</code>""",
    ),
    (
        TargetsRebalanced(
            RebalanceResult.PARTIAL,
            (
                Resize("TP1", Decimal("0.015"), Decimal("0.044")),
                Resize("TP2", Decimal("0.001"), Decimal("0.003"), "too many requests"),
            ),
            4,
            Decimal("0.052"),
        ),
        """\
⚠️ [PAPER] <b>TPs rebalanced: PARTIAL</b>
main · BTCUSDT LONG
1 of 2 resized, position 0.052
TP1 0.015 -&gt; 0.044
TP2 0.001 -&gt; 0.003 not done: too many requests
Now: Tandem tries again after its next look
2026-11-21 01:25:29 UTC · <code>7K3QX9A2MD</code>""",
    ),
    (
        TargetsReplaced(
            (
                LevelLine("TP2", Decimal(63000), Decimal("0.008")),
                LevelLine("TP3", Decimal("64000.5"), Decimal("0.0125")),
            ),
            "they were cancelled in the app",
        ),
        """\
✅ [PAPER] <b>2 missing TPs placed again</b>
main · BTCUSDT LONG
<pre>TP2 0.008  at 63000
TP3 0.0125 at 64000.5</pre>
they were cancelled in the app
2026-11-21 01:25:29 UTC · <code>7K3QX9A2MD</code>""",
    ),
    (
        StopMoved(Decimal(56000), Decimal("59091.1"), StopKind.BREAKEVEN, Decimal("0.008"), "plan"),
        """\
✅ [PAPER] <b>stop to breakeven</b>
main · BTCUSDT LONG
56000 -&gt; 59091.1, covers 0.008
By the plan
2026-11-21 01:25:29 UTC · <code>7K3QX9A2MD</code>""",
    ),
    (
        TargetMoved("TP2", Decimal(63000), Decimal("63500.5"), "Alice (telegram 7)"),
        """\
🔹 [PAPER] <b>TP2 moved</b>
main · BTCUSDT LONG
63000 -&gt; 63500.5
By Alice (telegram 7)
2026-11-21 01:25:29 UTC · <code>7K3QX9A2MD</code>""",
    ),
    (
        PartClosed(Decimal("59500.5"), Decimal("0.004"), Decimal("2.002"), Decimal("0.004"), "Alice (telegram 7)"),
        """\
🔹 [PAPER] <b>part closed</b>
main · BTCUSDT LONG
Sold 0.004 at 59500.5
+2.00 USDT before fees
Remaining 0.004
By Alice (telegram 7)
2026-11-21 01:25:29 UTC · <code>7K3QX9A2MD</code>""",
    ),
    (
        EntriesCancelled(
            (LevelLine("E2", Decimal("59000.0"), Decimal("0.017")), LevelLine("E3", Decimal(58000), Decimal("0.0175"))),
            "tp1",
        ),
        """\
🔹 [PAPER] <b>2 entries cancelled</b>
main · BTCUSDT LONG
TP1 was hit
<pre>E2 0.017  at 59000
E3 0.0175 at 58000</pre>
2026-11-21 01:25:29 UTC · <code>7K3QX9A2MD</code>""",
    ),
    (
        EntryFailed("E2", Decimal(59000), Decimal("0.017"), "110007: not enough balance"),
        """\
⚠️ [PAPER] <b>entry E2 failed</b>
main · BTCUSDT LONG
0.017 at 59000 is given up
110007: not enough balance
The trade goes on with what is filled
2026-11-21 01:25:29 UTC · <code>7K3QX9A2MD</code>""",
    ),
    (
        StopHit(Decimal(56000), Decimal("0.052"), StopKind.INITIAL, Decimal("-182.75")),
        """\
🚨 [PAPER] <b>STOP HIT</b>
main · BTCUSDT LONG
Sold 0.052 at 56000
-182.75 USDT before fees
Now: the rest of the trade is being cancelled
Check: "position closed" must follow
2026-11-21 01:25:29 UTC · <code>7K3QX9A2MD</code>""",
    ),
    (
        PositionClosed(
            "all_tps",
            Decimal("0.052"),
            Decimal(59515),
            Decimal("62150.4"),
            Decimal("137.04"),
            Decimal("3.21"),
            Decimal("-0.12"),
            Decimal("133.71"),
            Decimal("43.55"),
            7_540_000,
            4,
            4,
            2,
            3,
        ),
        """\
✅ [PAPER] <b>position closed: all take-profits hit</b>
main · BTCUSDT LONG
Net +133.71 USDT (+43.55% of margin)
Gross +137.04, fees -3.21, funding +0.12
0.052 in at 59515, out at 62150.4
TPs hit 4/4, entries filled 2/3
Open for 2h 05m
2026-11-21 01:25:29 UTC · <code>7K3QX9A2MD</code>""",
    ),
    (
        ExternalChange("manual", Decimal("-0.01"), Decimal(60500), Decimal("0.042"), Decimal("0.042")),
        """\
⚠️ [PAPER] <b>position reduced outside Tandem</b>
main · BTCUSDT LONG
-0.01 at 60500
Ours 0.042 of 0.042 held
The TPs cover what is ours
2026-11-21 01:25:29 UTC · <code>7K3QX9A2MD</code>""",
    ),
    (
        ForeignEdit("TP2", "its price was moved from 63000 to 64000", kept=True),
        """\
⚠️ [PAPER] <b>TP2 changed in the exchange's app</b>
main · BTCUSDT LONG
its price was moved from 63000 to 64000
Kept as it is now
2026-11-21 01:25:29 UTC · <code>7K3QX9A2MD</code>""",
    ),
    (
        ProtectionMissing(Decimal("0.052"), Decimal(56000), None, "it is set again"),
        """\
🚨 [PAPER] <b>STOP NOT PROVEN</b>
main · BTCUSDT LONG
Position 0.052 is open
Wanted stop 56000, the venue shows none
Now: it is set again
Check: is a stop at 56000 in the app?
2026-11-21 01:25:29 UTC · <code>7K3QX9A2MD</code>""",
    ),
    (
        ProtectionRestored(Decimal(56000), Decimal("0.052")),
        """\
✅ [PAPER] <b>stop proven again</b>
main · BTCUSDT LONG
Stop 56000 covers 0.052
2026-11-21 01:25:29 UTC · <code>7K3QX9A2MD</code>""",
    ),
    (
        BreakevenFailed(Decimal("59091.1"), Decimal(56000), "34040: not modified", "closing at market"),
        """\
🚨 [PAPER] <b>BREAKEVEN STOP FAILED</b>
main · BTCUSDT LONG
Wanted 59091.1, in force 56000
34040: not modified
Now: closing at market
Check: position and stop in the app
2026-11-21 01:25:29 UTC · <code>7K3QX9A2MD</code>""",
    ),
    (
        CloseFailed(Decimal("0.052"), "10006: too many visits"),
        """\
🚨 [PAPER] <b>CLOSING FAILED, STILL OPEN</b>
main · BTCUSDT LONG
Position 0.052 is open
10006: too many visits
Now: Tandem goes on trying
Check: close it in the app if this lasts
2026-11-21 01:25:29 UTC · <code>7K3QX9A2MD</code>""",
    ),
    (
        ActionFailed("place TP2", "110017: reduce-only rule", "it is tried when the position changes"),
        """\
⚠️ [PAPER] <b>could not place TP2</b>
main · BTCUSDT LONG
110017: reduce-only rule
Now: it is tried when the position changes
2026-11-21 01:25:29 UTC · <code>7K3QX9A2MD</code>""",
    ),
    (
        MirrorSkipped("rejected", ("below the minimum of 5 USDT",), "main"),
        """\
⚠️ [PAPER] <b>mirror did not open: rejected</b>
main · BTCUSDT LONG
below the minimum of 5 USDT
main goes on untouched
2026-11-21 01:25:29 UTC · <code>7K3QX9A2MD</code>""",
    ),
    (
        MirrorDiffers("main", Decimal("0.052"), Decimal("0.015"), Decimal("0.017"), "main lacks a fill"),
        """\
⚠️ [PAPER] <b>trade differs from main's</b>
main · BTCUSDT LONG
Entered here 0.015, expected 0.017
main entered 0.052
main lacks a fill
Check: `tandem mirror diff`, then both in the app
2026-11-21 01:25:29 UTC · <code>7K3QX9A2MD</code>""",
    ),
    (
        AccountDegraded("stream", "no word for 31 s"),
        """\
🚨 [PAPER] <b>private stream DOWN</b>
main
no word for 31 s
Now: new entries wait, exits go on
Stops stay at the venue
Check: network and the exchange's status page
2026-11-21 01:25:29 UTC""",
    ),
    (
        AccountRestored("stream", 42),
        """\
✅ [PAPER] <b>private stream well again</b>
main
After 42 s
2026-11-21 01:25:29 UTC""",
    ),
    (
        ServiceDegraded("outbox", "telegram has not delivered for 1m 03s"),
        """\
⚠️ [PAPER] <b>alert delivery behind</b>
Tandem
telegram has not delivered for 1m 03s
Check: the notifiers' connection
2026-11-21 01:25:29 UTC""",
    ),
    (
        ServiceRestored("outbox"),
        """\
✅ [PAPER] <b>alert delivery well again</b>
Tandem
2026-11-21 01:25:29 UTC""",
    ),
    (
        OrphanFound("t1-main-7K3QX9A2MD-TP2-01", "its trade is closed"),
        """\
⚠️ [PAPER] <b>order without a trade found</b>
main · BTCUSDT LONG
t1-main-7K3QX9A2MD-TP2-01
its trade is closed
Now: it is being cancelled
2026-11-21 01:25:29 UTC · <code>7K3QX9A2MD</code>""",
    ),
    (
        TradeRebuilt(
            Decimal("0.018"),
            Decimal("60001.2"),
            Decimal(56000),
            (LevelLine("E2", Decimal(59000), Decimal("0.017")),),
            (LevelLine("TP1", Decimal(62000), Decimal("0.018")),),
        ),
        """\
⚠️ [PAPER] <b>trade made again from the venue</b>
main · BTCUSDT LONG
The store had lost it; it goes on
Holds 0.018 at 60001.2, stop 56000
TP1 0.018 at 62000
E2 0.017 at 59000
Rules are the strategy's of today; check them
2026-11-21 01:25:29 UTC · <code>7K3QX9A2MD</code>""",
    ),
    (
        TradeUnknown(("main BTCUSDT: why",), ("k", "l"), Decimal("0.018"), Decimal(56000)),
        """\
🚨 [PAPER] <b>TRADE LOST BY THE STORE</b>
main · BTCUSDT LONG
main BTCUSDT: why
Held 0.018, stop 56000
2 orders of it left untouched
Do: end it in the app, or `tandem adopt` what no trade has
2026-11-21 01:25:29 UTC · <code>7K3QX9A2MD</code>""",
    ),
    (
        GhostFill("E3", Decimal("0.017"), Decimal(58000)),
        """\
🚨 [PAPER] <b>LATE FILL of entry E3</b>
main · BTCUSDT LONG
0.017 at 58000
The trade was already closing
Now: it is being closed at market
Check: is it flat?
2026-11-21 01:25:29 UTC · <code>7K3QX9A2MD</code>""",
    ),
    (
        LateClose(7_240),
        """\
⚠️ [PAPER] <b>close handled late</b>
main · BTCUSDT LONG
7.2 s after the execution
2026-11-21 01:25:29 UTC · <code>7K3QX9A2MD</code>""",
    ),
    (
        EntriesPaused(paused=True, by="Alice (telegram 7)"),
        """\
🔹 [PAPER] <b>new entries paused</b>
main
By Alice (telegram 7)
Exits and stops go on as always
2026-11-21 01:25:29 UTC""",
    ),
    (
        StoreDamaged("page 7 does not read", "a backup is used"),
        """\
🚨 [PAPER] <b>STORE DAMAGED</b>
main
page 7 does not read
Now: a backup is used
Check: disk, then the newest backup
2026-11-21 01:25:29 UTC""",
    ),
    (
        AuditFailed("I2: TP quantity 0.05, position 0.052"),
        """\
🚨 [PAPER] <b>AUDIT FAILED</b>
main
I2: TP quantity 0.05, position 0.052
Now: nothing; orders and stops stay as they are
Check: position, stop and orders in the app; then
`tandem verify`, `tandem doctor --fix`
2026-11-21 01:25:29 UTC""",
    ),
    (
        PluginFailed("webhook", "it did not answer for 30 s", "the others go on"),
        """\
⚠️ [PAPER] <b>plugin webhook failed</b>
main
it did not answer for 30 s
Now: the others go on
2026-11-21 01:25:29 UTC""",
    ),
    (
        UserAlert(
            "K7Q2M9XA", Watched.LOSS_PERCENT, Decimal(2), Decimal("2.5"), Decimal("58500.1"), repeat=True, note="1<2"
        ),
        """\
🔹 [PAPER] <b>price -2.50% from entry (asked: -2%)</b>
main · BTCUSDT LONG
Last price 58500.1
1&lt;2
Your alert K7Q2M9XA
Quiet for 30 minutes now
2026-11-21 01:25:29 UTC · <code>7K3QX9A2MD</code>""",
    ),
    (
        DailyReport(
            until="2026-11-21 08:00",
            accounts=(
                AccountLine(
                    account="main",
                    equity=Decimal("10012.345"),
                    available=Decimal(9000),
                    positions=2,
                    open_pnl=Decimal("12.3"),
                    at_stops=Decimal("-120.5"),
                ),
            ),
            opened=3,
            closed=2,
            wins=1,
            losses=1,
            net=Decimal("5.2"),
            fees=Decimal("2.1"),
            funding=Decimal(0),
            best=Decimal(10),
            worst=Decimal("-4.8"),
            mirrors=(("second", 1, Decimal(-1)),),
        ),
        """\
🔹 [PAPER] <b>daily report, 24 hours to 2026-11-21 08:00</b>
main
Opened 3 trades, closed 2: 1 won, 1 lost
Net +5.20 USDT, fees -2.10, funding 0.00
Best +10.00, worst -4.80
Mirror second closed 1: net -1.00 USDT
main: 10012.34 USDT, 9000.00 available
  2 positions +12.30, all at their stops -120.50
2026-11-21 01:25:29 UTC""",
    ),
)
HOSTILE = "</b><a href='https://x.io'>&lt;x</a> \u202e\x1b[2J\nE1 1 at 2 " + "🚀" * 300


def delivery(body: Body, *, trade: str = "7K3QX9A2MD", environment: Environment = Environment.PAPER) -> Delivery:
    """An alert about a trade on main, or about no trade."""
    side = Side.LONG if trade else None
    symbol = "BTCUSDT" if trade else ""
    account = "" if isinstance(body, ServiceDegraded | ServiceRestored) else "main"
    alert = Alert(
        body=body, account=account, environment=environment, at=AT, cause="x", symbol=symbol, side=side, trade=trade
    )
    return Delivery(alert=alert, text="")


def shown(*deliveries: Delivery) -> str:
    """What a person reads: the card as Telegram parses it, which refuses bad markup."""
    return parse_html(card(deliveries)).text


@pytest.mark.parametrize(("body", "golden"), GOLDEN, ids=lambda value: type(value).__name__)
def test_golden_card(body: Body, golden: str) -> None:
    """Sign, headline, where, the numbers tick-exact, the venue's time, the trade (D1)."""
    found = delivery(body, trade="7K3QX9A2MD" if "<code>" in golden else "")

    assert card((found,)) == golden
    assert parse_html(golden).text == plain((found,))


def test_every_kind_has_a_golden_card() -> None:
    """No kind of alert reaches a phone that nobody has looked at (D1)."""
    assert {type(body) for body, _ in GOLDEN} == set(get_args(Body))


def test_live_money_needs_no_tag_and_others_stand_first() -> None:
    """A10: what is not real money says so before anything else."""
    assert card((delivery(LateClose(1), environment=Environment.LIVE),)).startswith("⚠️ <b>close handled late</b>")
    assert card((delivery(LateClose(1), environment=Environment.DEMO),)).startswith("⚠️ [DEMO] <b>close handled late")


def test_marks_are_seen() -> None:
    """A repeat, a late one and one that an audit found each say so (D1, D2)."""
    late = replace(delivery(LateClose(1)), repeat=True, late=3_900_000)
    found = replace(late, alert=replace(late.alert, learned_late=61_000))

    lines = shown(found).splitlines()
    assert lines[2:4] == ["🔁 repeat: you may have seen this", "⏱ late by 1h 05m"]
    assert lines[5] == "found by an audit 1m 01s later"


@pytest.mark.parametrize(
    ("zone", "time"),
    [
        ("Europe/Berlin", "2026-11-21 02:25:29 CET"),
        ("Asia/Kathmandu", "2026-11-21 07:10:29 UTC+0545"),
        ("America/New_York", "2026-11-20 20:25:29 EST"),
    ],
)
def test_time_is_where_people_are(zone: str, time: str) -> None:
    """The venue's time in the configured zone, by its name where it has one."""
    assert time in shown(replace(delivery(LateClose(1)), zone=zone))


def test_money_decides_the_sign() -> None:
    """Won, lost, neither; and what nobody wished for is critical."""
    closed = next(body for body, _ in GOLDEN if isinstance(body, PositionClosed))
    signs = [
        sign(delivery(replace(closed, **change)).alert)
        for change in ({}, {"net": Decimal(-1)}, {"net": Decimal(0)}, {"entered": Decimal(0)}, {"reason": "adl"})
    ]

    assert signs == [GOOD, BAD, PLAIN, PLAIN, CRITICAL]


def test_long_ladders_stay_one_to_a_line_and_are_counted_when_cut() -> None:
    """Nothing is dropped without saying how much."""
    lines = tuple(LevelLine(f"E{number}", Decimal(59_000), Decimal(1)) for number in range(1, 61))
    text = shown(delivery(EntriesCancelled(lines, "tp1")))

    assert "E39 1 at 59000\nand 21 more" in text


@pytest.mark.parametrize("count", [1, 2, 10])
def test_hostile_text_is_shown_as_text_and_fits(count: int) -> None:
    """Markup, control and direction characters, and far too much of everything (S10)."""
    many = tuple(LevelLine(HOSTILE, Decimal(1), Decimal(1)) for _ in range(100))
    bodies: list[Body] = [ActionFailed(HOSTILE, HOSTILE * 9, HOSTILE), EntriesCancelled(many, HOSTILE)]
    some = [delivery(bodies[number % 2], trade=HOSTILE) for number in range(count)]
    account = [replace(each, alert=replace(each.alert, account=HOSTILE, symbol=HOSTILE)) for each in some]
    found = parse_html(card(tuple(account)))

    assert {entity.type for entity in found.entities} <= {"bold", "italic", "code", "pre"}
    assert len(found.text.encode("utf-16-le")) // 2 <= 4_096
    assert not {"\u202e", "\x1b"} & set(found.text)


def test_several_of_one_trade_share_the_market_line() -> None:
    """A burst put together: each alert whole, the trade's frame once (D2)."""
    text = shown(delivery(LateClose(1_000)), delivery(LateClose(2_000)))

    assert text.splitlines() == [
        "⚠️ [PAPER] close handled late",
        "main · BTCUSDT LONG",
        "1 s after the execution",
        "2026-11-21 01:25:29 UTC",
        "",
        "⚠️ [PAPER] close handled late",
        "2 s after the execution",
        "2026-11-21 01:25:29 UTC · 7K3QX9A2MD",
    ]
