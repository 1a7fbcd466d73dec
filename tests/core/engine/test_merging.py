"""A second request into a live trade (B13), whole at the embedded venue, against numbers worked out by hand."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from core.account.inputs import Operate
from core.alert_text import text
from core.alerts import LimitFilled, MirrorSkipped, TradeMerged
from core.facts import ActKind
from core.plan import Rules
from core.request import FixedQuantity, Merge, Request
from core.words import Side
from tests.staging import AT, Stage, instrument, number, percent, request, stage

FURTHER = (115, 125, 135, 145)


def quantity(value: object) -> FixedQuantity:
    """A fixed total."""
    return FixedQuantity(number(value))


def more(entries: Sequence[object] = ("market", 96), how: Merge = Merge.KEEP, **asked: object) -> Request:
    """A second request: 1,000 units unless sized otherwise, with targets and stop of its own."""
    said = {"targets": FURTHER, "stop": 92, "identity": "r2", **asked}
    return replace(request(entries, **said), merge=how)  # type: ignore[arg-type]


def begun(**how: object) -> Stage:
    """1,000 bought at 100 and 1,000 waiting at 98; targets from 110, stop 90."""
    played = stage(**how)  # type: ignore[arg-type]
    played.open(request(("market", 98), size=quantity(2000)))
    return played


def stops(played: Stage) -> dict[str, object]:
    """The stop that each resting entry carries at the venue."""
    orders = played.world.venue.state.accounts["main"].orders.values()
    return {order.link.split("-")[3]: order.stop for order in orders if "-E" in order.link}


def prices(played: Stage) -> list[object]:
    """Where the take-profits work at the venue."""
    orders = played.world.venue.state.accounts["main"].orders.values()
    found = {order.link.split("-")[3]: order.price for order in orders if "-TP" in order.link[-8:]}
    return [found[role] for role in sorted(found)]


def shown(*values: object) -> tuple[object, ...]:
    """Values to be compared with whole numbers."""
    return values


def ended_well(played: Stage) -> bool:
    """Nothing violated and nothing left at the venue."""
    accounts = played.world.venue.state.accounts.values()
    return not played.run.violations() and not any(account.orders for account in accounts)


def test_keep_adds_legs_and_leaves_every_price() -> None:
    """B13, B5: 500 at market make 1,500 of which 85 % are TP1's; two limits wait, the trade and its prices stay."""
    played = begun()
    before = played.box().id
    assert played.open(more()) == ()

    plan = played.box().trade.plan
    assert (played.box().id, [str(leg.quantity) for leg in plan.legs]) == (before, ["1000", "1000", "500", "500"])
    assert played.targets() == ["1275", "75", "75", "75"]
    assert prices(played) == [110, 120, 130, 140]
    assert played.stop() == 90
    assert stops(played) == {"E2": 90, "E4": 90}


def test_replace_moves_targets_and_stop_in_place() -> None:
    """B13: targets are amended where they stand, none is cancelled; stop and resting entries go to 92."""
    played = begun()
    placed = played.run.tape.accounts["main"].calls.place
    played.open(more(how=Merge.REPLACE))

    calls = played.run.tape.accounts["main"].calls
    assert prices(played) == [115, 125, 135, 145]
    assert shown(played.stop(), stops(played)) == (92, {"E2": 92, "E4": 92})
    assert (calls.place - placed, calls.cancel) == (2, 0)


def test_a_merged_trade_ends_like_any() -> None:
    """B13, B7, B9: all four legs fill; TP1 takes 85 % of 3,000 and the rest is covered at breakeven; one report."""
    played = begun()
    played.open(more())
    played.go(95, 110)
    assert played.box().trade.ledger.filled("TP1") == 2550
    assert played.targets() == ["0", "150", "150", "150"]

    played.go(140)

    report = played.ended()
    assert shown(report.reason, report.entered, len(report.entries)) == ("all_tps", 3000, 4)
    assert ended_well(played)


def test_after_tp1_nothing_is_added() -> None:
    """B13: TP1 is hit between the preview and the merge, so it is refused, and nothing was sent."""
    played = begun()
    played.go(110)
    placed = played.run.tape.accounts["main"].calls.place

    assert "TP1 of trade" in " ".join(played.open(more(stop=101, targets=(115, 125, 135, 145), how=Merge.REPLACE)))
    assert played.run.tape.accounts["main"].calls.place == placed
    assert played.box().trade.plan.additions == ()


def test_without_a_choice_it_is_refused_and_says_both_ways() -> None:
    """B13, A8: a request that does not say whose prices count is refused; a wrong one says what would do."""
    played = begun()
    reasons = played.open(request(identity="r2"))

    assert "`merge: keep`" in reasons[0]
    assert "`merge: replace`" in reasons[0]


