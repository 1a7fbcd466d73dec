"""The venue's state kept and read back: nothing that was told is lost, and an older file is read too (rel:F43)."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.errors import Stopped
from plugins.exchanges.paper.saving import dump, load
from plugins.exchanges.paper.shelf import Shelf
from plugins.exchanges.paper.venue.state import VenueState
from tests.plugins.exchanges.paper.desk import SYMBOL, Desk, d, desk, rules, seen


def _lived() -> Desk:
    """An account with a part closed, levels of both kinds and a mark of its own."""
    trade = desk()
    trade.buy(10, stop=80, take_profit=130)
    trade.sell(2, 105, reduce_only=True)
    trade.venue.set_price(SYMBOL, d(105))
    trade.sell(1)
    trade.buy(1, stop=90, tpsl_mode="Partial", link="own")
    trade.venue.set_mark(SYMBOL, d(104))
    return trade


def _empty() -> VenueState:
    return VenueState({SYMBOL: rules()})


def _older(saved: Any) -> Any:
    """The same as a version before levels and marks kept it."""
    del saved["marks"]
    for account in saved["accounts"].values():
        for rows, names in (
            ("positions", ("take_profit", "trigger_by", "created", "updated")),
            ("orders", ("closed_pnl", "stop_order_type", "parent_link")),
        ):
            for row in account[rows]:
                for name in names:
                    del row[name]
    return saved


def _as_json(state: VenueState) -> Any:
    return json.loads(json.dumps(dump(state)))


def test_everything_comes_back() -> None:
    """Levels, marks and executions as they were, types included."""
    trade = _lived()
    read = _empty()
    load(read, _as_json(trade.venue.state))
    account = read.accounts["a"]

    assert read.marks == trade.venue.state.marks != {}
    assert account.positions == trade.account.positions
    assert account.orders == trade.account.orders
    assert account.executions == trade.account.executions


def test_an_older_file_is_read() -> None:
    """What it doesn't hold is as if never used."""
    read = _empty()
    load(read, _older(_as_json(_lived().venue.state)))
    held = read.accounts["a"].position(SYMBOL, 0)

    assert seen(held.stop, held.take_profit, held.trigger_by, read.marks) == (80, None, "LastPrice", {})


@pytest.mark.parametrize("times", [1, 2])
def test_a_shelf_keeps_executions(tmp_path: Path, times: int) -> None:
    """Appended with the executions, each once however often it is saved, and there after a kill."""
    trade = _lived()
    shelf, path = Shelf(tmp_path / "venue.db"), tmp_path / "venue.db"
    shelf.open(_empty())
    for _ in range(times):
        shelf.save(trade.venue.state, trade.venue.drain())
    read = _empty()
    again = Shelf(path)

    assert again.open(read)
    assert read.accounts["a"].executions == trade.account.executions != []
    again.close()
    shelf.close()


def test_a_shelf_that_cannot_be_made_says_which_key_names_another(tmp_path: Path) -> None:
    """rel:F57: a sentence, no traceback."""
    (tmp_path / "taken").touch()
    with pytest.raises(Stopped, match=r"taken/v.db.*`venue: "):
        Shelf(tmp_path / "taken" / "v.db").open(_empty())
