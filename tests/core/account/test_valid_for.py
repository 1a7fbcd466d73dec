"""A request lives for a minute: what hasn't been sent by then never is, whatever held it up (A9)."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from core.account.inputs import Known, Open, Operate
from core.alerts import EntriesCancelled, EntryFailed, PositionClosed
from core.commands import Amend, Code, Command, Done, Outcome, Place, Query, Refused, SetLeverage, Unknown
from core.desired import Phase
from core.facts import ActKind, Cause, EndReason
from core.plan import Rules
from core.request import Merge
from core.trade import LineState
from tests.driving import Driven, driven, terms
from tests.staging import request

LATE = 61_000


def killed_before_the_entries(**given: object) -> Driven:
    """A trade whose plan is durable and whose leverage was never answered."""
    began = driven()
    began.machine.state.leverage.clear()
    began.open(replace(request(("market", 98)), **given))  # type: ignore[arg-type]
    began.journal = [entry for entry in began.journal if entry.trade is not None][:1]
    return began


def told_late(run: Driven) -> list[tuple[str, ...]]:
    """The entries of every alert that they were not sent in time."""
    bodies = [alert.body for alert in run.alerts if isinstance(alert.body, EntriesCancelled) and alert.at <= run.now]
    return [tuple(line.role for line in body.entries) for body in bodies if body.by == "late"]


def entries(commands: Sequence[Command]) -> list[str]:
    """The roles of the entries that are placed."""
    return [role for each in commands if isinstance(each, Place) and (role := each.key.split("-")[3]).startswith("E")]


def absent(run: Driven, commands: Sequence[Command]) -> list[Command]:
    """The venue knows nothing of whatever it is asked for."""
    return run.answer([each for each in commands if isinstance(each, Query)])


def test_entries_are_not_sent_when_their_time_is_over_at_the_restart() -> None:
    """A9: dead for a minute between the plan and its entries: nobody buys at the price of now; told once."""
    again = killed_before_the_entries().restarted().later(LATE)
    commands = again.step(Known((again.cut(),)))
    again.later(1).step(Known((again.cut(),)))

    assert not any(isinstance(each, Place) for each in (*commands, *again.sent))
    assert told_late(again) == [("E1",), ("E2",)]
    assert [alert.body.reason for alert in again.alerts if isinstance(alert.body, PositionClosed)] == ["expired"]
    assert not again.machine.state.boxes


@pytest.mark.parametrize("ahead", [-50_000, 0, 50_000])
@pytest.mark.parametrize(("waits", "sent"), [(15_000, ["E1"]), (70_000, [])])
def test_a_requests_time_goes_by_our_clock_whatever_the_venues_says(ahead: int, waits: int, sent: list[str]) -> None:
    """A9, rel:F05: by a venue's that was ahead it lived almost two minutes, by one that was behind ten seconds."""
    run, asked = driven(), request(("market",))
    offered = terms()
    commands = run.step(Open(asked, replace(offered, at=offered.at + ahead), run.trade_id(asked)))
    run.answer(commands, Refused(Code.BUSY, "wait", retry_after=waits))

    assert entries(run.later(waits).step()) == sent


def test_in_time_they_are_sent() -> None:
    """A9: a restart within the minute goes on with what was asked."""
    again = killed_before_the_entries().restarted().later(30_000)
    again.machine.state.leverage.clear()
    first = again.step(Known((again.cut(),)))
    assert [type(each) for each in first] == [SetLeverage]
    assert [type(each) for each in again.accept(first)] == [Place, Place]


def test_a_leverage_that_comes_too_late_opens_nothing() -> None:
    """A9, B4: the venue answers after the request's own time, here 10 s."""
    run = driven()
    run.machine.state.leverage.clear()
    first = run.open(replace(request(("market", 98)), valid_for=10_000))
    assert run.later(10_001).accept(first) == []
    assert not run.machine.state.boxes


def test_what_was_sent_in_time_stays() -> None:
    """A9 is about sending: a limit that works is nobody's late request, and a trade that entered goes on."""
    run = driven()
    run.accept(run.open(request(("market", 98))))
    run.later(LATE).step(Known(()))
    assert run.box.phase is Phase.BUILDING
    assert not run.alerts or all(not isinstance(alert.body, EntriesCancelled) for alert in run.alerts)


