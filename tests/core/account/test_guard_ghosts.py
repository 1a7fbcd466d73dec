"""Fills that come after the end, also after a restart (rel:F31)."""

from decimal import Decimal

from core.account.inputs import Operate
from core.account.machine import restore
from core.commands import Place
from core.desired import Phase
from core.facts import ActKind, EndReason
from tests.core.account.test_sequences import opened
from tests.driving import Driven, new_state


def closed() -> Driven:
    """A trade that was closed by hand; every order's end is known."""
    run = opened()
    run.accept(run.step(Operate(run.box_trade.plan.trade, ActKind.CLOSE, "me")))
    run.know(
        run.fill("X", 1000, 100), run.ended("X", 1000), run.ended("E2", 0, EndReason.CANCELLED),
        *(run.ended(f"TP{n}", 0, EndReason.CANCELLED) for n in (1, 2, 3, 4)), run.stop_is(None),
    )  # fmt: skip
    assert not run.machine.state.boxes
    return run


def reborn(run: Driven) -> Driven:
    """The process died and knows the trade from its journal, as closed."""
    state = new_state("main")
    records = [(entry.trade, entry.what) for entry in run.journal]
    return Driven(restore(state, records, run.now, run.closed.values()), run.now, seq=run.seq)


def test_a_ghost_fill_while_the_process_was_dead_is_flattened() -> None:
    """rel:F31, rel:R5, B10: E2 filled 300 after the close and before the restart: the first cut finds it, all goes."""
    run = reborn(closed().later(600_000)).later(1_000)
    assert run.machine.state.cuts.since < run.now - 600_000
    run.step()
    ghost = run.fill("E2", 300, 98)
    sent = run.know(run.cut(fills=[ghost], size=300))

    assert [(each.reduce_only, each.quantity) for each in sent if isinstance(each, Place)] == [(True, Decimal(300))]
    assert [alert.kind for alert in run.alerts if alert.critical] == ["ghost_fill"]


def test_what_was_booked_before_the_close_is_no_ghost() -> None:
    """rel:F31, rel:D11: the first cut shows all executions again: nothing is sent, nothing told, nothing reported."""
    before = closed()
    fills = [each.what for each in before.journal if type(each.what).__name__ == "Filled"]
    run = reborn(before).later(1_000)
    run.step()
    sent = run.know(run.cut(fills=fills))  # type: ignore[arg-type]

    assert len(fills) == 2
    assert sent == []
    assert run.alerts == []
    assert run.last.closed == []


def test_a_recalled_close_owns_nothing() -> None:
    """rel:F31, A8: after the restart the symbol is free again, and the id opens nothing twice (A9)."""
    run = reborn(closed())

    assert run.machine.state.owners == {}
    assert list(run.machine.state.boxes) == []
    assert run.box_trade.plan.trade in run.machine.state.known


def test_a_mirror_that_was_dead_too_still_hears_of_the_close() -> None:
    """rel:I14, A4: the leader closed, then both died: at the next start its mirrors are told, with the reason."""
    (word,) = reborn(closed()).machine.leads()

    assert (word.phase, word.reason) == (Phase.CLOSED, "manual")
