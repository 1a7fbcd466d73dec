"""A request lives for a minute: what hasn't been sent by then never is, whatever held it up (A9)."""

from dataclasses import replace

from core.account.inputs import Known
from core.alerts import EntriesCancelled, PositionClosed
from core.commands import Place, SetLeverage
from core.desired import Phase
from tests.driving import Driven, driven
from tests.staging import request

LATE = 61_000


def killed_before_the_entries(**given: object) -> Driven:
    """A trade whose plan is durable and whose leverage was never answered."""
    began = driven()
    began.machine.state.leverage.clear()
    began.open(replace(request(("market", 98)), **given))  # type: ignore[arg-type]
    began.journal = [entry for entry in began.journal if entry.trade is not None][:1]
    return began


def test_entries_are_not_sent_when_their_time_is_over_at_the_restart() -> None:
    """A9: dead for a minute between the plan and its entries: nobody buys at the price of now; told once."""
    again = killed_before_the_entries().restarted().later(LATE)
    commands = again.step(Known((again.cut(),)))
    again.later(1).step(Known((again.cut(),)))

    assert not any(isinstance(each, Place) for each in (*commands, *again.sent))
    assert [type(alert.body) for alert in again.alerts if isinstance(alert.body, EntriesCancelled | PositionClosed)]
    assert not again.machine.state.boxes


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
