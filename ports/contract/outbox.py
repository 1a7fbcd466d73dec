"""What every store must pass as an outbox: alerts wait in it for each notifier. `StoreContract` brings these tests."""
# ruff: noqa: S101 -- a contract speaks in asserts, as tests do

from dataclasses import replace

from ports.contract.opened_store import OpenedStore
from ports.contract.samples import AT, OTHER, critical, service, told
from ports.persistence import Batch, OutboxRow, Store


def causes(rows: tuple[OutboxRow, ...]) -> list[str]:
    """What the rows tell, as their causes in order."""
    return [row.alert.cause for row in rows]


class OutboxContract(OpenedStore):
    """Each alert is kept once for each notifier, goes in order, and is never lost nor shown twice unmarked."""

    async def test_alert_is_kept_once_per_cause_for_each_notifier(self, store: Store) -> None:
        """The dedupe key is (account, trade, kind, cause) (D2, rel:I8)."""
        same = (told("x"), critical("x"), told("x", account="mirror"), told("x", trade=OTHER))
        await store.append(Batch(alerts=(*same, told("x"))))
        await store.append(Batch(alerts=(told("x"), told("y"))))

        assert await store.alerts() == (told("y"), *reversed(same))
        assert await store.alerts(limit=1) == (told("y"),)
        assert len(await store.due("first", AT)) == len(await store.due("second", AT)) == 5
        assert await store.due("nobody", AT) == ()

    async def test_delivered_row_is_done_for_its_notifier_alone(self, store: Store) -> None:
        """One that is down does not hold up, nor use up, another's."""
        await store.append(Batch(alerts=(told("x"),)))
        (row,) = await store.due("first", AT)
        await store.attempting([row.id])
        await store.delivered([row.id], "message 7", AT)

        assert await store.due("first", AT) == ()
        assert causes(await store.due("second", AT)) == ["x"]

    async def test_what_waits_for_a_notifier_that_is_gone_is_counted(self, store: Store) -> None:
        """J2: it was taken out or renamed; what it has delivered is no matter."""
        await store.append(Batch(alerts=(told("x"), told("y"))))
        (row, _) = await store.due("first", AT)
        await store.delivered([row.id], "message 7", AT)

        assert await store.stranded(["first", "second"]) == ()
        assert await store.stranded(["second"]) == (("first", 1),)
        assert await store.stranded([]) == (("first", 1), ("second", 2))

    async def test_what_another_notifier_has_to_tell_is_not_told_there_twice(self, store: Store) -> None:
        """D2, J2: nothing waits for the one that is gone; what the other has delivered stays delivered."""
        await store.append(Batch(alerts=(told("x"), told("y"))))
        (row, _) = await store.due("first", AT)
        await store.delivered([row.id], "message 7", AT)
        await store.hand_on(["first"])

        assert await store.stranded(["first"]) == ()
        assert causes(await store.due("first", AT)) == ["y"]
        assert await store.due("second", AT) == ()

    async def test_what_nobody_else_had_to_tell_is_handed_on_in_order(self, store: Store) -> None:
        """D2, J2: a renamed notifier tells it under its new name, as old as it is; without any notifier it waits on."""
        await store.append(Batch(alerts=(told("x"), critical("y"), told("z", trade=OTHER))))
        before = await store.due("first", AT)
        await store.hand_on([])
        await store.hand_on(["third", "fourth"])
        after = await store.due("third", AT)

        assert await store.stranded(["third", "fourth"]) == ()
        assert causes(after) == causes(before)
        assert [row.created_at for row in after] == [row.created_at for row in before]
        assert causes(await store.due("fourth", AT)) == causes(before)

    async def test_one_message_marks_several_alerts(self, store: Store) -> None:
        """Tried, put off and delivered together; the others are left alone (D2)."""
        await store.append(Batch(alerts=(told("1"), told("2"), told("3", trade=OTHER))))
        first, second, third = await store.due("first", AT)
        await store.attempting([first.id, second.id])
        tried = [row.tried for row in await store.due("first", AT)]
        await store.postpone([first.id, second.id], AT + 10, refused=True)
        waiting = [row.id for row in await store.due("first", AT)]
        await store.delivered([first.id, second.id], "message 7", AT)

        assert tried == [True, True, False]
        assert waiting == [third.id]
        assert [row.id for row in await store.due("first", AT + 10)] == [third.id]

    async def test_row_remembers_a_try_that_may_have_been_shown(self, store: Store) -> None:
        """After a crash in the middle of a delivery, the repeat is marked; a sure miss is none (D2)."""
        await store.append(Batch(alerts=(told("x"),)))
        (row,) = await store.due("first", AT)
        assert (row.tried, row.attempts) == (False, 0)

        await store.attempting([row.id])
        (row,) = await store.due("first", AT)
        assert row.tried

        await store.postpone([row.id], AT, refused=False, maybe_shown=False)
        (row,) = await store.due("first", AT)
        assert (row.tried, row.attempts) == (False, 0)

    async def test_chats_may_be_passed_over(self, store: Store) -> None:
        """One that must wait, however much waits for it, hides no other's alerts; its trades keep their order (D2)."""
        chats = (("1", "7"), ("2", "77"), ("3", ""), ("4", "-7"))
        await store.append(Batch(alerts=tuple(replace(told(cause), chat=chat) for cause, chat in chats)))
        await store.append(Batch(alerts=(replace(critical("5", trade=OTHER), chat="7"),)))

        assert causes(await store.due("first", AT, limit=2, without=("7",))) == ["2", "3"]
        assert causes(await store.due("first", AT, without=("7", ""))) == ["2", "4"]
        assert causes(await store.due("first", AT, without=('7"', "%"))) == ["5", "1", "2", "3", "4"]

    async def test_postponed_row_waits_and_counts_refusals_only(self, store: Store) -> None:
        """Time-outs use nothing up (D2)."""
        await store.append(Batch(alerts=(told("x"),)))
        (row,) = await store.due("first", AT)
        await store.attempting([row.id])
        await store.postpone([row.id], AT + 10, refused=True)
        await store.postpone([row.id], AT + 20, refused=False)

        assert await store.due("first", AT + 19) == ()
        (row,) = await store.due("first", AT + 20)
        assert (row.attempts, row.tried, row.due_at) == (1, True, AT + 20)

    async def test_critical_goes_first_and_each_trade_stays_in_order(self, store: Store) -> None:
        """A critical alert pulls what its own trade said before along with it, and nothing else."""
        await store.append(Batch(alerts=(told("1"), service("2"), told("3", trade=OTHER), critical("4", trade=OTHER))))
        await store.append(Batch(alerts=(told("5", trade=OTHER), told("6", account="mirror"))))

        assert causes(await store.due("first", AT)) == ["3", "4", "1", "2", "5", "6"]
        assert causes(await store.due("first", AT, limit=3)) == ["3", "4", "1"]

    async def test_nothing_passes_a_waiting_row_of_its_trade(self, store: Store) -> None:
        """Not even a critical one: "stop hit" before "opened" would mislead (D2)."""
        await store.append(
            Batch(alerts=(told("1"), critical("2"), told("3", trade=OTHER), told("4", account="mirror")))
        )
        first = (await store.due("first", AT))[0]
        await store.postpone([first.id], AT + 10, refused=True)

        assert causes(await store.due("first", AT + 9)) == ["3", "4"]
        assert causes(await store.due("first", AT + 10)) == ["1", "2", "3", "4"]
        assert causes(await store.due("second", AT)) == ["1", "2", "3", "4"]

    async def test_chat_of_the_trade_stands_in_the_row(self, store: Store) -> None:
        """It is fixed when the trade is created (D3)."""
        await store.append(Batch(alerts=(replace(told("x"), chat="42"),)))

        assert [row.chat for row in await store.due("first", AT)] == ["42"]
