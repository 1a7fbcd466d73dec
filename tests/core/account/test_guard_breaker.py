"""The circuit breaker (C9, rel:F04, rel:I12): five failures in a row hold entries, never an exit, and it is told."""

from dataclasses import replace

import pytest

from core.account.breaker import BREAKER, MOST, OPEN_FOR
from core.account.inputs import Answered, CutFailed
from core.commands import Amend, Cancel, Code, Done, Outcome, Place, Query, Refused, Unknown
from core.words import Slot
from tests.core.account.test_guard_streams import well
from tests.core.account.test_sequences import TWO_LEGS, opened
from tests.driving import Driven, driven

LOST = Unknown("timed out")
FULL = Refused(Code.RATE, "10006: too many visits", 500)
EXPIRED = Refused(Code.DENIED, "33004: your api key has expired")
NO = Refused(Code.GONE, "110001: not open")


def asks(run: Driven, *outcomes: Outcome) -> None:
    """Calls about an order that nobody knows, answered one by one."""
    for outcome in outcomes:
        run.step(Answered((Query("somebody's", Slot("TESTUSDT", 0)),), (outcome,)))


def told(run: Driven) -> list[str]:
    """The alerts about the account, in order."""
    return [alert.kind for alert in run.alerts if alert.kind.startswith("account_")]


@pytest.mark.parametrize("failure", [LOST, FULL, EXPIRED])
def test_five_failures_in_a_row_hold_entries(failure: Outcome) -> None:
    """C9, rel:F04, rel:F41, rel:I12: the fifth opens it and is told; requests are refused; a success closes it."""
    run = driven()
    asks(run, *[failure] * (MOST - 1))
    assert told(run) == []
    asks(run, failure)
    assert run.open(TWO_LEGS) == []
    refusal = run.last.replies[0].refusal
    assert refusal is not None
    assert BREAKER in refusal.reasons[0]
    asks(run, Done())

    assert told(run) == ["account_degraded", "account_restored"]
    assert run.open(replace(TWO_LEGS, id="r2")) != []


def test_an_answer_in_between_starts_the_count_anew() -> None:
    """C9: a refusal is an answer: the venue is there, and four failures before it count for nothing."""
    run = driven()
    asks(run, *[LOST] * (MOST - 1), NO, *[LOST] * (MOST - 1))

    assert run.machine.state.troubles == {}


def test_a_batch_that_was_answered_in_part_is_answered() -> None:
    """C9, rel:F13b: each item has its own outcome; one that was taken says that the venue is there."""
    run = driven()
    query = Query("somebody's", Slot("TESTUSDT", 0))
    for _ in range(MOST * 2):
        run.step(Answered((query, query), (LOST, Done())))

    assert run.machine.state.troubles == {}


def test_a_mirror_that_waited_for_it_is_asked_again() -> None:
    """C9, A9: a request that came while it was open joins when it closes, within its time."""
    run = driven("mirror", follows="main")
    asks(run, *[LOST] * MOST)
    run.open(TWO_LEGS, leader="main", until=run.now + 30_000)
    asks(run, Done())

    assert run.last.reopen == [run.trade_id(TWO_LEGS)]


def test_failed_looks_count_too() -> None:
    """C9: cuts are calls as well, and a cut that succeeds closes it."""
    run = well(opened())
    for _ in range(MOST):
        run.step(CutFailed("timed out"))
    assert BREAKER in run.machine.state.troubles
    run.know(run.cut(size=1000))

    assert BREAKER not in run.machine.state.troubles


def test_it_closes_after_a_minute_and_opens_at_the_next_failure() -> None:
    """C9: a minute later entries may try; one failure opens it again; one alarm and one all-clear in all."""
    run = driven()
    asks(run, *[LOST] * MOST)
    run.later(OPEN_FOR - 1).step()
    assert BREAKER in run.machine.state.troubles
    run.later(1).step()
    assert run.machine.state.troubles == {}
    asks(run, LOST)
    assert BREAKER in run.machine.state.troubles
    asks(run, Done())

    assert told(run) == ["account_degraded", "account_restored"]


def test_exits_pass_an_open_breaker() -> None:
    """C9, rel:F25: a limit fills while it is open: the targets are resized and the entry is cancelled on demand."""
    run = well(opened())
    asks(run, *[LOST] * MOST)
    resized = run.know(run.fill("E2", 500, 98))
    run.answer(resized)
    hit = run.know(*(run.working(role, 1275 if role == "TP1" else 75) for role in ("TP1", "TP2", "TP3", "TP4")),
                   run.fill("TP1", 1275, 110), run.ended("TP1", 1275))  # fmt: skip

    assert {type(each) for each in resized} == {Amend}
    assert Cancel in {type(each) for each in hit}
    assert not any(isinstance(each, Place) and not each.reduce_only for each in (*resized, *hit))