def test_the_leg_that_was_held_up_is_not_sent_after_its_time() -> None:
    """A9: the market leg is filled in time, the limit's rate limit ends a minute later: it stays away, told once."""
    run = driven()
    first = run.open(request(("market", 98)))
    run.answer(first, Done(), Refused(Code.RATE, "wait", retry_after=62_000))
    run.know(run.fill("E1", 500, 100), run.ended("E1", 500), run.stop_is(90))
    after = [*run.later(62_000).step(), *run.later(10_000).step()]

    assert entries(first) == ["E1", "E2"]
    assert entries(after) == []
    assert told_late(run) == [("E2",)]


def test_the_leg_that_never_arrived_is_not_sent_by_the_restart() -> None:
    """A9, rel:F01: killed with both legs on their way; one was filled, the other is proven absent after its time."""
    run = driven()
    run.open(request(("market", 98)))
    again = run.restarted().later(LATE - 2_000)
    look = again.cut(fills=[again.fill("E1", 500, 100, seq=1)], size=500)
    absent(again, again.step(Known((again.ended("E1", 500), look))))
    after = [*absent(again, again.later(3_000).step()), *again.later(10_000).step()]

    assert again.box_trade.lines["E2"].state is LineState.IDLE
    assert entries(after) == []
    assert told_late(again) == [("E2",)]


def one_leg_late() -> tuple[Driven, list[Command]]:
    """A trade whose first leg leaves once more at 50 s, while the second is held until its time is over."""
    run = driven()
    first = run.open(request((99, 98)))
    run.answer(first, *(Refused(Code.RATE, "wait", retry_after=after) for after in (50_000, LATE)))
    return run, run.later(50_000).step()


def test_the_leg_in_doubt_is_not_placed_again_when_it_is_proven_absent_too_late() -> None:
    """A9, C4: nobody knew whether it had been sent when its time ended; it is told when that is known, once."""
    run, again = one_leg_late()
    run.answer(again, Unknown("timed out"))
    absent(run, run.later(9_000).step())
    run.later(2_000).step()
    assert told_late(run) == [("E2",)]
    after = [*absent(run, run.later(1_000).step()), *run.later(10_000).step()]

    assert entries(again) == ["E1"]
    assert entries(after) == []
    assert told_late(run) == [("E2",), ("E1",)]
    assert not run.machine.state.boxes


def test_the_leg_whose_refusal_comes_too_late_is_not_tried_again() -> None:
    """A9: it was on its way when its time ended; where one would try again, it is given up and told."""
    run, again = one_leg_late()
    run.later(11_001).step()
    after = [*run.answer(again, Refused(Code.BUSY, "overloaded")), *run.later(10_000).step()]

    assert entries(after) == []
    assert told_late(run) == [("E2",), ("E1",)]


def test_the_leg_that_is_refused_for_good_is_told_as_that_alone() -> None:
    """A9, B4: why it failed is what the venue said, whatever the time is by then."""
    run, again = one_leg_late()
    run.later(11_001).step()
    run.answer(again, Refused(Code.MARGIN, "not enough"))

    assert told_late(run) == [("E2",)]
    assert [alert.body.role for alert in run.alerts if isinstance(alert.body, EntryFailed)] == ["E1"]


def test_the_leg_that_was_refused_for_good_is_not_told_as_late_by_the_next_life() -> None:
    """A9, B4: a restart asks whether it had arrived after all; that it had not is no second news."""
    run = driven()
    first = run.open(request(("market", 98)))
    run.answer(first, Done(), Refused(Code.MARGIN, "not enough"))
    run.know(run.fill("E1", 500, 100), run.ended("E1", 500), run.stop_is(90))
    run.later(LATE).step()
    again = run.restarted()
    sent = again.later(1_000).step(Known((again.cut(size=500),)))
    asked = again.answer(
        sent, *(Refused(Code.GONE, "no such order") if isinstance(each, Amend) else Done() for each in sent)
    )
    absent(again, absent(again, asked) or again.later(3_000).step())
    absent(again, again.later(3_000).step())

    assert again.box.trade.lines["E2"].state is LineState.IDLE
    assert told_late(again) == []


def test_the_leg_that_nobody_wishes_for_any_more_is_not_told_as_late() -> None:
    """A9, B14: an operator closed the trade meanwhile; that is why the leg is not sent."""
    run, again = one_leg_late()
    run.later(11_001).step()
    run.step(Operate(run.box_trade.plan.trade, ActKind.CLOSE, "me"))
    run.answer(again, Refused(Code.BUSY, "overloaded"))

    assert told_late(run) == [("E2",)]


