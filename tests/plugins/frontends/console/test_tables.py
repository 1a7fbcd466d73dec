"""Tables for people: nothing is cut, nothing is invented."""

import io
from typing import Any

import pytest
from rich.console import Console

from plugins.frontends.console import tables


def shown(renderable: object, width: int) -> str:
    """As a terminal of that width shows it."""
    kept = io.StringIO()
    Console(file=kept, width=width).print(renderable)
    return kept.getvalue()


def test_an_id_is_folded_where_it_is_too_narrow_and_never_cut() -> None:
    """J1: an order's id is there to be copied; `t1-main-2...` was of no use."""
    row = ["t1-main-7K3QX9A2MD-TP1-00"]
    narrow = shown(tables.table(("id",), [row], ""), 10)

    assert "".join(narrow.split()[2:]) == row[0]


@pytest.mark.parametrize(
    ("exact", "said"),
    [("59851.33928571428571", "59851.339"), ("0.00012345678999", "0.00012345679"), ("123456789.123", "123456789.12")],
)
def test_an_average_has_eight_digits_and_a_price_all_of_its_own(exact: str, said: str) -> None:
    """An average may never end; a price is what the venue takes."""
    assert tables.average(exact) == said
    assert tables.price(exact) == exact


def test_an_act_is_told_in_words() -> None:
    """B14: who asked stands beside it, and what wasn't said says nothing."""
    row = {"at": 0, "by": "cli", "command": "act", "exit": 0, "detail": ""}
    kept = '{"kind": "close", "trade": "BTCUSDT", "price": null, "dry_run": false, "origin": "cli"}'
    whole, torn = (shown(tables.audited([{**row, "arguments": text}]), 120) for text in (kept, kept[:20]))

    assert "kind close, trade BTCUSDT " in whole
    assert kept[:20] in torn


def test_nobody_knows_the_health_of_an_account_that_nobody_watches() -> None:
    """J1: what the store remembers is no proof that anything is well."""
    account = {"account": "main", "environment": "paper", "live_trades": 1, "troubles": [], "held": [], "lost": []}
    row = {**account, "equity": None, "available": None, "open_pnl": None}

    assert "not watched over" in shown(tables.accounts([row], watched=False), 120)
    assert "well" in shown(tables.accounts([row]), 120)


@pytest.mark.parametrize(
    ("kinds", "said"),
    [(("live", "paper"), ["[LIVE] main", "[PAPER] mirror"]), (("live", "live"), ["main", "mirror"])],
    ids=["of two kinds", "all real"],
)
def test_every_list_says_whose_money_it_is(kinds: tuple[str, str], said: list[str]) -> None:
    """A10: at every account, unless all of it is real; a row of paper must not be taken for the live one beside it."""
    empty = dict.fromkeys(
        ("symbol", "side", "size", "ours", "average_entry", "last", "stop", "open_pnl", "role", "quantity", "filled",
         "price", "key", "trade", "phase", "position", "net", "id", "close_reason", "entry_qty", "realised_pnl_net",
         "protected", "last_fact"), None)  # fmt: skip
    rows: list[dict[str, Any]] = [
        {**empty, "targets": [], "differences": [], "account": account, "environment": kind}
        for account, kind in zip(("main", "mirror"), kinds, strict=True)
    ]
    for each in (tables.positions, tables.orders, tables.trades, tables.closed, tables.monitors):
        lines = shown(each(rows), 240).splitlines()[2:]
        assert [part for part, line in zip(said, lines, strict=False) if f" {part} " in f" {line} "] == said
        assert ("[" in "".join(lines)) == (kinds[1] == "paper")
