"""Orders in doubt: what absence proves, of which order, and when (C4, rel:F21)."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from core.account.inputs import Operate, TakeOut
from core.alerts import ActionFailed, TargetsRebalanced
from core.commands import Amend, Cancel, Code, Command, Done, Outcome, Place, Query, Refused, Unknown
from core.facts import ActKind, Cut, EndReason
from tests.core.account.test_sequences import TWO_LEGS, opened
from tests.driving import LOSSY, SLOT, Driven, driven
from tests.staging import request

LOST = Unknown("timed out")


def answered(run: Driven, commands: Sequence[Command], role: str, outcome: Outcome) -> list[Command]:
    """All are taken but the one of *role*."""
    return run.answer(commands, *(outcome if key_of(each).split("-")[3:4] == [role] else Done() for each in commands))


def key_of(command: Command) -> str:
    """The order that a command is about."""
    return command.key if isinstance(command, Place | Amend | Cancel | Query) else ""


def absent(run: Driven, *pauses: int) -> list[Command]:
    """Let time pass; the venue knows nothing of what it is asked for. What is sent after the last answer."""
    sent: list[Command] = []
    for pause in pauses:
        sent = run.answer([each for each in run.later(pause).step() if isinstance(each, Query)])
    return sent


def after_a_part() -> tuple[Driven, list[Command]]:
    """TP1 was ended by the venue with 400 of its 850 executed: its second revision leaves for the 450."""
    run = opened()
    return run, run.know(run.fill("TP1", 400, 110), run.ended("TP1", 400, EndReason.VENUE))


def placed(commands: Sequence[Command]) -> list[tuple[str, Decimal]]:
    """What is placed, by key."""
    return [(each.key, each.quantity) for each in commands if isinstance(each, Place)]


def test_a_second_look_that_comes_early_proves_nothing() -> None:
    """C4: absent at 2 s, and at 3 s, since a look at all orders missed it too: the proof is due at 5 s, not before."""
    run = driven()
    answered(run, run.open(TWO_LEGS), "E2", LOST)
    absent(run, 2_000)
    asked = run.later(1_000).know(replace(run.cut(), orders=()))
    early = run.answer([each for each in asked if key_of(each) == run.key("E2")])

    assert (placed(early), run.last.wake) == ([], run.now + 2_000)
    assert placed(absent(run, 1_999)) == []
    assert placed(absent(run, 1)) == [(run.key("E2"), Decimal(1000))]


def test_one_look_is_proof_where_the_stream_loses_nothing() -> None:
    """DESIGN 4: what it did not show did not happen: the same key is sent again at once."""
    run = driven(capabilities=replace(LOSSY, lossless_stream=True))
    sent = answered(run, run.open(TWO_LEGS), "E2", Refused(Code.DUPLICATE, "exists"))

    again = run.answer([each for each in sent if isinstance(each, Query)])

    assert placed(again) == [(run.key("E2"), Decimal(1000))]


@pytest.mark.parametrize("key", ["their-tp", "t1-main-0123456789-TP1-00"])
def test_an_order_without_a_trade_that_is_proven_absent_is_forgotten(key: str) -> None:
    """C7, A6: a stranger's, or an orphan's, whose cancel got no answer: gone is gone, and nothing is sent for it."""
    run = opened()
    orphan = replace(run.working("TP1", 1), key=key)
    cancel = run.step(TakeOut(((key, SLOT),), "me")) if key == "their-tp" else run.know(orphan)
    run.answer(cancel, LOST)

    assert absent(run, 2_000, 3_000) == []
    assert absent(run, 5_000, 5_000) == []
    assert key not in run.machine.state.busy


def test_a_later_revision_that_never_arrived_keeps_its_key() -> None:
    """C2, C4: what the first one executed is no sign of life of the second: TP1-01 is sent again for its 450."""
    run, sent = after_a_part()
    answered(run, sent, "TP1", LOST)

    assert placed(absent(run, 2_000, 3_000)) == [(run.key("TP1", 1), Decimal(450))]


def test_a_later_revision_that_is_gone_executed_only_its_own() -> None:
    """C1, B5: TP1-01 was shown, executed 50, and isn't found any more: of its new 1,700, 1,250 are left to place."""
    run, sent = after_a_part()
    run.accept(sent)
    amends = run.know(run.fill("E2", 1000, 98), run.ended("E2", 1000), run.fill("TP1", 50, 110, revision=1))
    asked = answered(run, amends, "TP1", Refused(Code.GONE, "110001"))
    run.answer([each for each in asked if isinstance(each, Query)])

    assert placed(absent(run, 2_000, 3_000)) == [(run.key("TP1", 2), Decimal(1250))]
    assert run.box_trade.lines["TP1"].dead == 450


