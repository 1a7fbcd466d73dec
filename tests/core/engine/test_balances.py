"""An account's money of now beside what its stream tells."""

from decimal import Decimal

import pytest

from core.engine.balances import renewed
from core.engine.views import accounts
from core.facts import Wallet
from tests.serving import house


def wallet(equity: int, at: int) -> Wallet:
    """Half of it is free."""
    return Wallet(available=Decimal(equity) / 2, equity=Decimal(equity), at=at)


@pytest.mark.parametrize(
    ("told", "found", "shown"),
    [
        (wallet(100, 5), wallet(90, 6), (90, 45)),
        (wallet(100, 5), wallet(90, 5), (90, 45)),
        (wallet(100, 5), wallet(90, 4), (100, 50)),
        (wallet(100, 5), None, (100, 50)),
        (None, wallet(90, 4), (90, 45)),
    ],
)
async def test_the_newer_of_asked_and_told_is_shown(
    told: Wallet | None, found: Wallet | None, shown: tuple[object, object]
) -> None:
    """E4: an answer that is remembered for a moment never hides what a fill has told since."""
    async with house(running=False) as at:
        state = at.state()
        state.wallet = told
        account = renewed(accounts({"main": state}, {})[0], state, found)

    assert (account.equity, account.available) == shown
