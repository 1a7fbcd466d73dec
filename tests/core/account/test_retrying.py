"""What is refused again and again: how often it is tried, what is sent instead, when it is let go (B10, C4, C8)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest

from core.account.inputs import Operate
from core.alerts import ActionFailed, CloseFailed
from core.commands import Amend, Cancel, Code, Command, Done, Outcome, Place, Query, Refused, SetStop, Unknown
from core.facts import ActKind, Cause, EndReason, PositionIs, Working
from core.identity import trade_and_role
from core.words import OrderSide
from tests.core.account.test_netting import LONG, SHORT, followed_by
from tests.core.account.test_sequences import TWO_LEGS, opened
from tests.driving import LOSSY, SLOT, Driven, driven
from tests.staging import request

TOO_SMALL = Refused(Code.RULES, "10001: the number of contracts is below the minimum allowed")


def placed(commands: Sequence[Command]) -> list[Place]:
    """The orders among commands."""
    return [each for each in commands if isinstance(each, Place)]


def closes(commands: Sequence[Command]) -> list[Place]:
    """The closing orders among commands."""
    return [each for each in placed(commands) if each.price is None and each.reduce_only]


def closing(run: Driven, kind: ActKind = ActKind.CLOSE) -> list[Command]:
    """Somebody closes the only trade."""
    return run.step(Operate(run.box.id, kind, "ann"))


def bought(*, whole: bool = True) -> Driven:
    """The usual trade at a venue that can, or can't, close all that a slot holds."""
    run = driven(capabilities=replace(LOSSY, closes_whole=whole))
    run.accept(run.open(TWO_LEGS))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    return run


