"""The Store port: what must survive a crash."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.alerts import Alert
from core.facts import Fact, Filled, Funding
from core.plan import Plan
from core.report import TradeReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One thing to remember about one account. *trade* None: about the account itself (pause, resume)."""

    account: str
    trade: str | None
    at: int
    what: Plan | Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """An alert waiting for one notifier. *attempts* counts refusals, *tried* whether it may have been shown before."""

    id: int
    notifier: str
    alert: Alert
    chat: str
    created_at: int
    due_at: int
    attempts: int
    tried: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one step leaves behind, stored in one transaction: all of it or nothing.

    *closed* are the reports of trades that ended with this step. Alerts go to every notifier in *notifiers* of the
    outbox, once per (account, trade, kind, cause).
    """

    records: tuple[Record, ...] = ()
    alerts: tuple[Alert, ...] = ()
    closed: tuple[TradeReport, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """One act that somebody asked for, and what came of it. *arguments* is JSON text, *exit* as an Answer's."""

    at: int
    by: str
    command: str
    arguments: str
    exit: int
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """What a start did about a damaged store: it goes on with a *backup*, made *at* (milliseconds, 0 = not known).

    *damage* says what was found, *kept* where the damaged one is. *salvaged* newer lines it still proved were added;
    *forgotten* are (account, trade) that it had live and the backup doesn't know.
    """

    damage: str
    backup: str
    at: int
    kept: str
    salvaged: int = 0
    forgotten: tuple[tuple[str, str], ...] = ()


class Store(Protocol):
    """Appends facts and plans and reads them back; never loses what `append` returned for.

    Raises Unavailable (locked, disk full: try again) or Stopped (damaged, held by another instance). Appending an
    execution twice stores it once (unique per account, symbol and execution id).
    """

    async def start(self) -> Mended | None:
        """Open, migrate, check integrity; what was done about damage, None where there was none (rel:F47)."""
        ...

    async def close(self) -> None:
        """Flush and close; safe to call twice."""
        ...

    async def salt(self) -> str:
        """The installation's salt for trade ids, made once."""
        ...

    async def acquire(self, accounts: Sequence[str], holder: str) -> None:
        """Take the lease of each account for this process; raises Stopped naming who holds one."""
        ...

    async def release(self) -> None:
        """Give the leases back."""
        ...

    async def append(self, batch: Batch) -> None:
        """Store a batch durably in one transaction."""
        ...

    async def live(self, account: str) -> tuple[Record, ...]:
        """The journal of every trade that is not closed and of the account itself, oldest first."""
        ...

    async def trade(self, account: str, trade: str) -> tuple[Record, ...]:
        """One trade's journal, oldest first; empty when unknown."""
        ...

    async def live_elsewhere(self, accounts: Collection[str]) -> tuple[tuple[str, str], ...]:
        """(account, trade), sorted, of every live trade of an account that is none of *accounts*.

        That account was taken out of the configuration, or renamed: nobody watches over it.
        """
        ...

    async def requests(self, account: str) -> frozenset[str]:
        """The trade ids ever opened on the account (A9: the same request opens once)."""
        ...

    async def executions(self, account: str, trade: str | None = None) -> tuple[Filled | Funding, ...]:
        """The execution ledger, in venue order per symbol."""
        ...

    async def closed(self, account: str | None = None, limit: int = 100) -> tuple[TradeReport, ...]:
        """Reports of ended trades, newest first."""
        ...

    async def ended(
        self, since: int, until: int | None = None, *, after: TradeReport | None = None, limit: int = 200
    ) -> tuple[TradeReport, ...]:
        """Reports of trades that ended at *since* or later, before *until*: oldest first (`core.stats.order`).

        Page by page: *after* is the last report of the page before.
        """
        ...

    async def alerts(self, limit: int = 100) -> tuple[Alert, ...]:
        """The latest alerts, newest first."""
        ...

    async def due(
        self, notifier: str, now: int, limit: int = 100, *, without: Collection[str] = ()
    ) -> tuple[OutboxRow, ...]:
        """Undelivered alerts of a notifier that are due: critical first, then oldest; order per trade is kept.

        Those of the chats *without* are passed over ("" = those that name none).
        """
        ...

    async def stranded(self, notifiers: Collection[str]) -> tuple[tuple[str, int], ...]:
        """(notifier, how many alerts wait for it), sorted, of every notifier that is none of *notifiers*.

        It was taken out of the configuration, or renamed: nobody is told them there.
        """
        ...

    async def hand_on(self, notifiers: Sequence[str]) -> None:
        """Let nothing wait for a notifier that is none of *notifiers*, in one transaction; without any of them nothing.

        An alert that none of *notifiers* had to tell waits for each of them from now on, as old as it is.
        """
        ...

    async def attempting(self, rows: Sequence[int]) -> None:
        """Remember that deliveries are about to be tried, so that a repeat after a crash is marked."""
        ...

    async def delivered(self, rows: Sequence[int], reference: str, at: int) -> None:
        """Mark outbox rows delivered, all of them by the same message."""
        ...

    async def postpone(self, rows: Sequence[int], due_at: int, *, refused: bool, maybe_shown: bool = True) -> None:
        """Try rows again at *due_at*; *refused* counts an attempt.

        *maybe_shown* False: this try certainly showed nothing, so `attempting` is taken back and no repeat is marked.
        """
        ...

    async def backup(self, to: str = "", *, older_than: int = 0) -> str:
        """Copy all that is stored into a file, beside whoever writes; returns its path. Raises Unavailable.

        Without *to* the store chooses the place, and removes older ones that its settings don't keep. "" when the last
        one is no older than *older_than* milliseconds, or when this store keeps none (memory).
        """
        ...

    async def recall(self, name: str) -> str | None:
        """A small named value (venue state, cursor), None when unset."""
        ...

    async def remember(self, name: str, value: str) -> None:
        """Set a small named value durably."""
        ...

    async def audit(self, entry: Audited) -> None:
        """Keep durably who did what."""
        ...

    async def audited(self, limit: int = 100) -> tuple[Audited, ...]:
        """The latest acts, newest first."""
        ...
