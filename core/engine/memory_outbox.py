"""The outbox of a store that keeps objects: the same rules as on disk, without a disk."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from core.alerts import Alert
from ports.persistence import OutboxRow


@dataclass(slots=True)
class MemoryOutbox:
    """Alerts and who still has to be told. One row per notifier and (account, trade, kind, cause), for ever."""

    notifiers: tuple[str, ...]
    now: Callable[[], int] | None = None
    alerts: list[Alert] = field(default_factory=list)
    _seen: dict[tuple[str, str, str, str], tuple[str, ...]] = field(default_factory=dict)
    """Who had to tell each alert, by its key."""
    _waiting: dict[int, OutboxRow] = field(default_factory=dict)
    _made: int = 0

    def add(self, alert: Alert) -> None:
        """Keep an alert for every notifier, unless it was kept before."""
        key = _key(alert)
        if key in self._seen:
            return
        self._seen[key] = self.notifiers
        self.alerts.append(alert)
        self._address(alert, self.notifiers, alert.at if self.now is None else self.now())

    def _address(self, alert: Alert, notifiers: Iterable[str], at: int) -> None:
        for notifier in notifiers:
            self._made += 1
            self._waiting[self._made] = OutboxRow(
                id=self._made,
                notifier=notifier,
                alert=alert,
                chat=alert.chat,
                created_at=at,
                due_at=0,
                attempts=0,
                tried=False,
            )

    def stranded(self, notifiers: Collection[str]) -> tuple[tuple[str, int], ...]:
        """See Store.stranded."""
        waiting = Counter(row.notifier for row in self._waiting.values() if row.notifier not in notifiers)
        return tuple(sorted(waiting.items()))

    def hand_on(self, notifiers: Sequence[str]) -> None:
        """See Store.hand_on."""
        others = [row for row in self._waiting.values() if notifiers and row.notifier not in notifiers]
        for row in others:
            del self._waiting[row.id]
            key = _key(row.alert)
            if not set(self._seen[key]) & set(notifiers):
                self._seen[key] = (*self._seen[key], *notifiers)
                self._address(row.alert, notifiers, row.created_at)

    def due(self, notifier: str, now: int, limit: int, without: Collection[str] = ()) -> tuple[OutboxRow, ...]:
        """Rows that may be delivered now: critical first, then oldest, and within a trade never out of order."""
        ready: dict[tuple[str, str], list[OutboxRow]] = {}
        held: set[tuple[str, str]] = set()
        for row in self._waiting.values():
            trade = (row.alert.account, row.alert.trade)
            if row.notifier != notifier or trade in held:
                continue
            if row.due_at > now:
                held.add(trade)
            else:
                ready.setdefault(trade, []).append(row)
        ranked = [ranked for rows in ready.values() for ranked in _ranked(rows) if ranked[2].chat not in without]
        return tuple(row for _, _, row in sorted(ranked, key=lambda one: one[:2])[:limit])

    def attempting(self, rows: Iterable[int]) -> None:
        """See Store.attempting."""
        for row in self._waiting.keys() & rows:
            self._waiting[row] = replace(self._waiting[row], tried=True)

    def delivered(self, rows: Iterable[int]) -> None:
        """See Store.delivered."""
        for row in rows:
            self._waiting.pop(row, None)

    def postpone(self, rows: Iterable[int], due_at: int, *, refused: bool, maybe_shown: bool) -> None:
        """See Store.postpone."""
        for row in self._waiting.keys() & rows:
            found = self._waiting[row]
            tried = found.tried and maybe_shown
            self._waiting[row] = replace(found, due_at=due_at, attempts=found.attempts + refused, tried=tried)


def _key(alert: Alert) -> tuple[str, str, str, str]:
    return alert.account, alert.trade, alert.kind, alert.cause


def _ranked(rows: list[OutboxRow]) -> list[tuple[bool, int, OutboxRow]]:
    """Each row of a trade with its rank: what stands before a critical alert is as urgent as the alert itself."""
    ranked = []
    pressing = False
    for row in reversed(rows):
        pressing = pressing or row.alert.critical
        ranked.append((not pressing, row.id, row))
    return ranked
