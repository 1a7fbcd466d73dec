"""How orders, stops and leverage are refused, lost and tried again (C1 to C4, B4, B9)."""

from decimal import Decimal

from core.commands import Code, Done, Outcome, Place, Query, Refused, SetStop, Unknown
from core.facts import ActKind, LeverageIs, VenueFact
from core.plan import OnFailure, Rules, Unproven
from tests.core.account.scripting import LOSSLESS, TWO_LEGS, answers, held, opened, operate, role_of, script, until
from tests.core.account.telling import Told, told
from tests.driving import new_state
from tests.staging import SYMBOL, request


@script
def what_a_refused_entry_does() -> Told:
    """B4, C4: E1 breaks the rules and is given up, E2 is told to wait and is tried again at the named time."""
    run = told()
    sent = run.open(TWO_LEGS)
    wait = Refused(Code.RATE, "too many", retry_after=900)
    answers(run, sent, E1=Refused(Code.RULES, "price band"), E2=wait)
    again = run.later(899).step() + run.later(1).step()
    answers(run, again, E2=Refused(Code.MARGIN, "not enough"))
    return run


@script
def a_take_profit_that_is_refused_to_the_end() -> Told:
    """C4: three tries with growing delay, then blocked and told once; a cut is news, and it is tried once more."""
    run = told()
    run.accept(run.open(TWO_LEGS))
    sent = run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90))
    no = Refused(Code.RULES, "no")
    answers(run, sent, TP2=no)
    for wait in (200, 1_000, 5_000):
        answers(run, [each for each in run.later(wait).step() if isinstance(each, Place)], TP2=no)
    orders = [run.working(role, size) for role, size in (("TP1", 850), ("TP3", 50), ("TP4", 50), ("E2", 1000))]
    answers(run, run.later(1_000).know(run.cut(orders=orders, size=1000)), TP2=no)
    return run


@script
def three_blocks_hold_new_entries() -> Told:
    """C4: three roles blocked within ten minutes; the account takes no entries until a look shows all is well."""
    run = told()
    run.accept(run.open(TWO_LEGS))
    sent = run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90))
    no = Refused(Code.RULES, "no")
    answers(run, sent, TP1=no, TP2=no, TP3=no)
    for wait in (200, 1_000, 5_000):
        places = [each for each in run.later(wait).step() if isinstance(each, Place)]
        answers(run, places, TP1=no, TP2=no, TP3=no)
    run.open(request((97,), identity="other"))
    run.know(run.cut(orders=[run.working("TP4", 50), run.working("E2", 1000)], size=1000))
    return run


@script
def a_placement_without_an_answer() -> Told:
    """C4, rel:F21: absent twice, 3 s apart, the first 2 s after sending; then the same key is sent again."""
    run = told()
    sent = run.open(TWO_LEGS)
    answers(run, sent, E2=Unknown("timed out"))
    asked = run.later(1_999).step() + run.later(1).step()
    run.answer(asked, *(Unknown("still nothing") for _ in asked))
    run.answer(run.later(1_000).step())
    run.answer(run.later(3_000).step())
    return run


@script
def answers_that_never_come() -> Told:
    """C4: after 15 s a command without an answer counts as Unknown, a query too."""
    run = told()
    run.open(TWO_LEGS)
    return until(run, 14_999, 1, 2_000, 15_000, 5_000)


@script
def a_placement_that_exists_already() -> Told:
    """C2: asked for by key at once and adopted as it is; what is found executed is believed."""
    run = told()
    sent = run.open(TWO_LEGS)
    asked = answers(run, sent, E1=Refused(Code.DUPLICATE, "110072"), E2=Refused(Code.DUPLICATE, "110072"))
    found: dict[str, VenueFact] = {"E1": run.ended("E1", 1000), "E2": run.working("E2", 1000)}
    run.answer(asked, *(Done((found[role_of(each)],)) for each in asked))
    run.know(run.fill("E1", 1000, 100))
    return run


@script
def an_order_found_gone() -> Told:
    """C1, rel:F06: TP1's amend is refused as gone; absent twice, it ended at what is booked and is placed anew."""
    run = opened()
    amends = run.know(run.fill("E2", 500, 98))
    asked = answers(run, amends, TP1=Refused(Code.GONE, "110001"))
    run.know(*(run.working(role, 75) for role in ("TP2", "TP3", "TP4")))
    run.answer(asked)
    return run_queries(run, 2_000, 3_000)


def run_queries(run: Told, *moments: int) -> Told:
    """Let time pass, answering every query with nothing found."""
    for moment in moments:
        sent = [each for each in run.later(moment).step() if isinstance(each, Query)]
        run.answer(sent)
    return run


@script
def how_an_amend_can_be_refused() -> Told:
    """C1, C4: same is taken, below filled is asked for, over the quota a look is taken, busy is tried again."""
    run = opened()
    amends = run.know(run.fill("E2", 500, 98))
    refused = {
        "TP1": Refused(Code.SAME, "not modified"),
        "TP2": Refused(Code.BELOW_FILLED, "executed"),
        "TP3": Refused(Code.QUOTA, "too much"),
        "TP4": Refused(Code.BUSY, "in progress"),
    }
    answers(run, amends, **refused)
    return until(run, 200, 800)


@script
def cancels_that_are_refused_or_lost() -> Told:
    """C1, C4: of five cancels one is busy, one is gone, one gets no answer; nothing is assumed."""
    run = opened()
    sent = operate(run, ActKind.CLOSE)
    answers(run, sent, TP1=Refused(Code.BUSY, "wait"), TP2=Refused(Code.GONE, "gone"), TP3=Unknown("lost"))
    return until(run, 200, 1_800)