def test_an_old_leg_fills_while_the_merge_is_under_way() -> None:
    """B13, B5: E2 fills before the amendments arrive 1.5 s later; the ladder is 85 % of all that filled."""
    played = begun(latency=1_500)
    played.run.run(until=played.world.now + 8_000)
    played.open(more(how=Merge.REPLACE))
    played.go(98, 99, 99, 99, 99, 99)

    assert played.size() == 2500
    assert played.targets() == ["2125", "125", "125", "125"]
    assert shown(played.stop(), stops(played)) == (92, {"E4": 92})
    assert not played.run.violations()


def test_tp1_fills_while_the_merge_is_under_way() -> None:
    """B13, B7: TP1 fills before the merge arrives: new limits are cancelled, the new market leg is shared."""
    played = begun(latency=1_500)
    played.run.run(until=played.world.now + 8_000)
    played.open(more())
    played.go(110, 109, 109, 109, 109, 109)

    assert played.box().phase.value == "PROFIT_TAKING"
    assert set(played.working()) == {"TP2", "TP3", "TP4"}
    assert sum(map(int, played.targets())) == played.size() == 150 + 500
    assert not played.run.violations()


def test_keep_keeps_what_was_moved_by_hand() -> None:
    """B13, B14: the stop stands at 95 and TP2 at 121 by hand; keep leaves both, and the new limit carries 95."""
    played = begun()
    trade = played.box().id
    played.run.operate("main", Operate(trade, ActKind.MOVE_STOP, "me", price=Decimal(95)))
    played.run.operate("main", Operate(trade, ActKind.MOVE_TARGET, "me", role="TP2", price=Decimal(121)))
    played.open(more())

    assert shown(played.stop(), stops(played)) == (95, {"E2": 95, "E4": 95})
    assert prices(played) == [110, 121, 130, 140]


def test_replace_puts_the_requests_prices_over_those_moved_by_hand() -> None:
    """B13, B14: what was moved by hand before gives way to the request's prices."""
    played = begun()
    played.run.operate("main", Operate(played.box().id, ActKind.MOVE_STOP, "me", price=Decimal(95)))
    played.open(more(how=Merge.REPLACE))

    assert shown(played.stop(), prices(played)) == (92, [115, 125, 135, 145])


def test_cancelled_entries_do_not_come_back() -> None:
    """B13, B14: E2 was cancelled by the operator; the merge's own limit works, E2 stays away."""
    played = begun()
    played.run.operate("main", Operate(played.box().id, ActKind.CANCEL_ENTRIES, "me"))
    played.open(more())

    assert set(stops(played)) == {"E4"}
    assert played.box().phase.value == "BUILDING"


def test_new_entries_expire_by_their_own_time() -> None:
    """B13, B15: entry_ttl counts from the merge, though the first entries expired before it."""
    played = stage(rules=Rules(entry_ttl=2_000))
    played.open(request(("market", 98), size=quantity(2000)))
    played.go(101, 101, 101)
    assert stops(played) == {}

    played.open(replace(more(), at=played.world.now))
    assert set(stops(played)) == {"E4"}
    played.go(101, 101, 101)

    assert stops(played) == {}


def test_each_account_merges_by_its_own_size() -> None:
    """B13, A2: a third of the balance adds a third; both show the larger n."""
    played = begun(balances=(("main", 300_000), ("mirror", 100_000)))
    played.open(more(size=percent(2)))
    main, mirror = played.box("main").trade.plan, played.box("mirror").trade.plan

    assert main.trade == mirror.trade
    assert abs(main.legs[2].quantity / 3 - mirror.legs[2].quantity) <= 1
    played.go(97)
    told = [alert.body for alert in played.run.tape.alerts if isinstance(alert.body, LimitFilled)]
    assert {(body.of, body.group_of) for body in told} == {(2, 2)}


def test_a_mirror_without_the_trade_opens_nothing_and_says_so() -> None:
    """B13, A3: the mirror closed its trade by hand; main merges, the mirror tells and stays flat; n is main's."""
    played = begun(balances=(("main", 300_000), ("mirror", 100_000)))
    played.run.operate("mirror", Operate(played.box("mirror").id, ActKind.CLOSE, "me"))
    played.open(more())
    played.open(more())

    told = [alert for alert in played.run.tape.alerts if isinstance(alert.body, MirrorSkipped)]
    assert [(alert.account, "nothing to add to" in text(alert)) for alert in told] == [("mirror", True)]
    assert shown(played.size("mirror"), played.size("main")) == (0, 1500)
    assert [report.id for report in played.run.tape.accounts["mirror"].closed] == [played.box("main").id]


