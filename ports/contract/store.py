"""What every store must pass.

In the tests of a store::

    class TestMyStore(StoreContract):
        async def opened(self, notifiers): ...        # a started, empty store that keeps alerts for these

    class TestMyStoreLasts(DurableStoreContract):     # for one that survives its process
        async def again(self, store): ...             # closes it and opens the same data anew

pytest-asyncio in auto mode runs them. Each test opens one store and closes it.
"""
# ruff: noqa: S101 -- a contract speaks in asserts, as tests do

from abc import abstractmethod
from dataclasses import replace
from decimal import Decimal

from ports.contract.outbox import OutboxContract, causes
from ports.contract.samples import (
    AT,
    OTHER,
    TRADE,
    act,
    filled,
    funded,
    opened,
    paused,
    report,
    told,
)
from ports.persistence import Batch, Record, Store


class StoreContract(OutboxContract):
    """Everything that a store promises while it is open."""

    async def test_empty_store_knows_nothing(self, store: Store) -> None:
        """Nothing is invented."""
        assert await store.live("main") == ()
        assert await store.trade("main", TRADE) == ()
        assert await store.requests("main") == frozenset()
        assert await store.executions("main") == ()
        assert await store.closed() == ()
        assert await store.alerts() == ()
        assert await store.due("first", AT) == ()
        assert await store.recall("cursor") is None

    async def test_salt_stays(self, store: Store) -> None:
        """The same request must make the same trade id every time (A9)."""
        assert await store.salt()
        assert await store.salt() == await store.salt()

    async def test_journal_reads_back_equal_and_in_order(self, store: Store) -> None:
        """What comes back is what was appended, digit by digit, oldest first."""
        lines = (opened(), filled("a", 1), paused(), filled("b", 2))
        await store.append(Batch(records=lines[:2]))
        await store.append(Batch(records=lines[2:]))

        assert repr(await store.live("main")) == repr(lines)
        assert await store.trade("main", TRADE) == (lines[0], lines[1], lines[3])

    async def test_accounts_are_apart(self, store: Store) -> None:
        """A mirror has the same trade id, and a journal of its own."""
        await store.append(Batch(records=(opened("main"), opened("mirror"), filled("a", 1, "mirror"))))

        assert await store.live("main") == (opened("main"),)
        assert await store.trade("mirror", TRADE) == (opened("mirror"), filled("a", 1, "mirror"))

    async def test_closed_trade_is_no_longer_live(self, store: Store) -> None:
        """Start-up reads live trades and the account's own lines only; the rest is there when asked for."""
        await store.append(Batch(records=(opened(), opened(trade=OTHER), paused())))
        await store.append(Batch(records=(filled("a", 1),), closed=(report(),)))

        assert await store.live("main") == (opened(trade=OTHER), paused())
        assert await store.trade("main", TRADE) == (opened(), filled("a", 1))
        assert await store.requests("main") == {TRADE, OTHER}

    async def test_live_trades_of_accounts_that_are_gone_are_found(self, store: Store) -> None:
        """J2: an account was renamed or taken out while a trade of it was live; ended ones are no matter."""
        await store.append(Batch(records=(opened(), opened("mirror"), opened("mirror", OTHER))))
        await store.append(Batch(closed=(report("mirror"),)))

        assert await store.live_elsewhere(["main"]) == (("mirror", OTHER),)
        assert await store.live_elsewhere(["main", "mirror"]) == ()

    async def test_late_line_does_not_wake_a_closed_trade(self, store: Store) -> None:
        """A ghost fill is journaled with its trade, which stays closed (B10)."""
        await store.append(Batch(records=(opened(),), closed=(report(),)))
        await store.append(Batch(records=(filled("ghost", 9),)))

        assert await store.live("main") == ()
        assert await store.trade("main", TRADE) == (opened(), filled("ghost", 9))

    async def test_trade_that_never_opened_is_closed_at_once(self, store: Store) -> None:
        """A mirror that could not open leaves a report and no journal (A3), and the request counts as used."""
        await store.append(Batch(closed=(report("mirror"),)))

        assert await store.live("mirror") == ()
        assert await store.requests("mirror") == {TRADE}
        assert await store.closed("mirror") == (report("mirror"),)

    async def test_execution_is_stored_once(self, store: Store) -> None:
        """Told twice, by stream and by cut, in one batch or two: booked once (rel:F15), and the rest is kept."""
        await store.append(Batch(records=(opened(), filled("a", 1), filled("a", 1))))
        await store.append(Batch(records=(filled("a", 1), filled("b", 2))))

        assert await store.trade("main", TRADE) == (opened(), filled("a", 1), filled("b", 2))

    async def test_execution_ids_are_unique_per_account_and_symbol(self, store: Store) -> None:
        """The same id elsewhere is another execution."""
        lines = (filled("a", 1), filled("a", 2, symbol="ETHUSDT"), filled("a", 3, "mirror"))
        await store.append(Batch(records=lines))

        assert await store.executions("main") == (lines[0].what, lines[1].what)
        assert await store.executions("mirror") == (lines[2].what,)

    async def test_executions_come_in_venue_order(self, store: Store) -> None:
        """By sequence, whatever the order of arrival; funding stands where its time puts it."""
        late, early, paid = filled("b", 20), filled("a", 10), funded("f", 15)
        await store.append(Batch(records=(opened(), late, paid, early)))
        await store.append(Batch(records=(filled("n", 30, trade=None),)))

        assert await store.executions("main", TRADE) == (early.what, paid.what, late.what)
        assert await store.executions("main") == (early.what, paid.what, late.what, filled("n", 30, trade=None).what)

    async def test_reports_come_newest_first_and_count_once(self, store: Store) -> None:
        """A trade that is reported again (a late payment) replaces its report (DESIGN 5.8)."""
        older, newer = report(closed_at=AT + 5), report(trade=OTHER, closed_at=AT + 9)
        await store.append(Batch(closed=(newer, older)))
        corrected = replace(older, net=Decimal("-42.70"))
        await store.append(Batch(closed=(corrected, report("mirror", closed_at=AT + 7))))

        assert await store.closed("main") == (newer, corrected)
        assert await store.closed() == (newer, report("mirror", closed_at=AT + 7), corrected)
        assert await store.closed(limit=1) == (newer,)

    async def test_ended_trades_come_in_pages_oldest_first(self, store: Store) -> None:
        """Each once: a page goes on after the last report of the one before, within the same millisecond too (G1)."""
        first, twin, other = report(), report("mirror"), report(trade=OTHER, closed_at=AT + 300)
        await store.append(Batch(closed=(other, twin, first)))
        page = await store.ended(AT, limit=1)

        assert page == (first,)
        assert await store.ended(AT, after=page[0]) == (twin, other)
        assert await store.ended(AT + 100, AT + 300) == (first, twin)
        assert await store.ended(AT + 101) == (other,)

    async def test_named_values_are_set_and_set_again(self, store: Store) -> None:
        """The latest word wins, whatever it is made of."""
        await store.remember("cursor", "1")
        await store.remember("cursor", '{"at": "é"}\n')

        assert await store.recall("cursor") == '{"at": "é"}\n'
        assert await store.recall("other") is None

    async def test_lease_is_granted_and_given_back(self, store: Store) -> None:
        """One process may take it for several accounts, more than once, and give it back twice."""
        await store.acquire(["main", "mirror"], "service")
        await store.acquire(["main", "mirror"], "service")
        await store.release()
        await store.release()

        await store.append(Batch(records=(paused(),)))
        assert await store.live("main") == (paused(),)

    async def test_backup_changes_nothing(self, store: Store) -> None:
        """It may be asked for at any time; a young one is not made again."""
        await store.append(Batch(records=(opened(),)))
        await store.backup()

        assert await store.backup(older_than=3_600_000) == ""
        assert await store.live("main") == (opened(),)

    async def test_closing_twice_is_harmless(self, store: Store) -> None:
        """Whoever ends last need not know who ended first."""
        await store.close()
        await store.close()


