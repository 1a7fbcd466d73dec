"""Breakeven asked on a leader: each mirror's own price, never the leader's (A4, B9, B14)."""

from decimal import Decimal

from core.account.inputs import LeaderIs, Operate
from core.commands import SetStop
from core.desired import Phase
from core.facts import TO_BREAKEVEN, Act, ActKind
from tests.core.account.test_sequences import opened
from tests.driving import Driven, driven
from tests.staging import request


def mirror(average: int) -> Driven:
    """A mirror that holds 1,000 bought at *average*, its stop at 90."""
    run = driven("mirror", follows="main")
    run.accept(run.open(request(("market",)), leader="main"))
    run.accept(run.know(run.fill("E1", 1000, average), run.ended("E1", 1000), run.stop_is(90)))
    return run


def heard(run: Driven, price: Decimal | None, seq: int = 1) -> list[Decimal | None]:
    """The stops that leave as its leader's is told to have moved there, None for breakeven; they are set."""
    word = LeaderIs(run.box.id, "main", Phase.MONITORING, False, "", (price, seq), Decimal(1000), run.now)
    sent = [each for each in run.step(word) if isinstance(each, SetStop)]
    run.answer(sent)
    run.know(*(run.stop_is(each.price) for each in sent))
    return [each.price for each in sent]


def test_a_leader_tells_no_price_that_is_its_own() -> None:
    """B9: another account's average is another: there it may be a loss."""
    run = opened()
    move = Operate(run.box.id, ActKind.MOVE_STOP, "me", price=Decimal("100.2"), reason=TO_BREAKEVEN)

    run.step(move)

    assert [word.moved for word in run.last.leads] == [(None, 1)]


def test_a_mirror_takes_its_own_price() -> None:
    """A4, B9: bought at 102 while its leader paid 100: at the leader's breakeven it would have lost."""
    (price,) = heard(mirror(102), None)

    assert price is not None
    assert price > 102


def test_a_better_stop_stays() -> None:
    """B9: never worse than the stop in force."""
    run = mirror(95)
    run.accept(heard_stop(run, Decimal(97)))

    assert heard(run, None) == []


def heard_stop(run: Driven, price: Decimal) -> list[SetStop]:
    """The mirror's own operator moves its stop, and the venue shows it."""
    sent = run.step(Operate(run.box.id, ActKind.MOVE_STOP, "me", price=price))
    run.know(run.stop_is(price))
    return [each for each in sent if isinstance(each, SetStop)]


def test_told_again_after_a_restart_it_moves_nothing_back() -> None:
    """A4: what was done for the leader's word is kept; since then the mirror's stop was moved on its own."""
    run = mirror(95)
    heard(run, None)
    heard_stop(run, Decimal(91))
    again = run.restarted().later(1_000)

    heard(again, None)

    acts = [fact for _, _, fact in again.box.history if isinstance(fact, Act)]
    assert [(act.by, act.reason) for act in acts] == [("main", TO_BREAKEVEN), ("me", "manual")]


def test_the_next_plain_move_is_copied() -> None:
    """A4: as a price, as ever."""
    run = mirror(95)
    heard(run, None)

    assert heard(run, Decimal(96), 2) == [96]


def test_a_leaders_move_never_loosens_what_the_mirrors_own_hits_gave() -> None:
    """A4, B15: its TP1 was hit, its leader's not yet: from breakeven it went back to the leader's 92, a loss."""
    run = mirror(95)
    run.accept(run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850)))
    assert run.box.last_stop is not None
    breakeven = run.box.last_stop[0]
    run.know(run.stop_is(breakeven))

    assert heard(run, Decimal(92)) == []
    assert run.box.last_stop[0] == breakeven > 95
    assert heard(run, Decimal(97), 2) == [97]


def test_a_mirrors_stop_that_was_left_alone_comes_back_as_its_leaders_is_moved() -> None:
    """A11, A4: taken away in the app four times; then somebody acted on the trade, and it stayed without one."""
    run = mirror(95)
    for _ in range(4):
        run.accept([each for each in run.later(1_000).know(run.stop_is(None)) if isinstance(each, SetStop)])
        run.know(run.stop_is(90))
    run.later(1_000).know(run.stop_is(None))
    assert run.box.frozen == {"stop"}

    assert heard(run, Decimal(92)) == [92]
