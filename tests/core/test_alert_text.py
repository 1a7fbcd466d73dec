"""The frame around every alert: where, when, how it was learned (D1, A10). The bodies' words are tested by room."""

from dataclasses import replace
from decimal import Decimal
from typing import get_args

import pytest

from core.alert_text import asked, endings, entries, health, losses, stops, targets, text, title
from core.alerts import (
    Alert,
    Body,
    EntriesPaused,
    EntryFailed,
    LevelLine,
    PluginFailed,
    Resize,
    ServiceDegraded,
    TargetHit,
    TargetsRebalanced,
)
from core.alerts import RebalanceResult as Result
from core.desired import StopKind
from core.words import Environment, Side

HIT = TargetHit(
    number=1,
    of=4,
    price=Decimal(62000),
    quantity=Decimal("0.044"),
    profit=Decimal("131.1332"),
    percent=Decimal("5.0494"),
    remaining=Decimal("0.008"),
    next_targets=(LevelLine("TP2", Decimal(63000), Decimal("0.008")),),
    stop=Decimal("59091.1"),
    stop_kind=StopKind.BREAKEVEN,
)
ALERT = Alert(
    body=HIT,
    account="main",
    environment=Environment.PAPER,
    at=1_795_224_329_000,
    cause="hit:TP1",
    symbol="BTCUSDT",
    side=Side.LONG,
    trade="7K3QX9A2MD",
)


def test_alert_is_framed() -> None:
    """Where and what first, then the numbers, then the venue's time and the trade (D1)."""
    golden = """[PAPER] main · BTCUSDT LONG · TP1 hit
Sold 0.044 at 62000
+131.13 USDT (+5.05%) before fees
Remaining 0.008, next:
TP2 0.008 at 63000
Stop 59091.1 (breakeven) covers it
2026-11-21 01:25:29 UTC · 7K3QX9A2MD"""

    assert text(ALERT) == golden


def test_late_alert_says_how_it_was_learned() -> None:
    """What an audit found is told with how late it was (D1)."""
    late = replace(ALERT, learned_late=12_345)

    assert text(late).splitlines()[-2] == "(found by an audit 12 s later)"


def test_live_is_named_only_among_others() -> None:
    """Where all accounts are LIVE nothing needs saying; among others each is named (A10)."""
    live = replace(ALERT, environment=Environment.LIVE)

    assert title(live, {Environment.LIVE}) == "main · BTCUSDT LONG · TP1 hit"
    assert title(live, {Environment.LIVE, Environment.DEMO}) == "[LIVE] main · BTCUSDT LONG · TP1 hit"
    assert title(replace(live, environment=Environment.DEMO)) == "[DEMO] main · BTCUSDT LONG · TP1 hit"


@pytest.mark.parametrize(
    ("alert", "golden"),
    [
        (
            Alert(
                body=ServiceDegraded("memory", "up 40 MiB/h"),
                account="",
                environment=Environment.PAPER,
                at=0,
                cause="memory",
            ),
            "[PAPER] Tandem · memory growing",
        ),
        (
            Alert(
                body=EntriesPaused(paused=True, by="alice"),
                account="mirror",
                environment=Environment.LIVE,
                at=0,
                cause="pause:1",
            ),
            "mirror · new entries paused",
        ),
    ],
)
def test_alert_without_a_trade_is_framed(alert: Alert, golden: str) -> None:
    """Who speaks stands where the account or the symbol is missing, and no trade is named."""
    lines = text(alert).splitlines()

    assert (lines[0], lines[-1]) == (golden, "1970-01-01 00:00:00 UTC")


def test_every_body_has_a_room() -> None:
    """Each kind of alert is put in words by exactly one room, each of which has golden words for it."""
    rooms = (
        entries.EntryBody,
        targets.TargetBody,
        stops.StopBody,
        endings.EndingBody,
        health.HealthBody,
        asked.AskedBody,
        losses.LossBody,
    )
    bodies = [body for room in rooms for body in get_args(room)]

    assert sorted(body.__name__ for body in bodies) == sorted(body.__name__ for body in get_args(Body))


def test_rebalance_of_the_published_case_is_exact() -> None:
    """2,500 filled is 2,125/125/125/125 (B5)."""
    sizes = (("TP1", 1417, 2125), ("TP2", 83, 125), ("TP3", 83, 125), ("TP4", 83, 125))
    resizes = tuple(Resize(role, Decimal(old), Decimal(new)) for role, old, new in sizes)
    told = text(replace(ALERT, body=TargetsRebalanced(Result.SUCCESS, resizes, 4, Decimal("2500.0"))))

    assert "TP1 1417 -> 2125\nTP2 83 -> 125\nTP3 83 -> 125\nTP4 83 -> 125" in told


@pytest.mark.parametrize(
    "body",
    [
        EntryFailed("E2", Decimal(59000), Decimal("0.017"), "x" * 200 + "\x1b[31m\nred"),
        PluginFailed("webhook", "\x07bell\rreturn\u202eright-to-left", "going on"),
    ],
)
def test_words_from_outside_stay_plain(body: Body) -> None:
    """A venue's or a plugin's words can't colour the terminal, ring it, or break out of their lines."""
    told = text(replace(ALERT, body=body))

    assert all(letter.isprintable() or letter == "\n" for letter in told)
    assert max(len(line) for line in told.splitlines()[1:]) <= 50
