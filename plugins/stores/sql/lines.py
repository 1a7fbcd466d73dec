"""Journal lines: what is remembered as rows, each chained to the one before it in its trade."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import orjson

from core.alerts import Alert
from core.codec import Unreadable
from core.facts import Filled, Funding
from core.record import decode, decode_what, encode
from core.report import TradeReport
from plugins.stores.sql.faults import damaged
from ports.persistence import Record

ACCOUNT_ITSELF = ""
"""The trade of a line that is about no trade."""

Chain = tuple[str, str]
"""Account and trade: the lines of each are chained for themselves, so that live ones are checked without the rest."""

Row = Sequence[Any]
"""As `reading.lines` asks for it: its fields cost eight times as much by their names."""

_Kind = TypeVar("_Kind")


def line(record: Record, before: str) -> dict[str, Any]:
    """One row. *before* is the chain value of the trade's last line, "" for its first."""
    trade = record.trade or ACCOUNT_ITSELF
    payload = text_of(record.what)
    execution = execution_of(record)
    return {
        "account": record.account,
        "trade": trade,
        "at": record.at,
        "kind": type(record.what).__name__,
        "symbol": execution[0] if execution else None,
        "execution": execution[1] if execution else None,
        "payload": payload,
        "chain": link(before, record.account, trade, record.at, payload),
    }


def link(before: str, account: str, trade: str, at: int, payload: str) -> str:
    """A line's chain value: it changes when any line before it does."""
    return hashlib.sha256("\n".join((before, account, trade, str(at), payload)).encode()).hexdigest()


def execution_of(record: Record) -> tuple[str, str] | None:
    """Symbol and id of the execution or payment that *record* is about; None when it is none."""
    what = record.what
    return (what.slot.symbol, what.execution) if isinstance(what, Filled | Funding) else None


def chain_of(record: Record) -> Chain:
    """Which chain the record belongs to."""
    return record.account, record.trade or ACCOUNT_ITSELF


def records(path: str, rows: Iterable[Row]) -> tuple[Record, ...]:
    """Records of whole chains, oldest first; raises Stopped where a line is not what was written."""
    heads: dict[Chain, str] = {}
    return tuple([_checked(path, row, heads) for row in rows])


def verify(path: str, rows: Iterable[Row]) -> None:
    """Check every line as `records` does, and keep none."""
    heads: dict[Chain, str] = {}
    for row in rows:
        _checked(path, row, heads)


def _checked(path: str, row: Row, heads: dict[Chain, str]) -> Record:
    seq, account, trade, at, payload, found = row
    chain = (account, trade)
    heads[chain] = link(heads.get(chain, ""), account, trade, at, payload)
    if heads[chain] != found:
        whose = trade or "the account itself"
        raise damaged(path, f"journal line {seq} of {account}, {whose}, does not follow from those before it")
    return record(path, row)


def record(path: str, row: Row) -> Record:
    """One line's record, its chain unchecked."""
    seq, account, trade, at, payload, _ = row
    try:
        what = decode_what(orjson.loads(payload))
    except (Unreadable, orjson.JSONDecodeError) as error:
        raise damaged(path, f"journal line {seq} of {account} can't be read: {error}") from error
    return Record(account=account, trade=trade or None, at=at, what=what)


@lru_cache(maxsize=1_024)
def alert_of(path: str, payload: str) -> Alert:
    """An alert as it was stored. A backlog is read again every second, hence the memory for as much as one look."""
    return _decoded(path, Alert, payload)


def report_of(path: str, payload: str) -> TradeReport:
    """A trade's report as it was stored."""
    return _decoded(path, TradeReport, payload)


def _decoded(path: str, kind: type[_Kind], payload: str) -> _Kind:
    try:
        return decode(kind, orjson.loads(payload))
    except (Unreadable, orjson.JSONDecodeError) as error:
        raise damaged(path, f"an {kind.__name__} can't be read: {error}") from error


def text_of(value: Any) -> str:
    """What is stored of a plan, fact, alert or report."""
    data: Mapping[str, Any] = encode(value)
    return orjson.dumps(data).decode()
