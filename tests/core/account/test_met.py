"""What met in a slot, or didn't: by which execution it is priced, what it cost, and who acts on it (A8, B11, I10)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.account.box import Backoff, Box
from core.commands import Amend, Command
from core.facts import Cause, Ended, EndReason, Funding, PositionIs, Working
from core.request import Request
from core.words import OrderSide
from tests.core.account.test_netting import LONG, SHORT, closing, entered, followed_by, positions, turned_round
from tests.driving import SLOT


def test_no_more_is_charged_than_was_paid() -> None:
    """I10, A8: a hand sold 200, then 100, each for 1: what the last of them cost is not taken for a third of it all."""
    run, late = followed_by(LONG)
    his = replace(late, key=None, side=OrderSide.SELL, cause=Cause.FOREIGN, fee=Decimal(1))
    first, last = (
        replace(his, execution=f"his{seq}", quantity=Decimal(size), seq=seq) for seq, size in ((7, 200), (8, 100))
    )

    run.know(run.cut(fills=[late, first, last], size=0))

    assert [report.fees <= 2 for report in run.last.closed] == [True]


def test_what_a_hand_did_and_undid_met_nothing() -> None:
    """A8, I10: he sold 10 and bought them back at 50, later than the 300: the short's 100 met those at 98."""
    run, late = turned_round()
    his = replace(late, key=None, cause=Cause.FOREIGN, quantity=Decimal(10), price=Decimal(50))
    run.know(*entered(run, 100, 5))
    run.know(replace(his, execution="his7", side=OrderSide.SELL, seq=7), replace(his, execution="his8", seq=8))

    run.know(late)

    assert run.machine.state.boxes[run.trade_id(SHORT)].trade.ledger.gross == 400


def test_of_a_trade_whose_exit_alone_is_known_nobody_knows_what_it_paid() -> None:
    """rel:F16, rel:F22: 300 of the long were sold, and what bought them is not listed yet: the slot's owner pays."""
    run, late = followed_by(LONG)
    key = (late.key or "").replace("-E1-", "-X-")
    run.know(replace(late, execution="x", key=key, side=OrderSide.SELL))

    run.know(Funding("f1", SLOT, Decimal(2), run.later(1_000).now))

    assert run.machine.state.owners[SLOT].trade.ledger.funding == 2


def test_a_guess_that_grows_is_acted_on_at_once() -> None:
    """B11, C4, C8: looks had 400 of 1,000 sold by a hand; 300 more were bought by a trade before it: he sold 700."""
    run, late = followed_by(LONG)
    owner = run.machine.state.owners[SLOT]
    key = owner.trade.lines["E1"].key
    bought = replace(run.fill("E1", 1000, 97, seq=5), key=key)
    run.accept(run.know(bought, Ended(key, Decimal(1000), EndReason.FILLED, run.now), run.stop_is(90)))
    less: list[Command] = []
    for _ in range(2):
        held = PositionIs(SLOT, Decimal(600), run.later(3_000).now, 6)
        less = run.know(replace(run.cut(orders=works(owner), fills=[bought]), positions=(held,)))
    run.answer(less)
    run.know(*(replace(each, quantity=each.quantity * 6 / 10) for each in works(owner)))
    owner.backoffs["TP1"] = Backoff(began=run.now, tries=4, until=None)

    sent = run.know(late)

    assert owner.trade.ledger.position == 300
    assert [int(each.quantity or 0) for each in sent if isinstance(each, Amend)] == [255, 15, 15, 15]


def works(box: Box) -> list[Working]:
    """The exits of a long as they work."""
    lines = (line for line in box.trade.lines.values() if line.live)
    return [
        Working(line.key, SLOT, OrderSide.SELL, line.quantity, line.price, Decimal(0), line.at, reduce_only=True)
        for line in lines
    ]


@pytest.mark.parametrize("later", [SHORT, LONG])
def test_what_a_hand_did_the_other_way_since_then_took_nothing(later: Request) -> None:
    """A8, I10: he sold 400 at 90 and bought 100 back at 50: what is gone of the 300 went at 90."""
    run, late = followed_by(later)
    his = replace(late, key=None, cause=Cause.FOREIGN)
    sold = replace(his, execution="his7", side=OrderSide.SELL, quantity=Decimal(400), price=Decimal(90), seq=7)
    run.know(sold, replace(his, execution="his8", quantity=Decimal(100), price=Decimal(50), seq=8))

    run.know(late)

    assert [report.gross for report in run.last.closed] == [-2400]


def test_what_looks_explained_is_netted_once_when_it_is_listed() -> None:
    """A8, C8, rel:I6: two looks showed 200 long beside a short of 100; the 300 are listed: 100 met, 200 are closed."""
    run, late = turned_round()
    sold, end = entered(run, 100, 5)
    run.accept(run.know(sold, end))
    for _ in range(2):
        shown = PositionIs(SLOT, Decimal(200), run.later(3_000).now, 6)
        run.know(replace(run.cut(fills=[sold]), positions=(shown,), stops=()))

    assert closing(run.know(late)) == [(OrderSide.SELL, 200)]
    assert positions(run) == positions(run.restarted()) == {"short": 0, "long": 200}
