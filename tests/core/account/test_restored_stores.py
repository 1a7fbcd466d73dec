"""A store that was restored from before a trade, while a leader or an earlier trade is known (C7)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.account.inputs import Known, LeaderIs, Open, Rebuild
from core.account.machine import restore
from core.commands import Cancel, Place, Query
from core.desired import Phase
from core.facts import Cut, Ended, EndReason, Filled, PositionIs, StopIs
from core.money import ZERO
from core.request import FixedQuantity
from tests.core.account.test_sequences import TWO_LEGS, opened
from tests.driving import SLOT, Driven, driven, new_state, terms
from tests.staging import AT, request

TARGETS = ("TP1", "TP2", "TP3", "TP4")
WORK = (("TP1", 850), ("TP2", 50), ("TP3", 50), ("TP4", 50), ("E2", 1000))
WAITING = (("E1", 1000), ("E2", 1000))
BOTH_WAIT = request((99, 98), size=FixedQuantity(Decimal(2000)))


def mirrored() -> tuple[Driven, Cut]:
    """A mirror that holds 1,000, its ladder at work and E2 waiting; and all that its venue tells of that."""
    run = driven("mirror", follows="main")
    run.accept(run.open(TWO_LEGS, leader="main"))
    bought = run.fill("E1", 1000, 100)
    run.accept(run.know(bought, run.ended("E1", 1000), run.stop_is(90)))
    held = PositionIs(SLOT, Decimal(1000), run.now, 9, leverage=Decimal(10))
    orders = tuple(run.working(*each) for each in WORK)
    return run, Cut(run.now, run.now, orders, (bought,), (StopIs(SLOT, Decimal(90), run.now, 9),), (held,))


def asked_again(before: Driven, cut: Cut, after: int) -> Driven:
    """Its journal is lost, and before its first look it is asked to join, so long *after* it was asked first."""
    now = before.now + after
    run = Driven(restore(new_state("mirror", follows="main"), [], now), now, seq=9)
    asked = replace(TWO_LEGS, at=before.now)
    run.step(Open(asked, terms("mirror"), before.box.id, "main", before.now + 30_000, (), (before.now, Decimal(100))))
    run.step(
        LeaderIs(
            before.box.id,
            "main",
            Phase.PROFIT_TAKING,
            tp1=True,
            reason="",
            moved=None,
            entered=Decimal(1000),
            first_at=before.now,
        )
    )
    run.step(Known((replace(cut, asked=now, at=now, executions=()),)))
    return run


def test_what_a_mirror_had_opened_is_made_again_and_not_skipped() -> None:
    """C7, A9: an hour later it is too late to join, and its leader took its profit: what it has it goes on with."""
    before, cut = mirrored()
    run = asked_again(before, cut, 3_600_000)
    run.step(Rebuild((terms("mirror"),), cut))
    run.later(60_000).step()

    assert list(run.machine.state.boxes) == [before.box.id]
    assert [alert.kind for alert in run.alerts] == ["trade_rebuilt"]
    assert run.closed == {}


def test_who_is_asked_again_for_what_it_has_does_not_wait_for_its_first_look() -> None:
    """A9, C7 (seed 17997553749): it waited beside its own trade, and was told as skipped when the leader's was over."""
    before, cut = mirrored()
    run = before.restarted()
    run.step(Open(TWO_LEGS, terms("mirror"), before.box.id, "main", run.now + 30_000))
    assert [reply.plan for reply in run.last.replies] == [before.box.trade.plan]

    run.know(replace(cut, asked=run.now, at=run.now))
    run.step(LeaderIs(before.box.id, "main", Phase.PROFIT_TAKING, True, "", None, Decimal(1000), before.now))

    assert run.closed == {}
    assert list(run.machine.state.boxes) == [before.box.id]


def test_what_is_left_to_a_person_is_no_orphan_after_the_next_start() -> None:
    """C7, A3: of a trade that nobody can make again the mirror doesn't say that it never opened it."""
    before, cut = mirrored()
    left = replace(cut, orders=cut.orders[1:3])
    run = asked_again(before, left, 3_600_000)
    run.step(Rebuild((terms("mirror"),), left))
    run.step(Open(TWO_LEGS, terms("mirror"), before.box.id, "main", run.now + 30_000))
    run.later(60_000).step()

    assert list(run.machine.state.lost) == [before.box.id]
    assert [alert.kind for alert in run.alerts] == ["trade_unknown"]
    assert (run.closed, before.box.id in run.machine.state.known) == ({}, False)


