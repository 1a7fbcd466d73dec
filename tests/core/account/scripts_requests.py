"""Requests, merges and mirrors: what is opened, refused, kept or followed (A2 to A9, B13)."""

from dataclasses import replace
from decimal import Decimal

from core.account.inputs import LeaderIs, Open, Operate
from core.desired import Phase
from core.facts import ActKind, Cut, EndReason
from core.gate import Limits
from core.mirror import Following, TooSmall
from core.request import FixedQuantity, Merge
from core.words import Side
from tests.core.account.scripting import TWO_LEGS, answers, held, opened, script, until
from tests.core.account.telling import Told, told
from tests.driving import new_state, terms
from tests.staging import AT, request


def word(
    run: Told, phase: Phase = Phase.MONITORING, *, tp1: bool = False, reason: str = "", **given: object
) -> LeaderIs:
    """How the leader's trade stands."""
    moved = given.get("moved")
    trade = run.trade_id(TWO_LEGS)
    return LeaderIs(trade, "main", phase, tp1, reason, moved, Decimal(1000), AT)  # type: ignore[arg-type]


def mirror(**given: object) -> Told:
    """A mirror of main with the usual trade."""
    run = told("mirror", following=Following(leader="main", **given))  # type: ignore[arg-type]
    return opened(run)


@script
def a_mirror_follows_its_leader() -> Told:
    """A4: copies a moved stop once, takes breakeven on the leader's TP1 once, closes with it once."""
    run = mirror()
    run.answer(run.step(word(run, moved=(Decimal(95), AT + 1))))
    run.step(word(run, moved=(Decimal(95), AT + 1)))
    run.answer(run.step(word(run, Phase.PROFIT_TAKING, tp1=True, moved=(Decimal(95), AT + 1))))
    run.step(word(run, Phase.PROFIT_TAKING, tp1=True))
    run.know(run.ended("E2", 0, EndReason.CANCELLED), run.stop_is("100.14"))
    run.answer(run.step(word(run, Phase.CLOSING, tp1=True, reason="stop")))
    run.step(word(run, Phase.CLOSED, tp1=True, reason="stop"))
    return run


@script
def a_mirror_that_goes_its_own_way() -> Told:
    """A4: a liquidation is the leader's own, `sync_stop: false` copies nothing; a leader itself follows nobody."""
    run = mirror(sync_stop=False)
    run.step(word(run, moved=(Decimal(95), AT + 1)))
    run.step(word(run, Phase.CLOSING, reason="liquidation"))
    run.step(LeaderIs("another", "main", Phase.CLOSING, False, "stop", None, Decimal(0), None))
    leader = opened()
    leader.step(word(leader, Phase.CLOSING, reason="stop"))
    run.lines += leader.lines
    return run


@script
def a_mirror_that_was_not_ready() -> Told:
    """A9: kept while the account isn't well, skipped when its time is over; asked again it is refused."""
    run = told("mirror", following=Following(leader="main"))
    run.machine.state.troubles["stream"] = run.now
    asked = {"leader": "main", "until": run.now + 30_000}
    run.open(TWO_LEGS, **asked)
    until(run, 29_999, 1)
    run.open(TWO_LEGS, **asked)
    return run


@script
def a_mirror_that_joins_late() -> Told:
    """A9: kept, then ready after 20 s within 20 bps: asked anew with fresh terms, opened; outside of them skipped."""
    run, other = joined_late("100.2"), joined_late("100.21")
    run.lines += ["-- and at a price of 100.21", *other.lines]
    return run


def joined_late(last: str) -> Told:
    """A mirror that is well again after 20 s, and what it does at this price."""
    run = told("mirror", following=Following(leader="main"))
    run.machine.state.troubles["stream"] = run.now
    asked = Open(TWO_LEGS, terms("mirror"), run.trade_id(TWO_LEGS), leader="main", until=run.now + 30_000)
    run.step(asked)
    run.later(20_000).know(Cut(run.now, run.now, (), (), (), ()))
    run.step(replace(asked, terms=terms("mirror", last)))
    return run


@script
def a_mirror_with_too_little() -> Told:
    """A3: refused scaling is rejected with its reason; a leg under the minimum too, unless fewer legs may do."""
    run = told("mirror", following=Following(leader="main", too_small=TooSmall.FEWER_LEGS))
    run.open(replace(TWO_LEGS, id="r0"), leader="main", refused=("mirror: no balance",))
    few = request(("market", 98, 96), size=FixedQuantity(Decimal(2)))
    run.open(few, leader="main")
    strict = told("mirror", following=Following(leader="main"))
    strict.open(few, leader="main")
    run.lines += ["-- without fewer_legs", *strict.lines]
    return run


