"""kill -9 at any moment, then a restart from the journal: the end is the same as without (DESIGN 5.5, rel:F43)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.account.state import AccountState
from core.engine.virtual import VirtualRun
from core.report import TradeReport
from plugins.exchanges.paper.venue.orders import NewOrder
from tests.staging import SYMBOL, Stage, percent, request, stage

PATHS = {
    "all targets": (97, 99, 111, 105, 121, 131, 141),
    "stop after limits": (97, 95, 92, 89),
    "back to breakeven": (97, 104, 111, 106, 98),
}


def begun() -> Stage:
    """Main and mirror with an open trade of three legs."""
    played = stage(balances=(("main", 300_000), ("mirror", 100_000)))
    played.open(request(("market", 98, 94), size=percent(2)))
    return played


def fresh(state: AccountState) -> AccountState:
    """An account's settings without anything known."""
    return AccountState(
        state.account, state.environment, state.capabilities, state.strategies, state.limits, state.following
    )


def ends(run: VirtualRun) -> dict[str, list[TradeReport]]:
    """How every trade ended, times aside."""
    return {
        name: [
            replace(report, closed_at=None, first_fill_at=None, last_fill_at=None, known_at=None)
            for report in tape.closed
        ]
        for name, tape in run.tape.accounts.items()
    }


def told(run: VirtualRun) -> set[tuple[str, str, str]]:
    """Every alert once, by its dedupe key."""
    return {(alert.account, alert.kind, alert.cause.split(":")[0]) for alert in run.tape.alerts}


@pytest.mark.parametrize("name", list(PATHS))
@pytest.mark.parametrize("account", ["main", "mirror"])
def test_a_restart_between_any_two_prices_ends_the_same(name: str, account: str) -> None:
    """rel:I9: the restarted run ends with the same trades, the same orders (none) and the same alerts."""
    prices = PATHS[name]
    calm = begun()
    calm.go(*prices)
    for moment in range(len(prices) + 1):
        crashed = begun()
        crashed.go(*prices[:moment])
        crashed.run.restart(account, fresh(crashed.run.machines[account].state))
        crashed.run.settle()
        crashed.go(*prices[moment:])

        assert ends(crashed.run) == ends(calm.run), f"crashed before price {moment}"
        assert told(calm.run) <= told(crashed.run)
        assert not crashed.run.violations()


def test_what_happened_while_it_was_dead_is_found_at_the_venue() -> None:
    """rel:F17: fills during the outage come by the first cut, late but complete."""
    played = begun()
    for price in (98, 104):
        played.world.venue.set_price("TESTUSDT", Decimal(price))
    played.run.restart("main", fresh(played.run.machines["main"].state))
    played.run.settle()

    assert played.box("main").trade.ledger.position == played.size("main")
    assert played.targets("main")[0] != "0"
    assert not played.run.violations()


def test_a_trade_made_again_counts_none_of_another_programs_trades_as_its_own() -> None:
    """C7, B11: it bought 200 and sold them, under ids of its own; the trade was made again with 200 less."""
    played = stage()
    played.open(request(("market", 98)))
    for number, side in enumerate(("Buy", "Sell")):
        order = NewOrder(symbol=SYMBOL, side=side, quantity=Decimal(200), price=None, link=f"bot{number}")
        played.world.venue.place("main", order)
        played.run.settle()
    played.run.tape.accounts["main"].journal.clear()
    played.run.restart("main", fresh(played.run.machines["main"].state))
    played.run.settle()

    assert played.box().trade.ledger.position == 500
    assert played.targets() == ["425", "25", "25", "25"]