def next_trade(first: Driven, held: tuple[int, ...]) -> tuple[Driven, tuple[Filled, ...], Cut]:
    """A later trade in the first one's place, what it bought, and a look at what is there of it: a *first* look."""
    later = driven().later(20_000)
    later.accept(later.open(replace(TWO_LEGS if held else BOTH_WAIT, id="r2")))
    bought = [replace(later.fill("E1", each, 100, seq=6), execution="second") for each in held]
    later.accept(later.know(*bought, *(later.ended("E1", each) for each in held), later.stop_is(90)))
    orders = [later.working(*each) for each in (WORK if held else WAITING)]
    row = PositionIs(SLOT, Decimal(sum(held)), first.now, 9, leverage=Decimal(10))
    return later, tuple(bought), replace(later.cut(orders=orders, fills=bought), positions=(row,))


def closed_since(*held: int) -> tuple[Driven, Driven, Cut]:
    """A start by a copy with a trade that was closed since, the next one, and what looks show of that.

    It waits for its entry, or holds so much.
    """
    first = opened()
    closing = first.fill("X", 1000, 100, seq=5)
    later, bought, look = next_trade(first, held)
    fills = (*(each.what for each in first.journal if isinstance(each.what, Filled)), closing, *bought)

    run = first.later(60_000).restarted().later(1_000)
    run.step()
    return run, later, replace(run.cut(fills=fills), orders=look.orders, positions=look.positions)


def test_the_next_trade_is_made_again_once_the_one_that_the_store_knows_is_over() -> None:
    """C7, B11: the copy has a trade on that was closed since: the next one's position is no hand's."""
    run, later, look = closed_since(1000)
    for _ in range(3):  # asked by key, the first trade's orders have no answer yet
        run.know(replace(look, asked=run.now, at=run.now))
        assert run.last.rebuild == ()
        run.later(2_000)
    run.know(run.ended("X", 1000), *(run.ended(role, 0, EndReason.CANCELLED) for role in ("E2", *TARGETS)))
    run.later(2_000).know(replace(look, asked=run.now, at=run.now))
    assert run.last.rebuild
    run.step(Rebuild((terms(),), look))

    assert list(run.machine.state.boxes) == [later.box.id]
    assert not {alert.kind for alert in run.alerts} & {"trade_unknown", "external_change"}


def test_the_next_trade_that_waits_for_its_entry_is_not_looked_into_before_that_either() -> None:
    """C7: it would be said to have a place that another trade has, which is over."""
    run, later, look = closed_since()
    run.know(look)
    assert (run.last.rebuild, list(run.machine.state.lost)) == ((), [later.box.id])

    run.know(run.ended("X", 1000), *(run.ended(role, 0, EndReason.CANCELLED) for role in ("E2", *TARGETS)))
    run.later(2_000).know(replace(look, asked=run.now, at=run.now))

    assert run.last.rebuild


def test_entries_that_a_copy_does_not_know_to_have_left_are_asked_for_before_they_are_sent() -> None:
    """C7, A7: something is held where its plan found nothing: they were duplicates, and the next trade nobody's."""
    first = driven()
    first.open(BOTH_WAIT)
    first.journal = first.journal[:1]
    later, _, look = next_trade(first, (1000,))
    run = first.later(25_000).restarted().later(1_000)
    run.step()
    assert [type(each) for each in run.know(replace(look, asked=run.now, at=run.now))] == [Query, Query]

    gone = [Ended(first.key(role), ZERO, EndReason.CANCELLED, run.now) for role in ("E1", "E2")]
    assert run.later(1_000).know(*gone) == []
    run.later(2_000).know(replace(look, asked=run.now, at=run.now))
    run.step(Rebuild((terms(),), look))

    assert list(run.machine.state.boxes) == [later.box.id]
    assert not {alert.kind for alert in run.alerts} & {"trade_unknown", "external_change"}


@pytest.mark.parametrize("held", [(), (1000,)])
def test_who_was_closed_before_its_entries_left_is_not_opened_beside_the_next_trade(held: tuple[int, ...]) -> None:
    """C7, A7: the copy doesn't know that it was closed: its entries left, 345 lots beside the other's nine."""
    first = driven()
    first.open(BOTH_WAIT)
    first.journal = first.journal[:1]
    later, _, look = next_trade(first, held)
    run = first.later(25_000).restarted().later(1_000)
    run.step()
    sent = run.know(replace(look, asked=run.now, at=run.now))
    for _ in range(4):
        run.later(4_000).answer(sent) if sent else run.later(4_000)
        sent = [*run.step(), *run.know(replace(look, asked=run.now, at=run.now))]
    assert (run.last.rebuild, list(run.machine.state.lost)) == ((SLOT.symbol,), [later.box.id])
    run.step(Rebuild((terms(),), look))

    assert first.box.id not in run.machine.state.boxes
    assert "external_change" not in {alert.kind for alert in run.alerts}
    assert [each for each in run.sent if isinstance(each, Place)] == []


