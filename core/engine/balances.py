"""What accounts hold now, and without what open trades have made so far: where a statistic period begins (G1)."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import structlog

from core.account.state import AccountState
from core.engine.connections import Connections
from core.engine.service import Service
from core.engine.views import open_pnl
from core.errors import TandemError
from core.facts import Wallet
from core.money import ZERO
from core.view import AccountStatus

log = structlog.get_logger("tandem.balances")

Prices = Mapping[str, Decimal]


async def money(state: AccountState, connections: Connections) -> Wallet | None:
    """The account's money now: asked for while a trade is live, for equity moves with every price; else as told last.

    None when it was never told. Raises as `Connections.terms` does.
    """
    live = next(iter(state.boxes.values()), None)
    if live is None:
        return state.wallet
    terms = await connections.terms(state.account, live.trade.plan.symbol)
    return Wallet(terms.available, terms.equity, terms.at)


def renewed(account: AccountStatus, state: AccountState, found: Wallet | None) -> AccountStatus:
    """An account as shown, with the money that was *found*, unless its stream has told something newer since."""
    if found is None or (state.wallet is not None and state.wallet.at > found.at):
        return account
    return replace(account, equity=found.equity, available=found.available)


async def fresh(account: AccountStatus, service: Service) -> AccountStatus:
    """An account as shown, with the money of now, and with no equity while it can't be read.

    What is shown otherwise is as old as the last execution, and prices have moved since.
    """
    state = service.states[account.account]
    try:
        return renewed(account, state, await money(state, service.connections))
    except TandemError as error:
        log.warning("no equity", account=account.account, reason=str(error))
        return replace(account, equity=None)


def balance(state: AccountState, held: Wallet | None, prices: Prices) -> Decimal | str:
    """Equity less what live trades made: their result counts when they close. Why it isn't known, as a sentence.

    What only waits for its orders to go has ended before now (G1): its result is the account's already.
    """
    if held is None:
        return "its balance has not been seen yet"
    made = ZERO
    for box in state.boxes.values():
        ledger = box.trade.ledger
        if box.phase.closing and not ledger.position:
            continue
        now = open_pnl(box, prices) if ledger.position else ZERO
        if now is None:
            return f"the price of {box.trade.plan.symbol} isn't known now"
        made += now + ledger.net
    return held.equity - made
