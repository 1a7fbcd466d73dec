"""The account itself: looks, its stream, restarts, strangers, adoption, pause (A6, C7, C8, I1, rel:F19)."""

from dataclasses import replace
from decimal import Decimal

from core.account.inputs import Adopt, CutFailed, Look, Pause, Release, TakeOut
from core.commands import Code, Refused, Unknown
from core.facts import ActKind, Cause, EndReason, Stream, Wallet
from core.gate import Limits, SymbolLimits
from core.ladder import open_ladder
from core.plan import Plan, Rules
from core.request import FixedQuantity
from core.words import OrderSide
from tests.core.account.scripting import TWO_LEGS, answers, foreign, held, opened, operate, script, until
from tests.core.account.telling import Told, told
from tests.driving import SLOT, new_state, terms
from tests.staging import SYMBOL, number, request


@script
def strangers_are_cancelled_once() -> Told:
    """C7: an order and an execution of ours without a trade: cancelled at once, told once; another's is left."""
    run = opened()
    stray = replace(run.working("E1", 10), key="t1-main-0123456789-E1-00")
    run.know(stray, stray, replace(stray, key="theirs"), replace(stray, key="t1-other-0123456789-E1-00"))
    run.know(replace(run.fill("E1", 10, 99), key="t1-main-0123456780-E1-00"))
    return run


@script
def the_stream_goes_and_comes() -> Told:
    """rel:F19: down is told once and looked at every 5 s; entries wait; a covering cut ends it."""
    run = opened()
    run.know(Stream(up=False, at=run.now, reason="socket closed"))
    run.know(Stream(up=False, at=run.now))
    run.open(request((97,), identity="other"))
    until(run, 5_000)
    run.step(CutFailed("timed out"))
    run.know(Stream(up=True, at=run.now))
    orders = [run.working(*each) for each in (("TP1", 850), ("TP2", 50), ("TP3", 50), ("TP4", 50), ("E2", 1000))]
    run.later(100).know(run.cut(orders=orders, size=1000))
    return run


@script
def a_venue_that_can_not_be_looked_at() -> Told:
    """C8, C9: nothing is concluded from looks that fail; told after 30 s, and when it is over."""
    run = opened()
    for _ in range(8):
        run.later(5_000).step(CutFailed("timed out"))
    orders = [run.working(*each) for each in (("TP1", 850), ("TP2", 50), ("TP3", 50), ("TP4", 50), ("E2", 1000))]
    run.know(run.cut(orders=orders, size=1000))
    return run


@script
def two_cuts_that_agree() -> Told:
    """C8: 200 fewer than the ledger in one cut is asked again; in two it is booked as somebody else's."""
    run = opened()
    orders = [run.working(*each) for each in (("TP1", 850), ("TP2", 50), ("TP3", 50), ("TP4", 50), ("E2", 1000))]
    run.step(Look())
    run.know(run.cut(orders=orders, size=800))
    until(run, 1_000)
    run.know(run.cut(orders=orders, size=800))
    return run


@script
def what_a_cut_brings() -> Told:
    """C8, D: an execution that the stream lost, told as learned late; a missing order is asked for by key."""
    run = opened()
    missed = run.fill("E2", 400, 98)
    run.later(60_000).step()
    orders = [run.working(*each) for each in (("TP1", 850), ("TP3", 50), ("TP4", 50), ("E2", 1000, 400))]
    wallet = Wallet(Decimal(900), Decimal(1_000), run.now)
    run.know(replace(run.cut(orders=orders, fills=[missed], size=1400), wallet=wallet))
    return run


@script
def pause_and_resume() -> Told:
    """I1: paused entries are refused, exits go on, resumed they are taken; both are durable and told."""
    run = told()
    run.step(Pause(paused=True, by="ann"))
    run.open(TWO_LEGS)
    run.step(Pause(paused=False, by="ann"))
    run.open(replace(TWO_LEGS, id="r2"))
    return run


def planned(quantity: object = 1000) -> Plan:
    """What an operator writes of what is held: bought at 100."""
    asked = replace(request([100], size=FixedQuantity(number(quantity))), confirmed=True)
    plan = open_ladder(asked, terms(last=101), Rules(), "0123456789")
    if not isinstance(plan, Plan):
        raise TypeError(plan)
    return plan


@script
def a_position_is_adopted_and_released() -> Told:
    """A6: 1,500 of the user's, 1,000 of it taken over with an order cancelled; given back, all of it is the user's."""
    run = told()
    run.know(foreign(run, OrderSide.BUY, 1500, 7), held(run, 1500), run.stop_is(None))
    sent = run.step(Adopt(planned(), ("their-tp", "t1-main-0123456788-TP1-00"), "ann"))
    sent += run.step(Adopt(planned(), ("their-tp",), "ann"))
    run.accept(sent)
    run.know(run.stop_is(90))
    run.step(Adopt(planned(), (), "ann"))
    run.answer(run.step(Release("0123456789", "ann")))
    run.know(*(run.ended(role, 0, EndReason.CANCELLED) for role in ("TP1", "TP2", "TP3", "TP4")))
    run.step(Release("0123456789", "ann"))
    return run


@script
def an_adoption_that_is_refused() -> Told:
    """A6: less is held than the plan says, and the account isn't well: every reason at once."""
    run = told()
    run.know(held(run, 999, 7))
    run.machine.state.troubles["stream"] = run.now
    run.step(Adopt(planned(), (), "ann"))
    return run


