"""What waits in the outbox for a notifier that isn't configured any more: how much, and handing it on (J2, D2)."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select, update

from plugins.stores.sql import schema

_ROW = schema.outbox.c
GONE = "not configured"
"""The reference of what was delivered to nobody there."""


def stranded(connection: Connection, notifiers: Collection[str]) -> tuple[tuple[str, int], ...]:
    """How much waits for each of the others."""
    counted = select(_ROW.notifier, func.count()).where(_waits(notifiers)).group_by(_ROW.notifier)
    return tuple((name, count) for name, count in connection.execute(counted.order_by(_ROW.notifier)))


def hand_on(connection: Connection, notifiers: Sequence[str], now: int) -> None:
    """Nothing waits for the others any more. What none of *notifiers* had to tell, each of them has to tell."""
    if not notifiers:
        return
    known = select(_ROW.alert).where(_ROW.notifier.in_(notifiers))
    rows = (_ROW.alert, _ROW.account, _ROW.trade, _ROW.critical)
    untold = select(*rows, func.min(_ROW.created_at).label("created_at")).where(_waits(notifiers))
    found = connection.execute(untold.where(_ROW.alert.not_in(known)).group_by(*rows).order_by(_ROW.alert)).mappings()
    fresh = {"due_at": 0, "attempts": 0, "tried": False}
    orders = [{**row, **fresh, "notifier": notifier} for row in found for notifier in notifiers]
    if orders:
        connection.execute(insert(schema.outbox), orders)
    connection.execute(update(schema.outbox).where(_waits(notifiers)).values(delivered_at=now, reference=GONE))


def _waits(notifiers: Collection[str]) -> ColumnElement[bool]:
    return and_(_ROW.delivered_at.is_(None), _ROW.notifier.not_in(notifiers))
