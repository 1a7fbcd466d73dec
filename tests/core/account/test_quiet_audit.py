"""An audit page that shows what is known: nothing is written, sent or decided, and what was refused is tried again."""

from dataclasses import replace

from core.account.timers import cut_at
from core.commands import Amend, Code, Refused
from core.facts import Cut
from tests.core.account.test_sequences import opened
from tests.driving import Driven


def page(run: Driven) -> Cut:
    """All that works, as one page among others, a minute later."""
    orders = [run.working(role, quantity) for role, quantity in (("TP1", 850), ("TP2", 50), ("TP3", 50), ("TP4", 50))]
    run.later(60_000).step()
    return replace(run.cut(orders=orders, size=1000), full=False)


def test_what_is_known_already_is_neither_written_nor_decided_again() -> None:
    """C7: a look a minute at thousands of orders would fill the journal that every start reads, and take its time."""
    run = opened()
    known = page(run)
    run.know(known)
    decided = run.box.desired

    run.later(60_000).step()
    sent = run.know(replace(known, asked=run.now, at=run.now))

    assert (sent, run.last.first, run.last.behind) == ([], [], [])
    assert run.box.desired is decided


def test_a_full_look_lets_every_trade_decide() -> None:
    """C7, C8: the hourly one, so that nothing that went wrong in here outlasts it."""
    run = opened()
    known = page(run)
    run.know(known)
    decided = run.box.desired

    run.know(replace(known, full=True))

    assert run.box.desired is not decided


def test_what_was_blocked_is_tried_again_at_the_next_page() -> None:
    """C4: three refusals block a change; a page that shows nothing new is reason enough for one more try."""
    run = opened()
    amends = run.know(run.fill("E2", 1000, 98), run.ended("E2", 1000), run.stop_is(90))
    for wait in (200, 1_000, 5_000, 0):
        refused = [Refused(Code.BUSY, "not now") for _ in amends]
        amends = [*run.answer(amends, *refused), *run.later(wait).step()]
    assert amends == []

    run.later(60_000).step()
    run.machine.state.troubles.clear()  # an unwell account lets every trade decide anyway

    again = run.know(replace(run.cut(size=2000), full=False))

    assert [type(each) for each in again] == [Amend] * 4


def test_a_look_that_is_due_while_another_is_under_way_wakes_nobody_at_once() -> None:
    """Seed 30087840034: the machine stepped at one and the same moment for ever, and so would have the service."""
    run = opened()
    state = run.machine.state
    cut_at(state, state.now)
    run.step()
    asked, state.out.wake = state.cuts.asked, None
    cut_at(state, state.now)
    woken = state.out.wake
    run.later(10).know(replace(run.cut(size=1000), asked=run.now))

    assert (asked, woken) == (run.now - 10, None)
    assert state.cuts.asked == run.now, "asked for as soon as the first is there"
