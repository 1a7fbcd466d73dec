"""Whole trades through pybit and sockets end as the same trades in process do."""

import time
from dataclasses import replace
from decimal import Decimal

import pytest

from config.demo import CASES, Case, demonstrate, request_of
from core.report import TradeReport
from tests.wire import essence, wire_stage

pytestmark = pytest.mark.integration


def in_process(case: Case) -> dict[str, TradeReport]:
    """The case's reports from the virtual run."""
    return {name: account.closed[-1] for name, account in demonstrate(case).run.tape.accounts.items()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_a_demo_case_ends_over_the_wire_as_in_process(case: Case) -> None:
    """Main and mirrors through the pybit adapter: same fills, same profit to the digit, flat, no order left (I14)."""
    balances = {"main": Decimal(10_000), **{name: Decimal(balance) for name, balance in case.mirrors}}
    async with wire_stage(balances=balances) as stage:
        await stage.price(case.symbol, case.start)
        await stage.open(replace(request_of(case), at=int(time.time() * 1_000)))
        await stage.price(case.symbol, *case.path)
        await stage.until(lambda: not any(state.boxes for state in stage.service.states.values()), "closed")
        reports = await stage.reports()
        assert {name: essence(each) for name, each in reports.items()} == {
            name: essence(each) for name, each in in_process(case).items()
        }
        assert [stage.orders(name) for name in balances] == [[]] * len(balances)
        assert stage.server.rates.breaches == 0
