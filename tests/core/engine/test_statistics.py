"""Statistics of a running service: periods, balances at their start, export (G1)."""

import csv
import io
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from core.days import DAY
from core.engine.balances import balance
from core.engine.export import COLUMNS, Table
from core.engine.memory_store import MemoryStore
from core.engine.periods import NAME, keep, periods
from core.engine.statistics import Statistics, shown
from core.errors import ConfigError, Stopped
from core.facts import Cause, Filled, Wallet
from core.stats_book import FIRST
from core.words import OrderSide
from ports.persistence import Batch
from tests.core.account.test_sequences import opened
from tests.core.ledgers import trade
from tests.driving import SLOT
from tests.serving import House, house
from tests.staging import request


async def data(at: House, command: str, **arguments: object) -> Any:
    """What the part answers."""
    return (await Statistics(at.service).handlers()[command](arguments))["data"]


async def test_a_round_trip_counts_with_the_balance_it_began_with() -> None:
    """G1: the net of the report, on the balance that was there before; the mirror apart."""
    async with house() as at:
        await Statistics(at.service).note()
        trade_id = await at.open(request())
        await at.price(80)
        await at.until(lambda: not at.state().boxes and not at.state("mirror").boxes)
        await at.service.writer.flush()
        found = await data(at, "stats")
        (report,) = [each for each in await at.store.closed("main") if each.id == trade_id]

    assert (found["trades"], found["losses"], found["stop_hits"]) == (1, 1, 1)
    assert (Decimal(found["net"]), found["balance"]) == (report.net, "1000000")
    assert Decimal(found["equity"]) == 1_000_000 + report.net
    assert (found["mirrors"]["mirror"]["trades"], found["mirrors"]["mirror"]["balance"]) == (1, "500000")


async def test_a_reset_begins_anew_and_keeps_the_old() -> None:
    """G1: nothing is counted yet, the period before is as it was; a dry run begins nothing."""
    async with house() as at:
        now = at.service.clock.now()
        old = replace(trade(1, "-5"), closed_at=now - 1_000)
        await at.store.append(Batch(closed=(old,)))
        would = await data(at, "stats_reset", dry_run=True, by="ann")
        assert [each["label"] for each in (await data(at, "stats"))["periods"]] == ["1"]
        done = await data(at, "stats_reset", by="ann", label="spring")
        new, before, everything = [await data(at, "stats", period=name) for name in (None, 1, "all")]

    assert would["period"]["balances"] == done["period"]["balances"] == {"main": "1000000", "mirror": "500000"}
    assert (new["trades"], new["period"]["label"], new["period"]["by"]) == (0, "spring", "ann")
    assert (before["net"], before["period"]["end"]) == ("-5", done["period"]["start"])
    assert everything["trades"] == 1


async def test_what_open_trades_made_so_far_is_no_part_of_the_balance() -> None:
    """G1: it counts when they close, with all of their result; else it would count twice."""
    async with house(balances={"main": Decimal(1_000_000)}) as at:
        await at.open(request())
        await at.price(101)
        await at.until(lambda: at.state().wallet is not None)
        found = await data(at, "stats_reset", dry_run=True)

    assert found["balance_unknown"] == {}
    assert abs(Decimal(found["period"]["balances"]["main"]) - 1_000_000) < 1


def test_what_has_ended_is_part_of_the_balance_though_its_orders_still_go() -> None:
    """G1: its stop fired before the period began, so it counts in the one before: 10,000 were added to this one."""
    run = opened()
    run.know(Filled("s", SLOT, None, OrderSide.SELL, Decimal(1000), Decimal(90), Decimal(0), Cause.STOP, run.now, 9))
    state, held = run.machine.state, Wallet(Decimal(990_000), Decimal(990_000), run.now)

    assert run.box_trade.ledger.net == -10_000
    assert balance(state, held, {}) == 990_000


async def test_a_balance_is_not_invented_after_the_fact() -> None:
    """G1: a trade has ended before anybody noted what there was: not known, for this period."""
    async with house(balances={"main": Decimal(1_000_000)}) as at:
        await at.store.append(Batch(closed=(trade(1, "-5"),)))
        await Statistics(at.service).note()
        found = await data(at, "stats")

    assert (found["balance"], found["max_drawdown"], found["max_drawdown_percent"]) == (None, "5", None)


async def test_a_name_that_is_taken_or_unknown_is_refused() -> None:
    """G1: said with what there is."""
    store = MemoryStore()
    async with house(store=store) as at:
        with pytest.raises(ConfigError, match="already"):
            await data(at, "stats_reset", label="1")
    with pytest.raises(ConfigError, match="there are 1 and all"):
        await shown(store, {"period": "9"}, ["main"], ["main"], lambda _: 0, 0)
    with pytest.raises(ConfigError, match="there are main"):
        await shown(store, {"account": "x"}, ["main"], ["main"], lambda _: 0, 0)


async def test_periods_outlive_the_process_exactly() -> None:
    """G1: balances to the last digit; what can't be read is said, never taken for nothing."""
    store = MemoryStore()
    kept = (replace(FIRST, balances={"main": Decimal("0.10")}, end=DAY), replace(FIRST, number=2, label="2", start=DAY))
    await keep(store, kept)
    assert repr(await periods(store)) == repr(kept)

    await store.remember(NAME, "[{}]")
    with pytest.raises(Stopped, match="can't be read"):
        await periods(store)


def test_the_export_is_exact_and_runs_nowhere() -> None:
    """G1, S10: a row with every column; a note that a spreadsheet would run is only text, a loss stays a number."""
    table = Table()
    table.add(replace(trade(1, "-0.10"), note='=HYPERLINK("http://x")', origin="@cmd"))
    (row,) = csv.DictReader(io.StringIO(table.text))

    assert tuple(row) == COLUMNS
    assert (row["net"], row["note"], row["origin"]) == ("-0.1", '\'=HYPERLINK("http://x")', "'@cmd")
    assert row["closed_at"] == "1970-01-01T00:00:01.000Z"


async def test_an_account_alone_is_exported() -> None:
    """G1: rejected mirrors too, a row for each trade and account."""
    async with house() as at:
        await at.store.append(Batch(closed=(trade(1, "1"), trade(2, "2", account="mirror"))))
        every, mirror = [await data(at, "stats_export", account=name) for name in (None, "mirror")]

    assert (every["rows"], mirror["rows"], mirror["name"]) == (2, 1, "tandem-trades-1.csv")


async def test_they_are_reckoned_anew_only_when_a_trade_has_ended() -> None:
    """DESIGN 4: no work that grows with history for a dashboard that looks again; a new result is seen at once."""
    async with house() as at:
        part = Statistics(at.service)
        first = await part.stats({})
        assert await part.stats({}) is first
        await at.open(request())
        await at.price(80)
        await at.until(lambda: at.service.writer.closed == 2)

        assert (await part.stats({}))["data"]["trades"] == 1  # type: ignore[index]  # an object
        await part.reset({})
        assert (await part.stats({}))["data"]["trades"] == 0  # type: ignore[index]  # an object
