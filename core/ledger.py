"""The execution ledger of one trade on one account: the only source of quantity and money.

A fold of executions in venue order (``seq``). What is ours is told from what is the user's: a foreign order that
shrinks the slot takes the user's own excess first, then ours (B11); an order of ours takes ours first, and then what
is known to be the user's. What it took beyond both leaves *position* below nothing: of what was bought the execution
isn't known yet. Nothing here is stored that could be derived.

Named tuples: every execution makes both anew, and they cost a third of a frozen dataclass to make.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from core.facts import Cause, Filled, Funding
from core.money import ZERO
from core.words import OrderSide


class RoleFills(NamedTuple):
    """What one role executed, over all its revisions.

    *entered_then*, *cost_then* and *fees_then* are the trade's entry totals at the moment of its latest execution.
    """

    quantity: Decimal
    cost: Decimal
    fees: Decimal
    at: int
    seq: int
    entered_then: Decimal
    cost_then: Decimal
    fees_then: Decimal

    @property
    def average(self) -> Decimal:
        """Quantity-weighted price of its executions."""
        return self.cost / self.quantity


class Ledger(NamedTuple):
    """Totals of one trade; all quantities are positive.

    *exited* counts all that reduced our part: take-profits, closing orders, and what stops, liquidations and foreign
    orders took (*stopped*, *liquidated*, *deleveraged*, *taken*). *foreign* is what the slot holds beyond ours,
    positive in the trade's direction. *flat_seq* is when our part first came back to zero.
    """

    opening: OrderSide
    roles: Mapping[str, RoleFills]
    entered: Decimal = ZERO
    entry_cost: Decimal = ZERO
    entry_fees: Decimal = ZERO
    exited: Decimal = ZERO
    exit_value: Decimal = ZERO
    exit_fees: Decimal = ZERO
    stopped: Decimal = ZERO
    liquidated: Decimal = ZERO
    deleveraged: Decimal = ZERO
    taken: Decimal = ZERO
    foreign: Decimal = ZERO
    funding: Decimal = ZERO
    flat_seq: int | None = None
    flat_by: str = ""
    seq: int = -1
    first_at: int | None = None
    last_at: int | None = None

    @property
    def position(self) -> Decimal:
        """Our part of the position."""
        return self.entered - self.exited

    @property
    def held(self) -> Decimal:
        """What the slot holds by all that is booked: ours and what is there beyond it, signed as *foreign* is."""
        return self.entered - self.exited + self.foreign

    @property
    def average_entry(self) -> Decimal | None:
        """Average of all entries; exits don't change it (B9). None before the first fill."""
        return self.entry_cost / self.entered if self.entered else None

    @property
    def fees(self) -> Decimal:
        """Fees both ways, quote units."""
        return self.entry_fees + self.exit_fees

    @property
    def gross(self) -> Decimal:
        """Realised profit by average entry, before fees and funding; none of what left while its entry isn't known."""
        if not (self.exited and self.entered):
            return ZERO
        if self.exited > self.entered:
            move = self.exit_value * self.entered / self.exited - self.entry_cost
        else:
            move = self.exit_value - self.entry_cost * self.exited / self.entered
        return move if self.opening is OrderSide.BUY else -move

    @property
    def net(self) -> Decimal:
        """Realised profit after fees and funding."""
        return self.gross - self.fees - self.funding

    def filled(self, role: str) -> Decimal:
        """Everything *role* executed over all its revisions."""
        fills = self.roles.get(role)
        return fills.quantity if fills is not None else ZERO


def empty(opening: OrderSide) -> Ledger:
    """A ledger before the first execution."""
    return Ledger(opening, {})


def book(ledger: Ledger, fill: Filled, role: str | None) -> Ledger:
    """The ledger after one more execution, which must not have been booked before. *role* None: not an order of ours.

    Call it in venue order; an execution that comes late is booked by folding all of them again (DESIGN 8.4).
    """
    if role is not None:
        return _enter(ledger, fill, role) if fill.side is ledger.opening else _exit_by_role(ledger, fill, role)
    return _grow_from_outside(ledger, fill) if fill.side is ledger.opening else _reduce_from_outside(ledger, fill)


def pay_funding(ledger: Ledger, funding: Funding) -> Ledger:
    """The ledger after a funding payment: what the slot held beyond ours paid its own part."""
    amount, ours = funding.amount, max(ledger.position, ZERO)
    if ledger.foreign:
        amount = amount * ours / (ours + abs(ledger.foreign))
    return ledger._replace(funding=ledger.funding + amount)


def _enter(ledger: Ledger, fill: Filled, role: str) -> Ledger:
    entered = ledger.entered + fill.quantity
    cost = ledger.entry_cost + fill.quantity * fill.price
    fees = ledger.entry_fees + fill.fee
    roles = {**ledger.roles, role: _add(ledger.roles.get(role), fill, entered, cost, fees)}
    first_at = fill.at if ledger.first_at is None else ledger.first_at
    after = Ledger(
        ledger.opening, roles, entered, cost, fees, ledger.exited, ledger.exit_value, ledger.exit_fees, ledger.stopped,
        ledger.liquidated, ledger.deleveraged, ledger.taken, ledger.foreign, ledger.funding, ledger.flat_seq,
        ledger.flat_by, fill.seq, first_at, fill.at,
    )  # fmt: skip
    return _against(after, fill) if ledger.foreign < 0 else after


