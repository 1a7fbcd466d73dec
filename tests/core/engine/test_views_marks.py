"""What is shown of a live trade's orders."""

from core.account.inputs import Operate
from core.commands import Code, Done, Refused
from core.engine import views
from core.facts import ActKind
from core.potential import potential
from core.view import Mark, TradeStatus
from tests.driving import driven
from tests.staging import SYMBOL, Stage, number, request, stage


def shown(at: Stage) -> TradeStatus:
    """Main's only trade as it is shown."""
    prices = {SYMBOL: at.world.mover.tracks[SYMBOL].price}
    return views.trades({"main": at.run.machines["main"].state}, prices)[0]


def test_an_entry_that_tp1_cancelled_is_not_shown_as_working() -> None:
    """B7, E4: after TP1 the resting limit is gone; shown as working, somebody would wait for it."""
    here = stage()
    here.open(request(("market", 95)))
    before = shown(here)
    here.go(111)

    assert [each.mark for each in before.entries] == [Mark.FILLED, Mark.WORKING]
    assert [each.mark for each in shown(here).entries] == [Mark.FILLED, Mark.CANCELLED]


def test_an_entry_that_was_not_sent_in_time_is_not_shown_as_waiting() -> None:
    """A9, E4: it never comes; shown as waiting, somebody would count on it."""
    run = driven()
    sent = run.open(request(("market", 95)))
    run.answer(sent, Done(), Refused(Code.RATE, "wait", retry_after=70_000))
    waits = views.trades({"main": run.machine.state}, {})[0]
    run.later(70_000).step()

    assert waits.entries[1].mark is Mark.WAITING
    assert views.trades({"main": run.machine.state}, {})[0].entries[1].mark is Mark.CANCELLED


def test_an_entry_that_was_refused_for_good_is_shown_as_failed() -> None:
    """B4, E4: the venue took none of it, and it is not tried again: nobody cancelled it."""
    run = driven()
    run.answer(run.open(request(("market", 95))), Done(), Refused(Code.RULES, "too small"))

    assert views.trades({"main": run.machine.state}, {})[0].entries[1].mark is Mark.FAILED


def test_targets_show_their_shares_and_wait_until_something_is_filled() -> None:
    """B4, B5: with nothing filled there is no order to take profit with."""
    here = stage()
    here.open(request((95,)))
    waiting = shown(here)
    here.go(95)
    first = shown(here).targets[0]

    assert {each.mark for each in waiting.targets} == {Mark.WAITING}
    assert (first.share, first.mark) == (number(85), Mark.WORKING)


def test_an_account_shows_what_its_trades_would_still_bring() -> None:
    """E4: 1,000 at 100 with the stop at 90 would lose 10,000 at the stop."""
    here = stage()
    here.open(request())
    account = views.accounts({"main": here.run.machines["main"].state}, {SYMBOL: number(100)})[0]

    assert account.potential is not None
    assert account.potential.stops == number(-10_000)


def test_each_entry_shows_what_it_cost_itself() -> None:
    """E4: the first leg filled at 100, the second at 95; the average of the whole is neither's."""
    here = stage()
    here.open(request(("market", 95)))
    here.go(95)
    entries = shown(here).entries

    assert [each.average for each in entries] == [number(100), number(95)]


def test_what_an_operator_closed_is_no_take_profits_any_more() -> None:
    """B14, E4: of 1,000 half is closed by hand: the take-profits shown are those that work, and so is their reward."""
    here = stage()
    here.open(request())
    trade = here.box().id
    here.run.operate("main", Operate(trade, ActKind.REDUCE, "test", quantity=number(500)))
    here.go(100)
    status = shown(here)

    assert [each.total for each in status.targets] == [number(425), number(25), number(25), number(25)]
    assert here.targets() == ["425", "25", "25", "25"]
    assert potential([status]).targets == number(425 * 10 + 25 * 20 + 25 * 30 + 25 * 40)


def test_what_a_position_makes_is_unknown_without_its_price() -> None:
    """E4: unknown is a dash, never zero; an account that holds nothing makes nothing."""
    here = stage()
    states = {"main": here.run.machines["main"].state}
    idle = views.accounts(states, {})[0].open_pnl
    here.open(request())

    assert idle == number(0)
    assert views.accounts(states, {})[0].open_pnl is None