@script
def what_a_request_meets() -> Told:
    """A7 to A9, I1: the same id twice, a taken slot, the other side, a position of the user's, age, a gate, no plan."""
    run = opened()
    run.open(TWO_LEGS)
    run.open(request((97,), identity="r2"))
    run.open(request((103,), targets=(90, 80, 70, 60), stop=110, side=Side.SHORT, identity="r3"))
    run.later(60_001).open(request((97,), identity="r4"))
    other = told(state=replace(new_state(), limits=Limits(max_trades=0)))
    other.open(request((97,), identity="r5"))
    other.know(held(other, 5, 1))
    other.open(replace(request((97,), identity="r6"), strategy="nobody"))
    run.lines += ["-- another account", *other.lines]
    return run


@script
def a_merge() -> Told:
    """B13: a second request adds two limits; its prices replace the ladder's; asked twice it is done once."""
    run = opened()
    more = replace(request((97, 96), identity="r2", targets=(111, 121, 131, 141), stop=91), merge=Merge.REPLACE)
    run.answer(run.open(more))
    run.open(more)
    run.know(run.working("E3", 500), run.working("E4", 500))
    run.know(run.fill("E3", 500, 97), run.ended("E3", 500))
    return run


@script
def a_mirror_has_nothing_to_merge_into() -> Told:
    """B13, A3: the leader merged; a mirror without the trade opens nothing, says so once, and remembers it."""
    run = told("mirror", following=Following(leader="main"))
    run.open(replace(TWO_LEGS, id="r2"), leader="main", into=run.trade_id(TWO_LEGS))
    run.open(replace(TWO_LEGS, id="r2"), leader="main", into=run.trade_id(TWO_LEGS))
    return run


@script
def a_merge_that_is_refused() -> Told:
    """B13, A9: too old and an account that isn't well, every reason; after TP1 nothing is added; nor without room."""
    run = opened()
    more = replace(request((97, 96), identity="r2", targets=(111, 121, 131, 141), stop=91), merge=Merge.KEEP)
    run.machine.state.troubles["stream"] = run.now
    run.later(60_001).open(more)
    run.open(replace(more, id="r3", size=FixedQuantity(Decimal(1))))
    del run.machine.state.troubles["stream"]
    run.machine.state.limits = Limits(max_margin_percent=Decimal(2))
    run.open(replace(more, id="r4", at=run.now))
    answers(run, run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850)))
    run.open(replace(more, id="r5", at=run.now))
    return run


@script
def a_mirror_merges_with_its_leader() -> Told:
    """B13, A3: into its own trade, by its own size; asked twice once; a mirror's refusal says that it adds nothing."""
    run = mirror()
    more = replace(request((97, 96), identity="r2", targets=(111, 121, 131, 141), stop=91), merge=Merge.REPLACE)
    run.open(more, leader="main", into=run.trade_id(TWO_LEGS))
    run.open(more, leader="main", into=run.trade_id(TWO_LEGS))
    run.open(replace(more, id="r3", size=FixedQuantity(Decimal(1))), leader="main", into=run.trade_id(TWO_LEGS))
    return run


@script
def a_leader_ends_while_its_mirror_waits() -> Told:
    """A4, A9: what its leader ended is not joined; a liquidation there is no reason not to."""
    run, other = ends_while_waiting("liquidation"), ends_while_waiting("stop")
    run.lines += ["-- and by its stop", *other.lines]
    return run


def ends_while_waiting(reason: str) -> Told:
    """A mirror that isn't well, whose leader's trade ends for this reason."""
    run = told("mirror", following=Following(leader="main"))
    run.machine.state.troubles["stream"] = run.now
    run.open(TWO_LEGS, leader="main", until=run.now + 30_000)
    run.step(word(run, Phase.CLOSING, reason=reason))
    return run


@script
def a_merge_after_entries_were_cancelled() -> Told:
    """B13, B14: what an operator took back stays so, what is added later works; cancelled again, only that goes."""
    run = opened()
    answers(run, run.step(Operate(run.box.id, ActKind.CANCEL_ENTRIES, "ann")))
    run.know(run.ended("E2", 0, EndReason.CANCELLED))
    more = replace(request((97, 96), identity="r2", targets=(111, 121, 131, 141), stop=91), merge=Merge.KEEP)
    answers(run, run.open(more))
    run.know(run.working("E3", 500), run.working("E4", 500))
    answers(run, run.step(Operate(run.box.id, ActKind.CANCEL_ENTRIES, "bob")))
    run.know(*(run.ended(role, 0, EndReason.CANCELLED) for role in ("E3", "E4")))
    return run


@script
def a_merge_whose_prices_do_not_fit() -> Told:
    """B13, B2: what is added must lie between the stop and TP1 of the whole trade, long and short."""
    run = opened()
    for entries, stop in (((111,), 91), ((89,), 88), ((97,), 99)):
        asked = request(entries, identity=f"r{entries[0]}{stop}", targets=(110, 120, 130, 140), stop=stop)
        run.open(replace(asked, merge=Merge.REPLACE, confirmed=True))
        run.open(replace(asked, id=f"{asked.id}k", merge=Merge.KEEP, confirmed=True))
    return run
