"""How a re-sizing of take-profits ends is told once, with its result (C5), and refusals wait longer each time (C4)."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from core.account.inputs import Operate
from core.alert_text import text
from core.alerts import Alert, RebalanceResult, TargetsRebalanced
from core.commands import Amend, Code, Command, Done, Place, Query, Refused, Unknown
from core.facts import ActKind, Cause, EndReason, Filled, Working
from core.request import FixedQuantity
from core.words import OrderSide
from tests.core.account.test_order_decisions import traded
from tests.core.account.test_sequences import opened
from tests.driving import SLOT, Driven, driven
from tests.staging import request

BUSY = Refused(Code.BUSY, "110079 order is being processed")


def grown() -> tuple[Driven, list[Command]]:
    """The ladder works 850/50/50/50; E2's 1,000 have just filled, four amends are on their way."""
    run = driven()
    run.accept(run.open(request(("market", 98), size=FixedQuantity(Decimal(2000)))))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    return run, run.know(run.fill("E2", 1000, 98), run.ended("E2", 1000), run.stop_is(90))


def shown(run: Driven, amends: Sequence[Command]) -> list[Command]:
    """The stream shows what the amends did."""
    facts = []
    for amend in amends:
        if isinstance(amend, Amend) and amend.quantity is not None:
            role = amend.key.split("-")[3]
            facts.append(replace(run.working(role, amend.quantity), price=run.box_trade.lines[role].price))
    return run.know(*facts)


def refused_for_good(run: Driven, commands: list[Command]) -> None:
    """Refuse every try until the machine gives up trying."""
    for _ in range(40):
        changes = [command for command in commands if isinstance(command, Amend | Place)]
        if changes:
            run.answer(changes, *(BUSY for _ in changes))
        commands = run.later(200).step()


def results(run: Driven) -> list[TargetsRebalanced]:
    """Every rebalance that was told."""
    return [alert.body for alert in told(run) if isinstance(alert.body, TargetsRebalanced)]


def told(run: Driven) -> list[Alert]:
    """The rebalance alerts."""
    return [alert for alert in run.alerts if alert.kind == "targets_rebalanced"]


def test_success_tells_old_and_new_of_each() -> None:
    """C5: all four changed: SUCCESS, once, with 850 -> 1700."""
    run, amends = grown()
    run.answer(amends)
    shown(run, amends)

    assert [body.result for body in results(run)] == [RebalanceResult.SUCCESS]
    words = text(told(run)[0])
    assert "SUCCESS" in words
    assert "TP1 850 -> 1700" in words
    assert "4 of 4" in words


def test_partial_names_what_did_not_change() -> None:
    """C5, C4: TP1 is refused three times and blocked, the others changed: PARTIAL, with the reason."""
    run, amends = grown()
    again = run.answer(amends, BUSY, *(Done() for _ in amends[1:]))
    shown(run, amends[1:])
    assert again == []
    refused_for_good(run, [])

    assert [body.result for body in results(run)] == [RebalanceResult.PARTIAL]
    assert "110079" in text(told(run)[0])


def test_failed_says_what_was_tried() -> None:
    """C5: every change was refused to the end: FAILED, after growing delays, and nothing spins."""
    run, amends = grown()
    refused_for_good(run, amends)

    assert [body.result for body in results(run)] == [RebalanceResult.FAILED]
    assert "FAILED" in text(told(run)[0])
    assert len([command for command in run.sent if isinstance(command, Amend)]) == 16


def test_skipped_when_nothing_could_be_tried() -> None:
    """C5: all orders are in doubt when the entry fills, and the stop fires before they are known: SKIPPED."""
    run = driven()
    run.accept(run.open(request(("market", 98), size=FixedQuantity(Decimal(2000)))))
    targets = run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90))
    run.answer(targets, *(Unknown("timed out") for _ in targets))
    assert run.know(run.fill("E2", 1000, 98), run.ended("E2", 1000)) == []
    run.seq += 1
    stop = Filled(
        "stop", SLOT, None, OrderSide.SELL, Decimal(2000), Decimal(90), Decimal(1), Cause.STOP, run.now, run.seq
    )
    run.know(stop)
    asked = run.later(2_000).step()
    run.answer(
        [command for command in asked if isinstance(command, Query)],
        *(Done((run.ended(f"TP{level}", 0, EndReason.VENUE),)) for level in (1, 2, 3, 4)),
    )

    assert [body.result for body in results(run)] == [RebalanceResult.SKIPPED]
    assert "SKIPPED" in text(told(run)[0])


def test_an_unchanged_ladder_is_not_touched() -> None:
    """C5: m = 0: the same facts again cause neither a command nor an alert."""
    run, amends = grown()
    run.answer(amends)
    shown(run, amends)
    before = len(run.alerts)

    assert shown(run, amends) == []
    assert len(run.alerts) == before


def test_what_works_after_all_is_told_once() -> None:
    """C5, I8: FAILED, then SUCCESS as the venue shows that it was done; the next look has nothing to tell of it."""
    run, amends = grown()
    refused_for_good(run, amends)
    shown(run, amends)
    both = [body.result for body in results(run)]

    works = [run.working(role, line.quantity) for role, line in run.box_trade.lines.items() if line.live]
    run.later(1_000).know(run.stop_is(91), run.cut(orders=works, size=2000))

    assert both == [RebalanceResult.FAILED, RebalanceResult.SUCCESS]
    assert [body.result for body in results(run)] == both


def test_an_order_that_dies_while_its_change_is_blocked_stays_blocked() -> None:
    """C4, A11: refused to the end, then ended by the venue: no more is known than before, so it waits for a look."""
    run, amends = grown()
    refused_for_good(run, amends)
    assert run.box.backoffs["TP1"].until is None

    sent = run.know(run.ended("TP1", 0, EndReason.VENUE))

    assert [each for each in sent if isinstance(each, Place)] == []
    assert run.box.backoffs["TP1"].died


def test_only_orders_at_market_are_held_to_what_a_market_order_may_take() -> None:
    """B2, B5, B10: X works with 600, all that one may take, and is not amended to 1,000; TP1 goes to 1,700."""
    run, other = (traded(opened(), max_market_quantity=Decimal(600)) for _ in range(2))
    sent = run.step(Operate(run.box.id, ActKind.CLOSE, "ann"))
    run.answer(sent)
    (x,) = (each for each in sent if isinstance(each, Place))
    works = Working(x.key, SLOT, x.side, x.quantity, None, Decimal(0), run.now, None, reduce_only=True)
    grows = other.know(other.fill("E2", 1000, 98), other.ended("E2", 1000), other.stop_is(90))

    assert [each for each in run.know(works) if isinstance(each, Amend)] == []
    assert [each.quantity for each in grows if isinstance(each, Amend)] == [1700, 100, 100, 100]
