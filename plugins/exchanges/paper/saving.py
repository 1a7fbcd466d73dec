"""A venue's state as plain JSON-able data and back, exact: numbers as text."""

from collections.abc import Sequence
from dataclasses import fields
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar, get_type_hints

from plugins.exchanges.paper.venue.account import Account, Position
from plugins.exchanges.paper.venue.events import Executed
from plugins.exchanges.paper.venue.orders import Order
from plugins.exchanges.paper.venue.state import VenueState
from plugins.exchanges.paper.venue.words import CancelType, CreateType, ExecType, OrderStatus, OrderType, TimeInForce

_ENUMS: dict[str, type[StrEnum]] = {
    "type": OrderType,
    "tif": TimeInForce,
    "status": OrderStatus,
    "cancel_type": CancelType,
    "create_type": CreateType,
    "exec_type": ExecType,
}


def dump(state: VenueState) -> dict[str, object]:
    """Everything that must survive a restart; instruments, policies and paths come from the configuration."""
    saved = dump_live(state)
    for account in state.accounts.values():
        rows = saved["accounts"][account.name]
        rows["closed"] = [dump_order(order) for order in account.closed.values()]
        rows["links"] = account.links
        rows["executions"] = [dump_execution(event) for event in account.executions]
    return saved


def dump_live(state: VenueState) -> dict[str, Any]:
    """What changes: prices, money, positions, open orders. What only grows is left out."""
    return {
        "now": state.now,
        "last": {symbol: str(price) for symbol, price in state.last.items()},
        "marks": {symbol: str(price) for symbol, price in state.marks.items()},
        "volume": {symbol: str(volume) for symbol, volume in state.volume.items()},
        "numbers": state.numbers,
        "seqs": state.seqs,
        "accounts": {account.name: _account(account) for account in state.accounts.values()},
    }


def dump_order(order: Order) -> dict[str, object]:
    """An order as plain data."""
    return _flat(order, _ORDER)


def dump_execution(event: Executed) -> dict[str, object]:
    """An execution as plain data."""
    return _flat(event, _EXECUTED)


def load(state: VenueState, saved: dict[str, Any]) -> None:
    """Put a dumped state into *state*."""
    state.now = saved["now"]
    state.last = _decimals(saved["last"])
    state.marks = _decimals(saved.get("marks", {}))
    state.volume = _decimals(saved["volume"])
    state.numbers = saved["numbers"]
    state.seqs = dict(saved["seqs"])
    for name, row in saved["accounts"].items():
        state.accounts[name] = _read_account(name, row)


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Decimal) else value


def _flat(record: object, names: tuple[str, ...]) -> dict[str, object]:
    return {name: _plain(getattr(record, name)) for name in names}


def _account(account: Account) -> dict[str, Any]:
    return {
        **{name: str(getattr(account, name)) for name in _MONEY},
        "positions": [_flat(held, _POSITION) for held in account.positions.values()],
        "orders": [dump_order(order) for order in account.orders.values()],
        "leverage": {symbol: str(value) for symbol, value in account.leverage.items()},
        "hedge": sorted(account.hedge),
    }


T = TypeVar("T")
_MONEY = ("wallet", "taker", "maker", "deposits", "realised", "fees", "funding")
_ORDER = tuple(each.name for each in fields(Order))
_POSITION = tuple(each.name for each in fields(Position))
_EXECUTED = tuple(each.name for each in fields(Executed))


def _decimals(row: dict[str, str]) -> dict[str, Decimal]:
    return {name: Decimal(value) for name, value in row.items()}


def _read_account(name: str, row: dict[str, Any]) -> Account:
    account = Account(name, Decimal(row["wallet"]), Decimal(row["taker"]), Decimal(row["maker"]))
    for each in _MONEY:
        setattr(account, each, Decimal(row[each]))
    for held in _read(row["positions"], Position):
        account.positions[held.symbol, held.index] = held
    for order in _read(row["orders"], Order):
        account.admit(order)
    account.closed = {order.id: order for order in _read(row.get("closed", ()), Order)}
    account.links = dict(row.get("links", {}))
    account.links.update({order.link: order.id for order in account.orders.values() if order.link})
    account.executions = _read(row.get("executions", ()), Executed)
    account.leverage = _decimals(row["leverage"])
    account.hedge = set(row["hedge"])
    return account


def _read(rows: Sequence[dict[str, Any]], kind: type[T]) -> list[T]:
    hints = get_type_hints(kind)
    return [kind(**{name: _value(name, value, hints[name]) for name, value in row.items()}) for row in rows]


def _value(name: str, value: object, hint: object) -> object:
    if value is None:
        return None
    if name in _ENUMS:
        return _ENUMS[name](str(value))
    return Decimal(str(value)) if hint in (Decimal, Decimal | None) else value