@script
def a_restart_in_the_middle() -> Told:
    """rel:F43: made of the journal alone: starting, entries wait, the first cut proves what works and goes on."""
    run = opened()
    run.know(run.fill("E2", 500, 98))
    operate(run, ActKind.MOVE_STOP, price=Decimal(95))
    run.step(Pause(paused=True, by="ann"))
    again = run.later(1_000).again()
    again.step()
    sizes = (("TP1", 1275), ("TP2", 75), ("TP3", 75), ("TP4", 75))
    orders = [*(again.working(*each) for each in sizes), replace(again.working("E2", 1000, 500), stop=Decimal(95))]
    again.answer(again.later(100).know(again.cut(orders=orders, size=1500)))
    return again


@script
def a_restart_after_the_end() -> Told:
    """rel:F31: what closed lately stays closed; a fill of it that nobody saw is flattened."""
    run = opened()
    run.answer(operate(run, ActKind.CLOSE))
    run.know(*(run.ended(role, 0, EndReason.CANCELLED) for role in ("TP1", "TP2", "TP3", "TP4", "E2")))
    run.know(run.fill("X", 1000, 101), run.ended("X", 1000), held(run, 0), run.stop_is(None))
    again = run.later(1_000).again(ended=True)
    again.step()
    again.know(again.cut())
    again.know(again.fill("E2", 300, 98))
    return again


@script
def orders_of_others_are_taken_out() -> Told:
    """A6, rel:I7: only those that an operator named, never one of ours, never one twice."""
    run = opened()
    named = (("theirs", SLOT), (run.key("TP1"), SLOT), ("theirs", SLOT))
    sent = run.step(TakeOut(named, "ann"))
    answers(run, sent)
    run.answer(run.step(TakeOut(named[:1], "ann")), Refused(Code.GONE, "gone"))
    return run


@script
def what_is_closing_is_not_given_back() -> Told:
    """A6: a release is refused while the close goes on, and for a trade that isn't there."""
    run = opened()
    answers(run, operate(run, ActKind.CLOSE))
    run.step(Release(run.box.id, "ann"))
    run.step(Release("nothing", "ann"))
    return run


@script
def a_slot_that_does_not_add_up() -> Told:
    """rel:F20: the venue shows 700 where 1,000 are booked: looked at after an echo's time, then ever more rarely."""
    run = opened()
    run.know(held(run, 700))
    until(run, 2_999, 1, 100)
    run.step(CutFailed("timed out"))
    until(run, 2_900, 3_000, 12_000)
    run.know(foreign(run, OrderSide.SELL, 300, 9))
    return run


@script
def what_the_gate_counts() -> Told:
    """I1: trades, risk, margin and the day's loss as they stand, of this account; a stop's cooldown to the second."""
    state = new_state()
    caps = {SYMBOL: SymbolLimits(max_trades=0, max_margin_percent=Decimal("1.9"))}
    state.limits = Limits(max_risk_percent=Decimal(1), max_margin_percent=Decimal(1), symbols=caps)
    run = told(state=state)
    run.open(replace(TWO_LEGS, id="r0"))
    run.machine.state.limits = Limits(cooldown_after_stop=60_000, max_daily_loss_percent=Decimal(1))
    opened(run, quietly=False)
    sold = replace(foreign(run, OrderSide.SELL, 1000, 9, Cause.STOP), price=Decimal(90))
    answers(run, run.know(sold, held(run, 0), run.stop_is(None)))
    run.know(*(run.ended(role, 0, EndReason.CANCELLED) for role in ("TP1", "TP2", "TP3", "TP4", "E2")))
    run.later(59_999).open(replace(TWO_LEGS, id="r2", at=run.now))
    run.later(1).open(replace(TWO_LEGS, id="r3", at=run.now))
    return run


@script
def a_breaker_opens_and_closes() -> Told:
    """C9: five calls in a row fail: told, no entries for 60 s, exits go on; the first answer closes it, told once."""
    run = opened()
    for _ in range(5):
        amends = run.know(run.fill("E2", 100, 98))
        answers(run, amends, **{role: Unknown("timed out") for role in ("TP1", "TP2", "TP3", "TP4")})
        run.step(CutFailed("timed out"))
    run.open(request((97,), identity="other"))
    until(run, 59_999, 1)
    run.know(run.cut(size=1500))
    return run


@script
def a_restart_before_anything_was_shown() -> Told:
    """rel:F43, rel:I8: orders were sent and never shown: the first look shows them, nothing was changed."""
    run = told()
    run.accept(run.open(TWO_LEGS))
    run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90))
    again = run.later(1_000).again()
    again.step()
    sizes = (("TP1", 850), ("TP2", 50), ("TP3", 50), ("TP4", 50), ("E2", 1000))
    again.know(again.later(100).cut(orders=[again.working(*each) for each in sizes], size=1000))
    return again


@script
def a_restart_while_the_ladder_was_changed() -> Told:
    """rel:I8: an amend and a new revision were on their way: told by the first look, as resized and as replaced."""
    run = opened()
    run.know(run.fill("E2", 500, 98), run.ended("TP2", 0, EndReason.VENUE))
    again = run.later(1_000).again()
    sizes = (("TP1", 1275), ("TP3", 75), ("TP4", 75), ("E2", 1000))
    orders = [*(again.working(*each) for each in sizes), again.working("TP2", 75, revision=1)]
    again.step()
    again.know(again.later(100).cut(orders=orders, size=1500))
    return again


@script
def a_venue_that_answers_and_can_not_be_looked_at() -> Told:
    """C8: commands are answered, looks fail: told once when it has lasted 30 s, and again when a look succeeds."""
    run = opened()
    for step in range(8):
        run.later(5_000).step(CutFailed("timed out"))
        if step % 3 == 0:
            run.answer(run.step(TakeOut(((f"theirs{step}", SLOT),), "ann")))
    orders = [run.working(*each) for each in (("TP1", 850), ("TP2", 50), ("TP3", 50), ("TP4", 50), ("E2", 1000))]
    run.know(run.cut(orders=orders, size=1000))
    return run
