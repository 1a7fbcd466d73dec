"""Whole trades through ccxt.pro and sockets end as the same trades in process do."""

import time
from dataclasses import replace
from decimal import Decimal

import pytest

from config.demo import case_for, demonstrate, request_of
from tests.wire import essence, paced_ccxt, wire_stage

pytestmark = [pytest.mark.integration, pytest.mark.slow]


@pytest.mark.parametrize("name", ["ladder", "breakeven", "short"])
async def test_a_demo_case_ends_through_ccxt_as_in_process(name: str) -> None:
    """Main and mirror: same fills, same profit to the digit, flat, no order left (I14)."""
    case = case_for(0, name)
    balances = {"main": Decimal(10_000), **{mirror: Decimal(balance) for mirror, balance in case.mirrors}}
    async with wire_stage(paced_ccxt, balances=balances) as stage:
        await stage.price(case.symbol, case.start)
        await stage.open(replace(request_of(case), at=int(time.time() * 1_000)))
        await stage.price(case.symbol, *case.path)
        await stage.until(lambda: not any(state.boxes for state in stage.service.states.values()), "closed")
        reports = await stage.reports()
        expected = {name: account.closed[-1] for name, account in demonstrate(case).run.tape.accounts.items()}
        assert {name: essence(each) for name, each in reports.items()} == {
            name: essence(each) for name, each in expected.items()
        }
        assert [stage.orders(name) for name in balances] == [[]] * len(balances)