def refused(run: Driven, sent: Sequence[Command], outcome: Outcome, seconds: int) -> list[int]:
    """When closing orders left, in seconds, each answered like the first, while nothing else happens."""
    began, times = run.now, [0]
    sent = run.answer(closes(sent), outcome)
    while run.now < began + seconds * 1_000:
        found = closes([*sent, *run.later(100).step()])
        if found:
            times.append((run.now - began) // 1_000)
        sent = run.answer(found, *(outcome for _ in found)) if found else []
    return times


@pytest.mark.parametrize("code", [Code.RULES, Code.QUOTA])
def test_what_is_too_small_to_close_is_closed_with_all_that_the_slot_holds(code: Code) -> None:
    """B10, rel:F30, rel:F37: under the smallest order, or off a new step, it was refused every 5 s for ever."""
    run = bought()
    first = closes(closing(run))

    run.answer(first, replace(TOO_SMALL, code=code))
    again = closes(run.later(200).step())

    assert [(each.whole, each.key) for each in (*first, *again)] == [(False, run.key("X")), (True, run.key("X"))]
    run.answer(again)
    run.know(run.fill("X", 1000, 95), run.ended("X", 1000))
    assert "close_failed" not in [alert.kind for alert in run.alerts]


@pytest.mark.parametrize(("whole", "held"), [(True, 1500), (False, 1000)])
def test_all_that_a_slot_holds_is_not_closed_where_it_is_not_ours_alone(whole: bool, held: int) -> None:
    """A6, B11: 500 of the slot are the user's; or the venue knows no such order."""
    run = bought(whole=whole)
    run.know(replace(run.stop_is(90), seq=9), PositionIs(SLOT, Decimal(held), run.now, 9))

    run.answer(closes(closing(run)), TOO_SMALL)

    assert [each.whole for each in closes(run.later(200).step())] == [False]


def test_all_that_a_slot_holds_is_not_closed_where_a_later_trade_waits_to_enter() -> None:
    """B10, A6: its entry filled on the way was closed with a late fill's dust; its ledger held it for ever."""
    run = driven(capabilities=replace(LOSSY, closes_whole=True))
    run.accept(run.open(request((98,))))
    late = run.fill("E1", 300, 98)
    run.know(run.ended("E1", 0, EndReason.CANCELLED))
    run.accept(run.open(LONG))

    run.answer(closes(run.know(late)), TOO_SMALL)

    assert [each.whole for each in closes(run.later(200).step())] == [False]


def test_a_busy_venue_is_asked_for_the_same_again() -> None:
    """B10: what was refused for now says nothing of its size."""
    run = bought()

    run.answer(closes(closing(run)), Refused(Code.BUSY, "too busy"))

    assert [each.whole for each in closes(run.later(200).step())] == [False]


def test_a_close_that_is_refused_for_long_is_tried_ever_more_rarely() -> None:
    """C4, B10: every 5 s for ever, 17,000 orders a day; told once, and never further apart than a minute."""
    run = bought(whole=False)

    times = refused(run, closing(run), TOO_SMALL, 3_600)

    gaps = [later - sooner for sooner, later in pairwise(times)]
    assert max(gaps[:8]) <= 6
    assert 59 <= max(gaps) <= 61
    assert len(times) < 100
    assert [type(alert.body) for alert in run.alerts].count(CloseFailed) == 1


def test_a_stop_that_is_refused_for_long_is_tried_as_often_as_ever() -> None:
    """B4: what it protects is open: looks that try it once more come every 5 s, however long it lasts."""
    run = driven()
    run.accept(run.open(request(("market",))))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    targets = [run.working(role, 850 if role == "TP1" else 50) for role in ("TP1", "TP2", "TP3", "TP4")]
    sent, times = run.step(Operate(run.box.id, ActKind.MOVE_STOP, "ann", Decimal(100), price=Decimal(95))), []
    for _ in range(1_200):
        stops = [each for each in sent if isinstance(each, SetStop)]
        times += [run.now for _ in stops]
        sent = run.answer(stops, *(Refused(Code.RULES, "no") for _ in stops)) if stops else []
        looks = run.last.cut is not None
        sent = [*sent, *run.later(1_000).know(*([run.cut(orders=targets, size=1000)] if looks else []))]

    assert max(later - sooner for sooner, later in pairwise(times)) <= 6_000
    assert times[-1] > run.now - 6_000


def works(run: Driven, key: str) -> Working:
    """An order of the usual trade, open as it was placed."""
    role = trade_and_role(key)[1]
    return run.working(role, {"E2": 1000, "TP1": 850}.get(role, 50))


@pytest.mark.parametrize("code", [Code.GONE, Code.BELOW_FILLED])
@pytest.mark.parametrize("kind", [Amend, Cancel])
def test_what_is_said_not_to_be_open_and_is_shown_open_is_tried_ever_more_rarely(kind: type, code: Code) -> None:
    """C1, C4, rel:F06: each answer to the question tried it anew at once: 480 requests a second, for as long."""
    run, asked = opened(), Counter[str]()
    sent = run.know(run.fill("E2", 500, 98)) if kind is Amend else closing(run)
    for _ in range(600):
        refused = [each for each in sent if isinstance(each, Amend | Cancel) and isinstance(each, kind)]
        questions = [each for each in sent if isinstance(each, Query)]
        asked.update(each.key for each in refused)
        shown = [Done((works(run, each.key),)) for each in questions]
        sent = run.answer([*refused, *questions], *(Refused(code, "110001") for _ in refused), *shown)
        sent = [*sent, *run.later(100).step()]

    assert asked.keys() >= {run.key("TP1")}
    assert set(asked.values()) <= {4, 5}
    assert [type(alert.body) for alert in run.alerts].count(ActionFailed) == len(asked)


def test_a_target_that_was_gone_is_put_back_at_once() -> None:
    """C1, C3, A11: "not open" was true: a hand had taken it away while it was amended."""
    run = opened()
    amends = run.know(run.fill("E2", 500, 98))
    run.answer(amends, Refused(Code.GONE, "110001"), *(Done() for _ in amends[1:]))

    sent = run.know(run.ended("TP1", 0, EndReason.CANCELLED))

    assert [each.key for each in placed(sent)] == [run.key("TP1", 1)]


@pytest.mark.parametrize("code", [Code.QUOTA, Code.FLAT])
def test_a_target_that_finds_no_room_for_long_asks_for_looks_ever_more_rarely(code: Code) -> None:
    """C4, B7: an order of the user's own had the room: each refusal asked for a look, and that tried it once more."""
    run = driven()
    run.accept(run.open(request(("market",))))
    sent, looks = run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)), []
    for _ in range(1_200):
        sent = run.answer(sent, *(Refused(code, "no room") for _ in sent)) if sent else []
        sent = [*sent, *run.later(1_000).step()]
        if run.last.cut is not None:
            looks.append(run.now)
            sent = [*sent, *run.know(run.cut(size=1000))]

    assert looks[-1] - looks[-2] >= 59_000
    assert len(looks) < 60


def test_what_looks_show_to_work_was_refused_for_no_longer() -> None:
    """C4, C3: twice busy, then unknown and shown by a look: a day later one refusal was told as the fourth."""
    run = opened()
    sent = placed(run.know(run.ended("TP2", 0, EndReason.REJECTED)))
    run.box.backoffs.clear()
    for wait in (200, 1_000):
        run.answer(sent, Refused(Code.BUSY, "busy"))
        sent = placed(run.later(wait).step())
    run.answer(sent, Unknown("timed out"))
    run.know(run.working("TP2", 50, revision=1))

    assert "TP2" not in run.box.backoffs
    for _ in range(2):
        amends = [each for each in run.know(run.fill("E2", 100, 98)) if isinstance(each, Amend)]
        run.answer(amends, *(Refused(Code.BUSY, "busy") for _ in amends))
    assert not [alert for alert in run.alerts if isinstance(alert.body, ActionFailed)]