def test_entries_that_did_not_leave_never_do_where_a_hand_holds_something_by_now() -> None:
    """A7, C8 (seed 9731869079): killed before they left, while the user bought 5: our stop sold his along with ours."""
    first = driven()
    first.open(BOTH_WAIT)
    first.journal = first.journal[:1]
    run = first.restarted().later(1_000)
    run.step()
    for _ in range(4):
        run.answer([*run.later(4_000).step(), *run.know(run.cut(size=5))])

    assert {type(each) for each in run.sent} == {Query}
    assert [alert.kind for alert in run.alerts] == [
        "external_change",
        "entry_failed",
        "entry_failed",
        "position_closed",
    ]


def test_who_may_be_over_is_not_waited_for_without_end() -> None:
    """C7: its orders get no answer: after a minute what is there beside it is looked for, and told."""
    run, _, look = closed_since(1000)
    run.know(replace(look, asked=run.now, at=run.now))
    run.later(60_000).know(replace(look, asked=run.now, at=run.now))
    assert run.last.rebuild

    run.step(Rebuild((terms(),), look))

    assert "trade_unknown" in [alert.kind for alert in run.alerts]


def test_who_holds_something_is_not_over() -> None:
    """C7, C8: the first look shows its position and lists no order: the account is ready at once."""
    run = opened().later(60_000).restarted().later(1_000)
    run.step()

    run.know(run.cut(fills=[run.fill("E1", 1000, 100, seq=1)], size=1000))

    assert run.machine.state.doubts
    assert run.machine.state.troubles == {}


def test_a_leaders_request_is_answered_before_its_first_look() -> None:
    """A9, C7: only a mirror's may have been opened before: who asks for a trade is told that it is too early."""
    run = Driven(restore(new_state(), [], AT), AT)

    run.open(TWO_LEGS)

    assert [reply.refusal.reasons for reply in run.last.replies if reply.refusal] == [
        ("main takes no new entries: starting",)
    ]


def forgotten() -> tuple[Driven, Cut]:
    """A start without its store, the first look of which was out of date; and all that the venue tells."""
    run = opened()
    held = PositionIs(SLOT, Decimal(1000), run.now, 9, leverage=Decimal(10))
    fills = tuple(each.what for each in run.journal if isinstance(each.what, Filled))
    stop = StopIs(SLOT, Decimal(90), run.now, 9)
    cut = Cut(run.now, run.now, tuple(run.working(*each) for each in WORK), fills, (stop,), (held,))
    run.later(5_000)
    again = Driven(restore(new_state(), [], run.now), run.now)
    again.step()
    again.know(Cut(run.now, run.now, (), (), (), (PositionIs(SLOT, Decimal(0), run.now, -1),)))
    return again.later(3_000), cut


def test_orders_that_only_the_second_look_shows_are_no_orphans() -> None:
    """C7, B5: the first was out of date, and ended the start: the take-profits of an open position were cancelled."""
    run, cut = forgotten()

    assert run.know(replace(cut, asked=run.now, at=run.now)) == []
    asked = [run.last.rebuild]
    run.later(1_000).know(replace(cut, asked=run.now, at=run.now))
    assert (*asked, run.last.rebuild).count((SLOT.symbol,)) == 1
    run.step(Rebuild((terms(),), cut))

    assert [int(box.trade.ledger.position) for box in run.machine.state.boxes.values()] == [1000]
    assert {alert.kind for alert in run.alerts} == {"trade_rebuilt"}


def test_what_only_the_second_look_shows_of_a_trade_that_is_over_is_cancelled() -> None:
    """C7: a take-profit was left behind where nothing is held: an orphan, once it is known to be one."""
    run, cut = forgotten()
    left = replace(cut, orders=cut.orders[:1], positions=(PositionIs(SLOT, Decimal(0), run.now, 9),))
    assert run.know(replace(left, asked=run.now, at=run.now)) == []
    run.later(1_000).know(replace(left, asked=run.now, at=run.now))
    run.step(Rebuild((terms(),), left))

    sent = run.later(1_000).know(replace(left, asked=run.now, at=run.now))

    assert [each.key for each in sent if isinstance(each, Cancel)] == [cut.orders[0].key]
    assert [alert.kind for alert in run.alerts] == ["orphan_found"]


def test_a_position_alone_is_asked_for_though_the_trade_before_it_ends_by_the_same_look() -> None:
    """C7, I4: no order of it works any more: it was nobody's until the next start, and told each minute."""
    run, _, look = closed_since(1000)
    run.know(run.ended("X", 0), *(run.ended(role, 0, EndReason.CANCELLED) for role in ("E2", *TARGETS)))
    look = replace(look, orders=())
    for _ in range(2):
        run.know(replace(look, asked=run.now, at=run.now))
        run.later(5_000)

    assert run.last.rebuild == (SLOT.symbol,)
