"""What the command line says of an act before it is done: what it would do, and to which orders."""

from typing import Any

import pytest

from config.commands.trading import would_text

ORDERS = ["t1-main-7K3QX9A2MD-E2-00", "t1-main-7K3QX9A2MD-TP1-00"]


def row(would: str, **more: object) -> dict[str, Any]:
    """A row of a dry run."""
    plain = {
        "price": None,
        "quantity": None,
        "stop": "56000",
        "last": "60000",
        "orders": ORDERS,
        "refused": [],
        "brings": [],
    }
    named = {"account": "main", "symbol": "BTCUSDT", "side": "long", "position": "0.2", "trade": "7K3QX9A2MD"}
    return {**plain, **named, "environment": "live", "would": would, **more}


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (row("move_stop", price="57000"), "stop 56000 -> 57000, the market is at 60000"),
        (row("cancel_entries"), "would cancel t1-main-7K3QX9A2MD-E2-00"),
        (row("cancel_entries", orders=ORDERS[1:]), "no entry works, nothing would change"),
        (row("reduce", quantity="0.1"), "would close 0.1 of it at market"),
        (row("close"), f"would close all of it at market and cancel {', '.join(ORDERS)}"),
    ],
)
def test_an_act_names_only_what_it_touches(found: dict[str, Any], said: str) -> None:
    """B14: take-profits listed beside a cancelled entry looked as if they went too."""
    assert would_text(found) == f"main: BTCUSDT long 0.2, trade 7K3QX9A2MD: {said}"


def test_a_refused_act_gives_every_reason_once() -> None:
    """B2: a line each, instead of what it would have done."""
    assert would_text(row("move_stop", price="1", refused=["a", "b"])).splitlines()[1:] == ["  - a", "  - b"]


def test_an_act_on_play_money_says_so_before_it_is_confirmed() -> None:
    """A10: in front, unless it is real."""
    assert would_text(row("close", environment="demo")).startswith("[DEMO] main: BTCUSDT")


def test_who_names_a_leader_alone_reads_whom_that_brings_along() -> None:
    """A4, E6: `close --account main` showed main only, and closed the mirror too."""
    assert would_text(row("close", brings=["mirror"])).endswith("; its mirrors follow and do the same: mirror")