@pytest.mark.parametrize("role", ["TP1", "E2"])
def test_what_the_venue_calls_a_duplicate_and_shows_nowhere_is_told(role: str) -> None:
    """C4, rel:F07, rel:F21: sent under its key every five seconds for ever, never working, and nobody knew."""
    run = driven()
    sent = run.open(TWO_LEGS)
    if role == "TP1":
        run.accept(sent)
        sent = run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90))
    for _ in range(60):
        duplicate = {run.key(role): Refused(Code.DUPLICATE, "110072")}
        outcomes = [duplicate.get(each.key, Done()) if isinstance(each, Place) else Done() for each in sent]
        sent = run.answer(sent, *outcomes) if sent else run.later(1_000).step()
    tries = [key for key, _ in placed(run.sent) if key == run.key(role)]
    told = [alert.body for alert in run.alerts if isinstance(alert.body, ActionFailed)]

    assert [(body.action, "110072" in body.reason) for body in told] == [(f"place {role}", True)]
    assert 3 <= len(tries) <= 6
    assert run.key(role, 1) not in [key for key, _ in placed(run.sent)]


def shown_by(run: Driven) -> Cut:
    """All works that should, but for TP2, of which the venue shows nothing."""
    shown = [run.working("E2", 1000), *(run.working(role, size) for role, size in (("TP1", 850), ("TP3", 50)))]
    return replace(run.cut(orders=[*shown, run.working("TP4", 50)], size=1000), stops=(run.stop_is(90),))


def killed_before_it_was_shown(hours: int) -> tuple[Driven, list[Command]]:
    """TP2 had left when the process died. It is started so long after that, and looks; what is sent then."""
    run = driven()
    run.accept(run.open(TWO_LEGS))
    run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90))
    again = run.later(hours * 3_600_000).restarted()
    again.step()
    again.answer(again.know(shown_by(again)))
    return again, absent(again, 3_000)


@pytest.mark.parametrize(("hours", "revision"), [(23, 0), (25, 1)])
def test_what_was_sent_a_day_ago_and_is_shown_nowhere_needs_a_new_key(hours: int, revision: int) -> None:
    """C2, C4, rel:F01: it was taken, and cancelled in the app; Bybit shows that for a day, and took the key no more.

    A part of the position had no take-profit, for ever.
    """
    run, sent = killed_before_it_was_shown(hours)

    assert placed(sent) == [(run.key("TP2", revision), Decimal(50))]


def test_a_change_that_is_tried_again_is_told_as_failed_once() -> None:
    """C5: while it was on its way it counted as done, so people heard every ten seconds that it had failed."""
    run, sent = killed_before_it_was_shown(1)
    for _ in range(100):
        no = [Refused(Code.DUPLICATE, "110072") if isinstance(each, Place) else Done() for each in sent]
        sent = run.answer(sent, *no) if sent else run.later(1_000).step()
        while run.machine.state.cuts.asked is not None:
            sent = [*sent, *run.know(shown_by(run))]
    tries = [key for key, _ in placed(run.sent) if key == run.key("TP2")]

    assert len(tries) > 5
    assert len([alert for alert in run.alerts if isinstance(alert.body, TargetsRebalanced)]) == 1


def test_a_trade_that_waits_for_a_doubt_alone_ends_with_it() -> None:
    """C4, C8 (seed 9731869079): what was absent for good told nobody so: it stayed closing, and kept its slot."""
    run = driven()
    run.accept(run.open(request((99,))))
    run.know(run.working("E1", 1000))
    cancel = run.step(Operate(run.box.id, ActKind.CANCEL_ENTRIES, "me"))
    run.know(run.ended("E1", 0, EndReason.CANCELLED))
    asked = run.answer(cancel, Unknown("no answer"))
    for _ in range(3):
        run.answer([each for each in asked if isinstance(each, Query)])
        asked = run.later(4_000).step()

    assert not run.machine.state.boxes