@pytest.mark.parametrize("later", [SHORT, LONG])
@pytest.mark.parametrize("seq", [6, -1])
def test_a_late_fill_that_looks_show_to_be_gone_is_closed_no_more(later: object, seq: int) -> None:
    """B10, C8: what closed it is never listed, and a later trade waits in the slot: "position is zero" for ever."""
    run, late = followed_by(later)  # type: ignore[arg-type]
    sent = closes(run.know(late))
    waits = replace(run.working("E1", 1000), key=run.machine.state.owners[SLOT].trade.lines["E1"].key)
    run.answer(sent, Refused(Code.FLAT, "current position is zero"))
    for _ in range(2):
        flat = PositionIs(SLOT, Decimal(0), run.later(3_000).now, seq)
        sent = closes(run.know(replace(run.cut(fills=[late], orders=[waits]), positions=(flat,), stops=())))
        if sent:
            run.answer(sent, Refused(Code.FLAT, "current position is zero"))

    assert [int(report.position) for report in run.last.closed] == [0]
    assert run.machine.state.slots[SLOT].size == 0
    assert closes(run.later(60_000).step()) == []
    assert {int(box.trade.ledger.position) for box in run.restarted().machine.state.boxes.values()} == {0}


@pytest.mark.parametrize("cause", [Cause.FOREIGN, Cause.STOP])
@pytest.mark.parametrize("seq", [7, -1])
def test_what_took_a_late_fill_and_is_listed_after_all_is_not_the_later_trades(cause: Cause, seq: int) -> None:
    """B10, C8: its entry met what was booked as an opposite position: 300 of its 1,000 were no more its own."""
    run, late = followed_by(LONG)
    sent, owner = closes(run.know(late)), run.machine.state.owners[SLOT]
    waits = replace(run.working("E1", 1000), key=owner.trade.lines["E1"].key)
    for _ in range(3):
        run.answer(sent, *(Refused(Code.FLAT, "current position is zero") for _ in sent))
        flat = PositionIs(SLOT, Decimal(0), run.later(3_000).now, seq)
        sent = closes(run.know(replace(run.cut(fills=[late], orders=[waits]), positions=(flat,), stops=())))
    assert not sent
    took = replace(late, execution="took", key=None, side=OrderSide.SELL, cause=cause, at=late.at + 1_000, seq=7)

    run.know(took)
    run.know(replace(late, execution="o1", key=waits.key, quantity=Decimal(1000), at=run.now, seq=9))

    assert [int(each) for each in (owner.trade.ledger.position, owner.trade.ledger.foreign)] == [1000, 0]
    again = run.restarted().machine.state.boxes[owner.id].trade.ledger
    assert [int(each) for each in (again.position, again.foreign)] == [1000, 0]


def test_looks_that_may_be_older_than_a_late_fill_prove_nothing_of_it() -> None:
    """rel:F20, C8: the list leaves the flat slot out, and doesn't show the execution either."""
    run, late = followed_by(LONG)
    run.answer(closes(run.know(late)), Refused(Code.BUSY, "busy"))
    for _ in range(3):
        flat = PositionIs(SLOT, Decimal(0), run.later(3_000).now, -1)
        sent = closes(run.know(replace(run.cut(), positions=(flat,), stops=())))
        run.answer(sent, *(Refused(Code.BUSY, "busy") for _ in sent))

    assert sorted(int(box.trade.ledger.position) for box in run.machine.state.boxes.values()) == [0, 300]


def test_a_late_fill_of_its_own_slot_that_looks_show_to_be_gone_is_closed_no_more() -> None:
    """B10, C8: nobody else has the slot."""
    run = bought()
    run.answer(closing(run))
    gone = [run.ended(role, 0, EndReason.CANCELLED) for role in ("E2", "TP1", "TP2", "TP3", "TP4")]
    run.know(*gone, run.fill("X", 1000, 95), run.ended("X", 1000))
    sent = closes(run.know(late := run.fill("E2", 300, 98)))
    for _ in range(2):
        run.answer(sent, *(Refused(Code.FLAT, "current position is zero") for _ in sent))
        sent = closes(run.later(6_000).know(replace(run.cut(fills=[late]), stops=())))

    assert not run.machine.state.boxes


def test_a_trade_goes_on_closing_after_its_1296th_order() -> None:
    """B10, C2: ids of two digits ran out after 1,296 closing orders that found no taker, and nothing was sent again."""
    run = bought()
    run.answer(closing(run))
    sent: list[Place] = []
    for number in range(1_300):
        run.know(run.ended("X", 0, EndReason.CANCELLED, revision=number))
        sent = closes(run.later(60_000).step())
        run.answer(sent)

    assert [each.key for each in sent] == [run.key("X", 1_300)]
