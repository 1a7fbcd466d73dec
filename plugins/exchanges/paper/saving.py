"""A venue's state as plain JSON-able data and back, exact: numbers as text."""

from dataclasses import fields
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar, get_type_hints

from plugins.exchanges.paper.venue.account import Account, Position
from plugins.exchanges.paper.venue.orders import Order
from plugins.exchanges.paper.venue.state import VenueState
from plugins.exchanges.paper.venue.words import CancelType, CreateType, OrderStatus, OrderType, TimeInForce

_ENUMS: dict[str, type[StrEnum]] = {
    "type": OrderType,
    "tif": TimeInForce,
    "status": OrderStatus,
    "cancel_type": CancelType,
    "create_type": CreateType,
}


def dump(state: VenueState) -> dict[str, object]:
    """Everything that must survive a restart; instruments, policies and paths come from the configuration."""
    return {
        "now": state.now,
        "last": {symbol: str(price) for symbol, price in state.last.items()},
        "numbers": state.numbers,
        "seqs": state.seqs,
        "accounts": [_account(account) for account in state.accounts.values()],
    }


def load(state: VenueState, saved: dict[str, Any]) -> None:
    """Put a dumped state into *state*."""
    state.now = saved["now"]
    state.last = {symbol: Decimal(price) for symbol, price in saved["last"].items()}
    state.numbers = saved["numbers"]
    state.seqs = dict(saved["seqs"])
    for row in saved["accounts"]:
        account = _read_account(row)
        state.accounts[account.name] = account


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Decimal) else value


def _flat(record: object, kind: type) -> dict[str, object]:
    return {each.name: _plain(getattr(record, each.name)) for each in fields(kind)}


def _account(account: Account) -> dict[str, object]:
    return {
        **{name: _plain(getattr(account, name)) for name in _MONEY},
        "name": account.name,
        "positions": [_flat(held, Position) for held in account.positions.values()],
        "orders": [_flat(order, Order) for order in account.orders.values()],
        "closed": [_flat(order, Order) for order in account.closed.values()],
        "links": account.links,
        "leverage": {symbol: str(value) for symbol, value in account.leverage.items()},
        "hedge": sorted(account.hedge),
    }


T = TypeVar("T")
_MONEY = ("wallet", "taker", "maker", "deposits", "realised", "fees", "funding")


def _read_account(row: dict[str, Any]) -> Account:
    account = Account(row["name"], Decimal(row["wallet"]), Decimal(row["taker"]), Decimal(row["maker"]))
    for name in _MONEY:
        setattr(account, name, Decimal(row[name]))
    for each in row["positions"]:
        held = _read(each, Position)
        account.positions[held.symbol, held.index] = held
    for each in row["orders"]:
        account.admit(_read(each, Order))
    account.closed = {each["id"]: _read(each, Order) for each in row["closed"]}
    account.links = dict(row["links"])
    account.leverage = {symbol: Decimal(value) for symbol, value in row["leverage"].items()}
    account.hedge = set(row["hedge"])
    return account


def _read(row: dict[str, Any], kind: type[T]) -> T:
    hints = get_type_hints(kind)
    return kind(**{name: _value(name, value, hints[name]) for name, value in row.items()})


def _value(name: str, value: object, hint: object) -> object:
    if value is None:
        return None
    if name in _ENUMS:
        return _ENUMS[name](str(value))
    return Decimal(str(value)) if hint in (Decimal, Decimal | None) else value
