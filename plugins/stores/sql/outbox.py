"""The outbox's rows: which may be delivered next, and what became of a try."""

from collections.abc import Collection, Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Select, false, func, select, update

from plugins.stores.sql import schema
from plugins.stores.sql.lines import alert_of
from ports.persistence import OutboxRow

_ROW = schema.outbox.c


def due(
    connection: Connection, path: str, notifier: str, now: int, limit: int, without: Collection[str] = ()
) -> tuple[OutboxRow, ...]:
    """Critical first, then oldest, and within a trade never out of order.

    So what stands before a critical alert is as urgent as that alert, and nothing passes a row that has to wait.
    """
    return tuple(_row(path, found) for found in connection.execute(_next(notifier, now, limit, without)))


def _next(notifier: str, now: int, limit: int, without: Collection[str]) -> Select[Any]:
    trade = (_ROW.account, _ROW.trade)
    open_at = func.max(_ROW.due_at).over(partition_by=trade, order_by=_ROW.id).label("open_at")
    pressing = func.max(_ROW.critical).over(partition_by=trade, order_by=_ROW.id.desc()).label("pressing")
    waiting = (
        select(_ROW.id, open_at, pressing).where(_ROW.notifier == notifier, _ROW.delivered_at.is_(None)).subquery()
    )
    return (
        select(schema.outbox, schema.alert.c.payload)
        .join(waiting, waiting.c.id == _ROW.id)
        .join(schema.alert, schema.alert.c.id == _ROW.alert)
        .where(waiting.c.open_at <= now, *(_not_for(chat) for chat in without))
        .order_by(waiting.c.pressing.desc(), _ROW.id)
        .limit(limit)
    )


def _not_for(chat: str) -> ColumnElement[bool]:
    """Whether an alert is for another chat. As text: quotes within values are escaped, so nothing else looks so."""
    return ~schema.alert.c.payload.contains(f'"chat":{orjson.dumps(chat).decode()}', autoescape=True)


def _row(path: str, found: Any) -> OutboxRow:
    alert = alert_of(path, found.payload)
    return OutboxRow(
        id=found.id,
        notifier=found.notifier,
        alert=alert,
        chat=alert.chat,
        created_at=found.created_at,
        due_at=found.due_at,
        attempts=found.attempts,
        tried=found.tried,
    )


def attempting(connection: Connection, rows: Sequence[int]) -> None:
    """Deliveries are about to be tried."""
    connection.execute(update(schema.outbox).where(_ROW.id.in_(rows)).values(tried=True))


def delivered(connection: Connection, rows: Sequence[int], reference: str, at: int) -> None:
    """They were delivered."""
    connection.execute(update(schema.outbox).where(_ROW.id.in_(rows)).values(delivered_at=at, reference=reference))


def postpone(connection: Connection, rows: Sequence[int], due_at: int, refusals: int, *, maybe_shown: bool) -> None:
    """They are tried again at *due_at*; *refusals* (0 or 1) are added to their attempts."""
    values: dict[str, Any] = {"due_at": due_at, "attempts": _ROW.attempts + refusals}
    if not maybe_shown:
        values["tried"] = false()
    connection.execute(update(schema.outbox).where(_ROW.id.in_(rows)).values(**values))
