"""`mode`: shown, and switched only flat and without orders (A5, rel:F34)."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from core.commands import Outcome, Unknown
from core.engine.modes import Modes
from core.engine.repairing import Repairs
from core.words import OrderSide, PositionMode
from plugins.exchanges.paper.adapter import PaperExchange
from tests.serving import House, house
from tests.staging import SYMBOL, request


class Silent(PaperExchange):
    """A venue whose answer to a switch gets lost."""

    async def switch_mode(self, symbol: str, mode: PositionMode) -> Outcome:
        """Done, and nobody is told."""
        await super().switch_mode(symbol, mode)
        return Unknown("timed out")


class Mute(PaperExchange):
    """An adapter that does what it was asked and never comes back."""

    async def switch_mode(self, symbol: str, mode: PositionMode) -> Outcome:
        """Done, and nobody is told."""
        outcome = await super().switch_mode(symbol, mode)
        await asyncio.Event().wait()
        return outcome


class Broken(PaperExchange):
    """An adapter that does what it was asked and breaks at the answer."""

    async def switch_mode(self, symbol: str, mode: PositionMode) -> Outcome:
        """Done, and a bug."""
        await super().switch_mode(symbol, mode)
        raise KeyError("retMsg")


async def mode(at: House, wanted: str | None = None, **given: object) -> Any:
    """The answer to `mode main`."""
    asked = {"account": "main", "symbol": SYMBOL, "mode": wanted, **given}
    return await Modes(at.service, Repairs(at.service)).mode(asked)


async def test_a_flat_symbol_is_switched_when_asked_and_not_in_a_dry_run() -> None:
    """A5: shown, previewed, switched, and the same again is fine."""
    async with house() as at:
        would = await mode(at, "hedge")
        shown = await mode(at)
        done = await mode(at, "hedge", dry_run=False)
        again = await mode(at, "hedge", dry_run=False)

    assert [each["data"]["mode"] for each in (would, shown, done, again)] == ["one_way", "one_way", "hedge", "hedge"]


async def test_a_trade_an_order_or_a_position_is_against_it() -> None:
    """rel:F34, 110024, 110028: every reason by name, exit 1, nothing is switched."""
    async with house() as at:
        trade = await at.open(request(["market", 99]))
        would = await mode(at, "hedge")
        refused = await mode(at, "hedge", dry_run=False)
        after = await mode(at)

    against = " ".join(would["data"]["against"])
    assert (would["exit"], refused["exit"], after["data"]["mode"]) == (1, 1, "one_way")
    assert trade in against
    assert "position of 500" in against


async def test_the_users_own_order_is_against_it_too() -> None:
    """A6: what isn't ours counts as well, and stays."""
    async with house() as at:
        order = at.hand().place(SYMBOL, OrderSide.BUY, Decimal(7), Decimal(50))
        await at.settled()
        refused = await mode(at, "hedge", dry_run=False)

    assert order in refused["error"][0]


async def test_a_switch_without_a_clear_answer_says_where_to_look() -> None:
    """A5, rel:F34: it may have been done; the bare reason would let somebody believe that it wasn't."""
    async with house(build=Silent) as at:
        answer = await mode(at, "hedge", dry_run=False)

    assert answer["exit"] == 1
    assert "not known whether it was switched (timed out)" in answer["error"][0]
    assert f"tandem mode main --symbol {SYMBOL}" in answer["error"][0]


@pytest.mark.parametrize(
    ("build", "said"), [(Mute, "its venue did not answer in time"), (Broken, "the adapter failed: KeyError: 'retMsg'")]
)
async def test_an_adapter_that_hangs_or_breaks_over_a_switch_holds_nobody_up(
    build: type[PaperExchange], said: str
) -> None:
    """A5, rel:F58: it was waited for until the command line gave up; which account, and where to look, is said."""
    async with house(build=build) as at:
        at.service.connections.switch_within = 0.02
        async with asyncio.timeout(5):
            answer = await mode(at, "hedge", dry_run=False)
        shown = await mode(at)

    assert (answer["exit"], shown["data"]["mode"]) == (1, "hedge")
    assert f"main {SYMBOL}: not known whether it was switched (main: {said})" in answer["error"][0]
    assert f"tandem mode main --symbol {SYMBOL}" in answer["error"][0]


async def test_a_mode_that_there_is_not_is_a_usage_error() -> None:
    """Exit 2 and the modes that there are."""
    async with house() as at:
        answer = await mode(at, "both")

    assert answer["exit"] == 2
    assert "one_way" in answer["error"][0]
