"""What an emergency touches, a row for each order and position; the plan by which a stranger's position is closed."""

from collections.abc import Iterable

from core.account.box import Box
from core.engine.handover import Foreign, order_row
from core.facts import Working
from core.money import ONE, text
from core.plan import Leg, Plan, entry_role
from core.request import EntrySpec, FixedQuantity, Request
from core.stats import TAKEN
from core.terms import Terms
from core.trade import Line
from core.words import Side

REASON = TAKEN
"""The closing reason (G2), and where such a plan comes from."""
Row = dict[str, object]


def bare_plan(identity: str, trade: str, strategy: str, other: Foreign, terms: Terms) -> Plan:
    """A plan without targets and stop over somebody else's position, for closing it; counted from the last price."""
    quantity = abs(other.size)
    request = Request(
        id=identity,
        strategy=strategy,
        symbol=other.slot.symbol,
        side=Side.LONG if other.size > 0 else Side.SHORT,
        entries=(EntrySpec(terms.last),),
        take_profits=(),
        stop=None,
        leverage=ONE,
        size=FixedQuantity(quantity),
        at=terms.at,
        origin=REASON,
    )
    return Plan(
        trade=trade,
        account=terms.account,
        environment=terms.environment,
        request=request,
        slot=other.slot,
        instrument=terms.instrument,
        legs=(Leg(entry_role(1), terms.last, quantity, ONE),),
        levels=(),
        stop=None,
        leverage=ONE,
        margin=quantity * terms.last,
        market=terms.last,
        taker=terms.taker,
        maker=terms.maker,
        at=terms.at,
    )


def cancel(account: str, order: Working) -> Row:
    return {"account": account, "act": "cancel", **order_row(order)}


def close(account: str, symbol: str, side: Side, quantity: str, trade: str | None) -> Row:
    return {
        "account": account,
        "act": "close",
        "symbol": symbol,
        "side": side.closing.value,
        "quantity": quantity,
        "trade": trade,
    }


def close_box(account: str, box: Box) -> Row:
    trade = box.trade
    return close(account, trade.plan.symbol, trade.plan.side, text(trade.ledger.position), box.id)


def cancel_line(account: str, box: Box, line: Line) -> Row:
    """As `_cancel`, from what the machine knows of an order."""
    plan = box.trade.plan
    side = plan.closing if line.reduce_only else plan.opening
    known = Working(
        line.key, plan.slot, side, line.quantity, line.price, line.filled, line.at, line.stop, line.reduce_only
    )  # fmt: skip
    return cancel(account, known)


def foreign_rows(account: str, other: Foreign) -> Iterable[Row]:
    for order in other.orders:
        yield {**cancel(account, order), "foreign": True}
    if other.size:
        side = Side.LONG if other.size > 0 else Side.SHORT
        yield {**close(account, other.slot.symbol, side, text(abs(other.size)), None), "foreign": True}