@script
def how_setting_the_stop_can_fail() -> Told:
    """B4, C4: no answer, then flat, then busy: each waits longer and is looked at; the same again is no failure."""
    run = told()
    run.accept(run.open(TWO_LEGS))
    sent = run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(None), held(run, 1000))
    run.accept([each for each in sent if not isinstance(each, SetStop)])
    for wait, outcome in (
        (0, Unknown("timed out")),
        (200, Refused(Code.FLAT, "no position")),
        (1_000, Refused(Code.BUSY, "wait")),
        (5_000, Refused(Code.SAME, "not modified")),
    ):
        sent = run.later(wait).step() if wait else sent
        answers(run, [each for each in sent if isinstance(each, SetStop)], stop=outcome)
    return run


def naked(outcome: Outcome, rules: Rules | None = None) -> Told:
    """A position of 1,000 whose stop the venue doesn't show, and what becomes of setting it."""
    run = told(rules=rules)
    run.accept(run.open(TWO_LEGS))
    run.lines[:] = ["-- E1 filled 1000, E2 rests, the venue shows no stop"]
    sent = run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(None), held(run, 1000))
    answers(run, sent, stop=outcome)
    return run


@script
def a_stop_that_can_not_be_set_flattens() -> Told:
    """B4: without any stop in force, refused for good: the rest is closed at market as unprotected."""
    return naked(Refused(Code.WRONG_SIDE, "passed"))


@script
def a_stop_that_can_not_be_set_only_alarms() -> Told:
    """B4: `unproven: alarm`: told, left open, and tried again when the venue shows something new."""
    return until(naked(Refused(Code.WRONG_SIDE, "passed"), Rules(unproven=Unproven.ALARM)), 1_000)


@script
def a_breakeven_stop_that_fails_is_kept_by_rule() -> Told:
    """B9: `breakeven_failed: keep`: the old stop stays, critical, nothing is closed."""
    run = opened(told(rules=Rules(breakeven_failed=OnFailure.KEEP)))
    moves = run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850))
    answers(run, moves, stop=Refused(Code.WRONG_SIDE, "passed"))
    return run


@script
def a_breakeven_stop_that_fails_closes() -> Told:
    """B9, B10: the market passed it: the rest is closed at market, the close is refused and told, then done."""
    run = opened()
    moves = run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850))
    sent = answers(run, moves, stop=Refused(Code.WRONG_SIDE, "passed"))
    for wait in (0, 200, 1_000, 5_000):
        answers(run, [*sent, *run.later(wait).step()], X=Refused(Code.BUSY, "halted"))
        sent = []
    return run


@script
def leverage_comes_first() -> Told:
    """B4: entries wait for the leverage; no answer, busy, then taken; the next trade needs none."""
    run = without_leverage()
    sent = run.open(TWO_LEGS)
    run.answer(sent, Unknown("timed out"))
    run.answer(run.later(200).step(), Refused(Code.BUSY, "wait"))
    run.answer(run.later(1_000).step(), Refused(Code.SAME, "not modified"))
    return run


def without_leverage() -> Told:
    """An account whose leverage isn't known."""
    state = new_state()
    state.leverage.clear()
    return told(state=state)


@script
def leverage_that_is_refused() -> Told:
    """B4: refused for good: every entry is given up and told, the trade ends as rejected."""
    run = without_leverage()
    run.answer(run.open(TWO_LEGS), Refused(Code.RULES, "too high"))
    return run


@script
def leverage_that_never_works() -> Told:
    """C4: four tries that all time out: no entries, rejected."""
    run = without_leverage()
    sent = run.open(TWO_LEGS)
    for wait in (200, 1_000, 5_000, 1):
        run.answer(sent, *(Unknown("timed out") for _ in sent))
        sent = [each for each in run.later(wait).step() if role_of(each) == "leverage"]
    return run


@script
def a_venue_that_loses_nothing() -> Told:
    """DESIGN 4: on a lossless stream an answer is proof: no echo is waited for, no look is planned."""
    run = opened(told(capabilities=LOSSLESS), quietly=False)
    run.answer(run.know(run.fill("E2", 500, 98)))
    run.answer(operate(run, ActKind.MOVE_STOP, price=Decimal(95)))
    return until(run, 60_000)


@script
def a_stop_refused_four_times() -> Told:
    """B4, C4: busy to the end: as bad as passed by the market: closed as unprotected."""
    run = told()
    run.accept(run.open(TWO_LEGS))
    sent = run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(None), held(run, 1000))
    run.accept([each for each in sent if not isinstance(each, SetStop)])
    for wait in (200, 1_000, 5_000, 1):
        answers(run, [each for each in sent if isinstance(each, SetStop)], stop=Refused(Code.BUSY, "wait"))
        sent = run.later(wait).step()
    return run


@script
def the_leverage_is_learned_otherwise() -> Told:
    """B4: busy, then the venue shows it as wished: nothing is asked again, the entries leave."""
    run = without_leverage()
    answers(run, run.open(TWO_LEGS), leverage=Refused(Code.BUSY, "wait"))
    run.later(200).know(LeverageIs(SYMBOL, Decimal(10), run.now))
    return run


@script
def questions_that_fail() -> Told:
    """C4: an order in doubt is asked for each second until an answer says something: then it is believed."""
    run = opened()
    amends = run.know(run.fill("E2", 500, 98))
    asked = answers(run, amends, TP1=Unknown("timed out"), TP2=Refused(Code.GONE, "gone"))
    answers(run, asked, TP2=Refused(Code.BUSY, "wait"))
    asked = run.later(1_000).step()
    answers(run, asked, TP2=Done((run.working("TP2", 75),)))
    asked = run.later(1_000).step()
    answers(run, asked, TP1=Done((run.ended("TP1", 850), run.fill("TP1", 850, 110))))
    return run