class DurableStoreContract(StoreContract):
    """What a store promises beyond its process."""

    @abstractmethod
    async def again(self, store: Store) -> Store:
        """Close *store* and open the same data anew, for the same notifiers."""

    async def test_everything_is_there_after_reopening(self, store: Store) -> None:
        """Journal, ledger, reports, alerts, named values, acts and salt (rel:F43)."""
        lines: tuple[Record, ...] = (opened(), filled("a", 1), paused())
        await store.append(Batch(records=lines, alerts=(told("x"),), closed=(report("mirror"),)))
        await store.remember("cursor", "9")
        await store.audit(act(1))
        await store.audit(act(2))
        salt = await store.salt()
        reopened = await self.again(store)
        try:
            assert repr(await reopened.live("main")) == repr(lines)
            assert await reopened.executions("main") == (lines[1].what,)
            assert await reopened.closed() == (report("mirror"),)
            assert await reopened.alerts() == (told("x"),)
            assert (await reopened.recall("cursor"), await reopened.salt()) == ("9", salt)
            assert await reopened.audited() == (act(2), act(1))
            assert await reopened.audited(limit=1) == (act(2),)
        finally:
            await reopened.close()

    async def test_dedupe_outlives_the_process(self, store: Store) -> None:
        """After a restart the cut tells everything once more: nothing is booked or told twice."""
        await store.append(Batch(records=(opened(), filled("a", 1)), alerts=(told("x"),)))
        (row,) = await store.due("first", AT)
        await store.delivered([row.id], "message 7", AT)
        reopened = await self.again(store)
        try:
            await reopened.append(Batch(records=(filled("a", 1), filled("b", 2)), alerts=(told("x"),)))
            assert await reopened.trade("main", TRADE) == (opened(), filled("a", 1), filled("b", 2))
            assert await reopened.due("first", AT) == ()
            assert causes(await reopened.due("second", AT)) == ["x"]
        finally:
            await reopened.close()

    async def test_try_before_a_crash_is_known_after_it(self, store: Store) -> None:
        """What may have been shown is marked as a repeat (D2)."""
        await store.append(Batch(alerts=(told("x"),)))
        (row,) = await store.due("first", AT)
        await store.attempting([row.id])
        reopened = await self.again(store)
        try:
            assert [row.tried for row in await reopened.due("first", AT)] == [True]
        finally:
            await reopened.close()