def _against(ledger: Ledger, fill: Filled) -> Ledger:
    """An entry that met the user's own opposite position closed that first: so much of it was never ours to hold.

    While the user's is opposite, nothing of ours is held, so what is ours now is of this entry.
    """
    taken = min(-ledger.foreign, ledger.position)
    if taken <= 0:
        return ledger
    left = _leave(ledger, fill, taken, ZERO, Cause.FOREIGN.value, ledger.roles)
    return left._replace(taken=left.taken + taken, foreign=left.foreign + taken)


def _exit_by_role(ledger: Ledger, fill: Filled, role: str) -> Ledger:
    fills = _add(ledger.roles.get(role), fill, ledger.entered, ledger.entry_cost, ledger.entry_fees)
    users = _taken_along(ledger, fill) if ledger.foreign > 0 else ZERO
    ours, fee = fill.quantity - users, fill.fee
    if users:
        ledger, fee = ledger._replace(foreign=ledger.foreign - users), fee * ours / fill.quantity
    return _leave(ledger, fill, ours, fee, role, {**ledger.roles, role: fills})


def _taken_along(ledger: Ledger, fill: Filled) -> Decimal:
    """What an order of ours took of the user's: he bought it while one for all that the slot held was on its way (B11).

    None before anything of ours is known to have entered: then an entry's execution is missing, and explains it.
    """
    beyond = fill.quantity - max(ledger.position, ZERO)
    return max(min(beyond, ledger.foreign), ZERO) if ledger.entered else ZERO


def _add(fills: RoleFills | None, fill: Filled, entered: Decimal, cost: Decimal, fees: Decimal) -> RoleFills:
    value = fill.quantity * fill.price
    if fills is None:
        return RoleFills(fill.quantity, value, fill.fee, fill.at, fill.seq, entered, cost, fees)
    return RoleFills(
        fills.quantity + fill.quantity,
        fills.cost + value,
        fills.fees + fill.fee,
        fill.at,
        fill.seq,
        entered,
        cost,
        fees,
    )


def _leave(
    ledger: Ledger, fill: Filled, quantity: Decimal, fee: Decimal, by: str, roles: Mapping[str, RoleFills]
) -> Ledger:
    exited = ledger.exited + quantity
    flat = ledger.flat_seq is None and exited >= ledger.entered > 0
    return ledger._replace(
        roles=roles,
        exited=exited,
        exit_value=ledger.exit_value + quantity * fill.price,
        exit_fees=ledger.exit_fees + fee,
        flat_seq=fill.seq if flat else ledger.flat_seq,
        flat_by=by if flat else ledger.flat_by,
        seq=fill.seq,
        last_at=fill.at,
    )


def _grow_from_outside(ledger: Ledger, fill: Filled) -> Ledger:
    """What the user bought; of a trade that is flat our orders had sold so much of it, where it is known after them."""
    sold = ZERO if ledger.flat_seq is None else min(max(-ledger.position, ZERO), fill.quantity)
    ledger = ledger._replace(foreign=ledger.foreign + fill.quantity - sold, seq=fill.seq)
    if not sold:
        return ledger
    value, fees = (total * sold / ledger.exited for total in (ledger.exit_value, ledger.exit_fees))
    return ledger._replace(
        exited=ledger.exited - sold, exit_value=ledger.exit_value - value, exit_fees=ledger.exit_fees - fees
    )


def _reduce_from_outside(ledger: Ledger, fill: Filled) -> Ledger:
    """A stop, liquidation or ADL takes ours first; a foreign order takes the user's excess first.

    Ours is less than nothing while an exit is known whose entry isn't yet: then there is none of ours to take.
    """
    held = max(ledger.position, ZERO)
    if fill.cause is Cause.FOREIGN:
        users = min(max(ledger.foreign, ZERO), fill.quantity)
        ours = min(held, fill.quantity - users)
    else:
        ours = min(held, fill.quantity)
    rest = fill.quantity - ours
    ledger = ledger._replace(foreign=ledger.foreign - rest, seq=fill.seq)
    if not ours:
        return ledger
    fee = fill.fee * ours / fill.quantity
    ledger = _leave(ledger, fill, ours, fee, fill.cause.value, ledger.roles)
    match fill.cause:
        case Cause.LIQUIDATION:
            return ledger._replace(liquidated=ledger.liquidated + ours)
        case Cause.ADL:
            return ledger._replace(deleveraged=ledger.deleveraged + ours)
        case Cause.STOP:
            return ledger._replace(stopped=ledger.stopped + ours)
        case _:
            return ledger._replace(taken=ledger.taken + ours)