@pytest.mark.parametrize("account", ["main", "mirror"])
def test_the_same_request_is_merged_once_even_after_a_restart(account: str) -> None:
    """A9, B13, rel:I9: asked again, before and after a crash, it is answered with the trade and adds nothing."""
    played = begun(balances=(("main", 300_000), ("mirror", 100_000)))
    played.open(more())
    old = played.run.machines[account].state
    fresh = type(old)(old.account, old.environment, old.capabilities, old.strategies, old.limits, old.following)
    played.run.restart(account, fresh)
    played.run.settle()
    replies = played.run.open(more(), "main")

    assert [reply.plan is not None for reply in replies] == [True, True]
    assert [len(played.box(name).trade.plan.legs) for name in ("main", "mirror")] == [4, 4]
    assert played.kinds(account).count("trade_merged") == 1


def test_shares_are_found_again_for_the_whole() -> None:
    """B6, B13: one lot is all TP1's; with nineteen more the ladder is 85/5/5/5 of twenty."""
    played = stage()
    played.open(request(size=quantity(1)))
    assert played.targets() == ["1", "0", "0", "0"]

    played.open(more(("market",), size=quantity(19)))

    assert played.targets() == ["17", "1", "1", "1"]


def test_another_number_of_targets_replaces_the_ladder() -> None:
    """B13: two targets of 60 and 40 % take the place of four; the other two are gone."""
    played = begun()
    asked = replace(more(("market",), how=Merge.REPLACE, targets=(111, 121)), shares=(Decimal(60), Decimal(40)))
    played.open(asked)

    assert played.targets() == ["1200", "800", "0", "0"]
    assert not played.run.violations()


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        (more(leverage=20), "a symbol has one"),
        (replace(more(), strategy="other"), "second strategy"),
        (more(("market",), how=Merge.REPLACE, stop=99), "E2 98, which waits"),
        (more(("market",), how=Merge.REPLACE, targets=(101, 120, 130, 140), size=quantity(10)), ""),
        (more(("market", 91), how=Merge.REPLACE), "not below E2 91"),
        (replace(more(), at=AT - 70_000), "older"),
        (more(size=quantity(100_000_000)), "no room"),
    ],
)
def test_what_speaks_against_a_merge_is_said_and_nothing_is_sent(asked: Request, word: str) -> None:
    """B2, B13: the request is judged with what it is merged into; a refusal changes nothing."""
    played = begun()
    placed = played.run.tape.accounts["main"].calls.place
    reasons = played.open(asked)

    assert word in " ".join(reasons)
    assert (played.run.tape.accounts["main"].calls.place == placed) is bool(word)


def test_a_target_under_the_average_is_refused() -> None:
    """B2, B13: 1,000 at 100 and 1,000 at 98 average 99: a first target at 98.5 would be a loss."""
    played = begun()
    played.go(97)
    asked = more(("market",), how=Merge.REPLACE, targets=(98.5, 120, 130, 140))

    assert "the average of what is held" in " ".join(played.open(asked))


def test_liquidation_is_judged_of_the_whole() -> None:
    """B2, B13: either half alone is safe with 9,900 USDT, both together are liquidated before the stop at 80."""
    played = stage(balances=(("main", 11_000),))
    first = request(stop=80, size=quantity(500))
    assert played.open(first) == ()

    reasons = played.open(more(("market",), stop=80, how=Merge.REPLACE, size=quantity(400)))

    assert "not inside the liquidation price" in " ".join(reasons)


def test_a_short_is_merged_alike() -> None:
    """B13: mirrored for a short: 1,500 sold, the stop comes down to 108."""
    played = stage()
    played.open(request(("market", 102), targets=(90, 80, 70, 60), stop=110, side=Side.SHORT, size=quantity(2000)))
    asked = more(("market", 104), how=Merge.REPLACE, targets=(88, 78, 68, 58), stop=108, side=Side.SHORT)
    assert played.open(asked) == ()

    assert shown(played.size(), played.stop(), prices(played)) == (-1500, 108, [88, 78, 68, 58])
    assert stops(played) == {"E2": 108, "E4": 108}


def test_the_alert_says_what_changed() -> None:
    """B13, D1: the new orders, the stop and the targets before and after, the limits of C6."""
    played = begun()
    played.open(more(how=Merge.REPLACE))
    alert = next(alert for alert in played.run.tape.alerts if isinstance(alert.body, TradeMerged))

    said = text(alert)
    assert "2 entries added, prices replaced" in said
    assert "Stop 90 -> 92" in said
    assert "2 limits in all now" in said


def test_a_ladder_in_lots_of_five_is_still_exact() -> None:
    """B5, B13: step 5: 1,005 and 505 more floor cumulatively to 1,280 / 75 / 75 / 80."""
    played = stage(traded=instrument(step="5"))
    played.open(request(size=quantity(1005)))
    played.open(more(("market",), size=quantity(505)))

    assert played.targets() == ["1280", "75", "75", "80"]
