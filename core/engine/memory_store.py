"""A store for what may be forgotten: demo, replay, simulation and tests. It keeps objects and encodes nothing."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from heapq import merge

from core.alerts import Alert
from core.engine.memory_outbox import MemoryOutbox
from core.facts import Filled, Funding
from core.record import in_venue_order
from core.report import TradeReport
from core.stats import ended_at, order
from ports.persistence import Audited, Batch, OutboxRow, Record

Numbered = tuple[int, Record]


@dataclass(slots=True)
class _Account:
    """What is remembered of one account; *own* is about the account itself."""

    own: list[Numbered] = field(default_factory=list)
    trades: dict[str, list[Numbered]] = field(default_factory=dict)
    live: dict[str, None] = field(default_factory=dict)
    reports: dict[str, TradeReport] = field(default_factory=dict)
    executions: dict[tuple[str, str], Record] = field(default_factory=dict)


class MemoryStore:
    """A Store in memory: same promises within the process, none beyond it.

    *salt* is fixed, so that the same requests make the same trade ids in every run. *now* stamps outbox rows; without
    it they carry the alert's own time.
    """

    def __init__(
        self, notifiers: tuple[str, ...] = (), *, salt: str = "memory", now: Callable[[], int] | None = None
    ) -> None:
        """Start empty."""
        self._salt = salt
        self._accounts: dict[str, _Account] = {}
        self._outbox = MemoryOutbox(notifiers, now)
        self._values: dict[str, str] = {}
        self._audited: list[Audited] = []
        self._written = 0

    async def start(self) -> None:
        """See Store.start."""

    async def close(self) -> None:
        """See Store.close; what was stored stays until the object goes."""

    async def salt(self) -> str:
        """See Store.salt."""
        return self._salt

    async def acquire(self, accounts: Sequence[str], holder: str) -> None:
        """See Store.acquire: memory is nobody else's, so it is always granted."""

    async def release(self) -> None:
        """See Store.release."""

    async def append(self, batch: Batch) -> None:
        """See Store.append."""
        self.write(batch)

    def write(self, batch: Batch) -> None:
        """`append` for a carrier that does not wait."""
        for record in batch.records:
            self._write(record)
        for report in batch.closed:
            self._end(report)
        for alert in batch.alerts:
            self._outbox.add(alert)

    def _write(self, record: Record) -> None:
        account = self._account(record.account)
        if isinstance(record.what, Filled | Funding):
            key = (record.what.slot.symbol, record.what.execution)
            if key in account.executions:
                return
            account.executions[key] = record
        self._written += 1
        if record.trade is None:
            account.own.append((self._written, record))
            return
        if record.trade not in account.trades:
            account.live[record.trade] = None
        account.trades.setdefault(record.trade, []).append((self._written, record))

    def _end(self, report: TradeReport) -> None:
        account = self._account(report.account)
        account.trades.setdefault(report.id, [])
        account.live.pop(report.id, None)
        account.reports[report.id] = report

    def _account(self, name: str) -> _Account:
        found = self._accounts.get(name)
        if found is None:
            found = self._accounts[name] = _Account()
        return found

    async def live(self, account: str) -> tuple[Record, ...]:
        """See Store.live."""
        kept = self._account(account)
        journals = [kept.trades[trade] for trade in kept.live]
        return tuple(record for _, record in merge(kept.own, *journals, key=lambda numbered: numbered[0]))

    async def trade(self, account: str, trade: str) -> tuple[Record, ...]:
        """See Store.trade."""
        return tuple(record for _, record in self._account(account).trades.get(trade, ()))

    async def live_elsewhere(self, accounts: Collection[str]) -> tuple[tuple[str, str], ...]:
        """See Store.live_elsewhere."""
        others = self._accounts.keys() - set(accounts)
        return tuple(sorted((name, trade) for name in others for trade in self._accounts[name].live))

    async def requests(self, account: str) -> frozenset[str]:
        """See Store.requests."""
        return frozenset(self._account(account).trades)

    async def executions(self, account: str, trade: str | None = None) -> tuple[Filled | Funding, ...]:
        """See Store.executions."""
        records = self._account(account).executions.values()
        chosen = [record.what for record in records if trade is None or record.trade == trade]
        return in_venue_order(what for what in chosen if isinstance(what, Filled | Funding))

    async def closed(self, account: str | None = None, limit: int = 100) -> tuple[TradeReport, ...]:
        """See Store.closed."""
        names = self._accounts if account is None else (account,)
        reports = [report for name in names for report in self._account(name).reports.values()]
        return tuple(sorted(reports, key=ended_at, reverse=True)[:limit])

    async def ended(
        self, since: int, until: int | None = None, *, after: TradeReport | None = None, limit: int = 200
    ) -> tuple[TradeReport, ...]:
        """See Store.ended."""
        reports = [report for account in self._accounts.values() for report in account.reports.values()]
        chosen = [each for each in reports if since <= ended_at(each) and (until is None or ended_at(each) < until)]
        later = [each for each in chosen if after is None or order(each) > order(after)]
        return tuple(sorted(later, key=order)[:limit])

    async def alerts(self, limit: int = 100) -> tuple[Alert, ...]:
        """See Store.alerts."""
        return tuple(reversed(self._outbox.alerts[-limit:])) if limit > 0 else ()

    async def due(
        self, notifier: str, now: int, limit: int = 100, *, without: Collection[str] = ()
    ) -> tuple[OutboxRow, ...]:
        """See Store.due."""
        return self._outbox.due(notifier, now, limit, without)

    async def stranded(self, notifiers: Collection[str]) -> tuple[tuple[str, int], ...]:
        """See Store.stranded."""
        return self._outbox.stranded(notifiers)

    async def hand_on(self, notifiers: Sequence[str]) -> None:
        """See Store.hand_on."""
        self._outbox.hand_on(notifiers)

    async def attempting(self, rows: Sequence[int]) -> None:
        """See Store.attempting."""
        self._outbox.attempting(rows)

    async def delivered(self, rows: Sequence[int], reference: str, at: int) -> None:
        """See Store.delivered."""
        self._outbox.delivered(rows)

    async def postpone(self, rows: Sequence[int], due_at: int, *, refused: bool, maybe_shown: bool = True) -> None:
        """See Store.postpone."""
        self._outbox.postpone(rows, due_at, refused=refused, maybe_shown=maybe_shown)

    async def backup(self, to: str = "", *, older_than: int = 0) -> str:
        """See Store.backup: there is nothing to keep."""
        return ""

    async def recall(self, name: str) -> str | None:
        """See Store.recall."""
        return self._values.get(name)

    async def remember(self, name: str, value: str) -> None:
        """See Store.remember."""
        self._values[name] = value

    async def audit(self, entry: Audited) -> None:
        """See Store.audit."""
        self._audited.append(entry)

    async def audited(self, limit: int = 100) -> tuple[Audited, ...]:
        """See Store.audited."""
        return tuple(reversed(self._audited[-limit:])) if limit > 0 else ()
