"""What accounts hold without what open trades have made so far: where a statistic period begins to count (G1)."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import structlog

from core.account.state import AccountState
from core.engine.views import open_pnl
from core.errors import TandemError
from core.money import ZERO
from core.view import AccountStatus
from ports.exchange import Exchange

log = structlog.get_logger("tandem.balances")

Prices = Mapping[str, Decimal]


async def equity(state: AccountState, exchange: Exchange) -> Decimal | None:
    """The account's equity; asked for afresh while a trade is live, for it moves with every price."""
    if state.wallet is None:
        return None
    live = next(iter(state.boxes.values()), None)
    return state.wallet.equity if live is None else (await exchange.terms(live.trade.plan.symbol)).equity


async def fresh(account: AccountStatus, state: AccountState, exchange: Exchange) -> AccountStatus:
    """An account as shown, with the money of now, and with no equity while it can't be read.

    What is shown otherwise is as old as the last execution, and prices have moved since.
    """
    live = next(iter(state.boxes.values()), None)
    if state.wallet is None or live is None:
        return account
    try:
        terms = await exchange.terms(live.trade.plan.symbol)
    except TandemError as error:
        log.warning("no equity", account=account.account, reason=str(error))
        return replace(account, equity=None)
    return replace(account, equity=terms.equity, available=terms.available)


def balance(state: AccountState, held: Decimal | None, prices: Prices) -> Decimal | str:
    """Equity less what live trades made: their result counts when they close. Why it isn't known, as a sentence."""
    if held is None:
        return "its balance has not been seen yet"
    made = ZERO
    for box in state.boxes.values():
        ledger = box.trade.ledger
        now = open_pnl(box, prices) if ledger.position else ZERO
        if now is None:
            return f"the price of {box.trade.plan.symbol} isn't known now"
        made += now + ledger.net
    return held - made
