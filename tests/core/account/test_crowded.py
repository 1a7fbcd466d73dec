"""What never left, since too much of ours waited for the venue's limit, was no try (C4, rel:F04)."""

from collections.abc import Sequence

from core.account.breaker import MOST
from core.alerts import ActionFailed
from core.commands import Code, Command, Place, Refused
from tests.driving import Driven, driven
from tests.staging import request

CROWDED = Refused(Code.CROWDED, "not sent: too many requests wait", retry_after=300)


def crowd_out(run: Driven, commands: Sequence[Command], times: int) -> list[Command]:
    """Every request of ours comes back unsent so many times; what is asked for next."""
    for _ in range(times):
        assert commands
        run.answer(commands, *(CROWDED for _ in commands))
        commands = run.later(1_000).step()
    return list(commands)


def failed(run: Driven) -> list[ActionFailed]:
    """What was told to have failed."""
    return [alert.body for alert in run.alerts if isinstance(alert.body, ActionFailed)]


def test_entries_that_wait_for_their_turn_are_never_blocked() -> None:
    """C4: with 100 trades opened at once they were, three times unsent, and told as failed 236 times."""
    run = driven()
    again = crowd_out(run, run.open(request(("market", 98, 96))), 10)

    assert [type(each) for each in again] == [Place, Place, Place]
    assert failed(run) == []


def test_what_waits_says_nothing_of_the_venue() -> None:
    """C9: the circuit breaker counts calls that failed, and these were none."""
    run = driven()
    crowd_out(run, run.open(request()), MOST + 2)

    assert run.machine.state.troubles == {}


def test_targets_that_wait_for_a_minute_are_told_once() -> None:
    """C4, E4: somebody with a position and no take-profit hears of it, and of nothing else."""
    run = driven()
    run.accept(run.open(request()))
    targets = run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90))
    crowd_out(run, targets, 70)

    assert sorted(each.action for each in failed(run)) == ["place TP1", "place TP2", "place TP3", "place TP4"]
    assert "waits for its turn" in failed(run)[0].what_now


def test_what_waited_for_its_turn_and_is_refused_then_is_told_as_that() -> None:
    """C4, C9: people had read that it waits for its turn: nobody heard that it was blocked, and entries went on."""
    run = driven()
    run.accept(run.open(request()))
    targets = run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90))
    again = crowd_out(run, targets, 70)
    for _ in range(4):
        run.answer(again, *(Refused(Code.BUSY, "the venue is busy") for _ in again))
        again = run.later(6_000).step()

    assert [each.action for each in failed(run)][4:] == ["place TP1", "place TP2", "place TP3", "place TP4"]
    assert "orders" in run.machine.state.troubles
