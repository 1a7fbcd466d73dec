"""A graceful stop: entries stay or go as `on_stop` says, protection stays, nothing new is opened (J2)."""

from dataclasses import replace
from decimal import Decimal

from core.desired import Phase
from core.engine.stopping import wind_down
from tests.serving import house
from tests.staging import SYMBOL, request


async def test_keep_leaves_everything_at_the_venue() -> None:
    """J2, on_stop: keep."""
    async with house() as at:
        await at.open(request(["market", 99]))
        before = at.working()
        lines = await wind_down(at.service, cancel_entries=False)

        assert (lines, at.working()) == ((), before)


async def test_cancel_entries_takes_back_the_unfilled_and_nothing_else() -> None:
    """J2, on_stop: cancel_entries, on main and mirror; stop and take-profits stay."""
    async with house() as at:
        await at.open(request(["market", 99]))
        lines = await wind_down(at.service, cancel_entries=True)
        roles = [sorted(key.split("-")[3] for key in at.working(name)) for name in ("main", "mirror")]
        stop = at.world.venue.venue.state.accounts["main"].position(SYMBOL, 0).stop

    assert lines == ()
    assert roles == [["TP1", "TP2", "TP3", "TP4"]] * 2
    assert stop == 90


async def test_nothing_is_opened_while_stopping() -> None:
    """J2: refused with the reason."""
    async with house() as at:
        await wind_down(at.service, cancel_entries=True)
        replies = await at.service.open(replace(request(), at=at.service.clock.now()), "main")

    assert replies[0].refusal is not None
    assert "stopping" in replies[0].refusal.reasons[0]


async def test_an_account_that_is_down_is_named() -> None:
    """The operator must know what may still fill."""
    async with house(balances={"main": Decimal(1_000_000)}) as at:
        await at.open(request(["market", 99]))
        at.service.connections.down["main"] = "no route"
        lines = await wind_down(at.service, cancel_entries=True)

    assert any("no route" in line for line in lines)
    assert any("E2" in line for line in lines)


async def test_a_machine_that_does_not_answer_keeps_no_other_from_being_asked() -> None:
    """J2, rel:F40: a stop goes on to its end, and names on which accounts entries may still work."""
    async with house() as at:
        await at.open(request(["market", 99]))
        await at.freeze()
        at.service.answer_within = 0.01
        lines = await wind_down(at.service, cancel_entries=True)

    assert [line.split(":")[0] for line in lines if "were not cancelled" in line] == ["mirror", "main"]
    assert [line.split(":")[0] for line in lines if "E2 of" in line] == ["mirror", "main"]


async def test_a_trade_that_is_closing_takes_its_entries_back_itself() -> None:
    """J2: nobody is asked for it, nor told of what is on its way out."""
    async with house() as at:
        await at.open(request(["market", 99]))
        await at.freeze()
        for name in ("main", "mirror"):
            for box in at.state(name).boxes.values():
                box.phase = Phase.CLOSING

        assert await wind_down(at.service, cancel_entries=True) == ()
