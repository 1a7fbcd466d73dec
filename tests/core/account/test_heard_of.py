"""A revision that the venue's word makes known after a crash: what its role executed before is no part of it (R2)."""

from core.commands import Amend, Cancel, Place
from core.facts import EndReason, Working
from tests.core.account.test_sequences import opened
from tests.driving import Driven


def killed() -> Driven:
    """TP1 sold 400; it was cancelled in the app and placed again, and the store lost that: the next life."""
    run = opened()
    run.know(run.fill("TP1", 400, 110))
    again = run.restarted()
    again.step()
    return again


def works(run: Driven) -> list[Working]:
    """What works at the venue: TP1-01 for the 450 that are left to it."""
    rest = [run.working(role, 50) for role in ("TP2", "TP3", "TP4")]
    return [run.working("TP1", 450, revision=1), *rest, run.working("E2", 1000)]


def changes(sent: object) -> list[object]:
    """What of it touches orders."""
    return [each for each in sent if isinstance(each, Amend | Cancel | Place)] if isinstance(sent, list) else []


def test_what_an_order_sold_before_is_not_its_successors() -> None:
    """R2, I2b, rel:F43: TP1-01 works 450: taken for the 850 of both, it would grow by 400 of which nothing is held."""
    run = killed()
    sent = run.know(run.cut(orders=works(run), size=600))

    assert changes(sent) == []
    assert run.box.trade.lines["TP1"].dead == 400


def test_what_it_sold_is_not_counted_twice_when_it_is_listed_late() -> None:
    """R2, rel:F16: the end of TP1-00 named 400, TP1-01 is heard of, then the 400 come: booked, so TP1 can end."""
    run = opened()
    sold = run.fill("TP1", 400, 110)
    run.know(run.ended("TP1", 400, EndReason.CANCELLED))
    again = run.restarted()
    again.know(again.working("TP1", 450, revision=1), sold)
    again.know(again.fill("TP1", 450, 110, revision=1), again.ended("TP1", 450, revision=1))

    assert again.box.trade.complete("TP1")
