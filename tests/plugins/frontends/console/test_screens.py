"""Screens for people: what is said beside a refusal."""

import io
from collections.abc import Sequence

import pytest
from rich.console import Console

from plugins.frontends.console import screens


def previewed(refused: Sequence[str], ask: Sequence[str]) -> str:
    """A preview that refuses."""
    kept = io.StringIO()
    Console(file=kept, width=200).print(screens.preview([{"account": "main", "refused": refused, "ask": ask}]))
    return kept.getvalue()


@pytest.mark.parametrize(("refused", "offered"), [(["at once"], True), (["at once", "high"], False), (["x"], False)])
def test_a_confirmation_is_offered_only_where_it_helps(refused: list[str], offered: bool) -> None:
    """B2: beside a reason that no confirmation takes away, the offer sent people the wrong way."""
    said = previewed(refused, ["at once"] if "at once" in refused else [])

    assert ("--yes-really" in said) is offered
    assert all(f"  - {reason}" in said for reason in refused)


@pytest.mark.parametrize(("room", "ladders"), [(None, True), (60, True), (24, False)])
def test_a_small_terminal_shows_every_trade_and_the_alerts(room: int | None, ladders: bool) -> None:
    """J1: two ladders of twelve lines pushed the alerts off a screen of 24."""
    levels = [{"number": number, "price": "1", "filled": "0", "mark": "working"} for number in (1, 2, 3, 4)]
    trade = {
        "trade": "T",
        "account": "main",
        "environment": "paper",
        "symbol": "BTCUSDT",
        "side": "long",
        "net": "0",
        "phase": "BUILDING",
        "position": "1",
        "open_pnl": None,
        "stop": None,
        "average_entry": "1",
        "last": None,
        "targets": [{**each, "total": "1"} for each in levels],
        "entries": [{**each, "planned": "1", "average": None} for each in levels],
    }
    told = [{"at": 0, "title": f"told {number}", "critical": False} for number in range(5)]
    kept = io.StringIO()
    data = {
        "version": "",
        "profile": "",
        "running": True,
        "at": 0,
        "troubles": ["the latest alerts can't be shown"],
        "accounts": [],
        "trades": [trade] * 2,
        "alerts": told,
    }
    Console(file=kept, width=120).print(screens.status(data, room))

    assert ("TP4" in kept.getvalue()) is ladders
    assert kept.getvalue().count("BTCUSDT") == 2
    assert "can't be shown" in kept.getvalue()
    assert room is None or len(kept.getvalue().splitlines()) < room