@pytest.mark.parametrize("outcome", [Refused(Code.RULES, "no"), Unknown("timed out")])
def test_no_leverage_is_asked_for_entries_whose_time_is_over(outcome: Outcome) -> None:
    """A9, B4, B13: the added leg's time ends while the leverage is asked for: not asked again, told as late alone."""
    run = driven()
    run.accept(run.open(request(("market",))))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    run.machine.state.leverage.clear()
    added = replace(request((97,), identity="r2", at=run.now), merge=Merge.KEEP, valid_for=1_000)
    asked = run.step(Open(added, replace(terms(), at=run.now), run.trade_id(added)))
    late = run.later(1_001).step()
    after = [*run.answer(asked, outcome), *run.later(60_000).step()]

    assert [type(each) for each in asked] == [SetLeverage]
    assert not any(isinstance(each, SetLeverage) for each in (*late, *after))
    assert told_late(run) == [("E2",)]
    assert not any(isinstance(alert.body, EntryFailed) for alert in run.alerts)


def test_a_merge_makes_what_was_asked_before_no_younger() -> None:
    """A9, B13: the venue holds E2 until its time is over; what is added at 50 s has a time of its own."""
    run = driven()
    first = run.open(request(("market", 98)))
    run.answer(first, Done(), Refused(Code.RATE, "wait", retry_after=LATE))
    run.know(run.fill("E1", 500, 100), run.ended("E1", 500), run.stop_is(90))
    run.later(50_000)
    added = replace(request((97,), identity="r2", at=run.now), merge=Merge.KEEP)
    merged = run.step(Open(added, replace(terms(), at=run.now), run.trade_id(added)))
    after = [*run.later(20_000).step(), *run.later(10_000).step()]

    assert (entries(merged), entries(after)) == (["E3"], [])
    assert told_late(run) == [("E2",)]


def test_what_was_cancelled_before_a_merge_is_not_told_as_late_afterwards() -> None:
    """A9, B13, B14: an operator took E2, which the venue held, and E3 away and added E4; then E2's time is over."""
    run = driven()
    first = run.open(request(("market", 98, 97)))
    run.answer(first, Done(), Refused(Code.RATE, "wait", retry_after=LATE), Done())
    run.know(run.fill("E1", 400, 100), run.ended("E1", 400), run.working("E3", 300), run.stop_is(90))
    run.step(Operate(run.box.id, ActKind.CANCEL_ENTRIES, "me"))
    added = replace(request((96,), identity="r2", at=run.now), merge=Merge.KEEP)
    run.step(Open(added, replace(terms(), at=run.now), run.trade_id(added)))
    run.know(run.ended("E3", 0, EndReason.CANCELLED))
    run.later(LATE).step()

    told = [
        (alert.body.by, len(alert.body.entries)) for alert in run.alerts if isinstance(alert.body, EntriesCancelled)
    ]
    assert told == [("operator", 2)]


def test_what_is_added_after_the_rest_expired_has_a_time_of_its_own() -> None:
    """A9, B13, B15: E2 expired after 70 s; E3, added then, is held by the venue until its request's time is over."""
    run = driven(rules=Rules(entry_ttl=70_000))
    run.answer(run.open(request(("market", 98))), Done(), Done())
    run.know(run.fill("E1", 500, 100), run.ended("E1", 500), run.working("E2", 500), run.stop_is(90))
    run.later(70_000).step()
    run.know(run.ended("E2", 0, EndReason.CANCELLED))
    added = replace(request((97,), identity="r2", at=run.now), merge=Merge.KEEP)
    merged = run.step(Open(added, replace(terms(), at=run.now), run.trade_id(added)))
    held = (Refused(Code.RATE, "wait", retry_after=LATE) if isinstance(each, Place) else Done() for each in merged)
    run.answer(merged, *held)
    after = [*run.later(LATE).step(), *run.later(10_000).step()]

    assert (entries(merged), entries(after)) == (["E3"], [])
    assert told_late(run) == [("E3",)]


def test_what_came_too_late_beside_what_a_hand_holds_is_told_once() -> None:
    """A9, A7 (seed 5007461): the user's 5 and the end of its time were heard of together; it was told for each."""
    run = driven()
    run.machine.state.leverage.clear()
    asked = run.open(request(("market",)))
    run.later(1_000).answer(asked, Refused(Code.BUSY, "the store did not accept the plan in time"))
    his = replace(run.fill("E1", 5, 100), execution="his", key=None, cause=Cause.FOREIGN)
    run.later(LATE).know(his)

    assert told_late(run) == [("E1",)]
    assert not any(isinstance(alert.body, EntryFailed) for alert in run.alerts)
