"""What the front desk shows of a request that could be merged into a live trade (B13)."""

from typing import Any

from rich.console import Console

from core.desired import Phase
from core.engine.desk import Desk
from core.request import Request
from plugins.frontends.console import screens
from tests.living import Serving, ask, serving


def desk_of(stage: Serving) -> Desk:
    """A desk whose requests are named by their text."""

    def read(written: str, identity: str, _: int) -> Request:
        return ask(stage, identity=identity, resting=written == "two")

    return Desk(stage.service, read, profile="test", version="0")


def drawn(rows: Any) -> str:
    """As a person reads it."""
    console = Console(width=120)
    with console.capture() as captured:
        console.print(screens.preview(rows))
    return captured.get()


async def test_both_ways_are_shown_for_every_account_and_nothing_is_chosen() -> None:
    """B13: exit 1 with keep and replace for main and mirror: what is new, what becomes of stop and targets."""
    async with serving(accounts=("main", "mirror")) as stage:
        desk = desk_of(stage)
        await desk.open({"request": "two", "id": "r1"})
        await stage.until(lambda: len(stage.orders()) == 5)
        answer: Any = await desk.preview({"request": "one", "id": "r2"})
        rows = answer["data"]

        assert answer["exit"] == 1
        assert [(row["account"], row["merge"]["prices"]) for row in rows] == [
            ("main", "keep"), ("mirror", "keep"), ("main", "replace"), ("mirror", "replace"),
        ]  # fmt: skip
        assert rows[0]["merge"]["added"] == ["E3"]
        assert rows[0]["plan"]["entries"][-1]["quantity"] == "1"
        assert "--merge replace adds to" in drawn(rows)


async def test_a_choice_is_previewed_as_chosen() -> None:
    """B13: with a choice exit 0 and that one alone; refused ones say which way they were meant."""
    async with serving() as stage:
        desk = desk_of(stage)
        await desk.open({"request": "two", "id": "r1"})
        await stage.until(lambda: len(stage.orders()) == 5)
        chosen: Any = await desk.preview({"request": "one", "id": "r2", "merge": "keep"})
        stage.price(stage.world.venue.last("BTCUSDT") * 103 / 100)
        boxes = stage.service.states["main"].boxes.values()
        await stage.until(lambda: any(box.phase is Phase.PROFIT_TAKING for box in boxes))
        late: Any = await desk.preview({"request": "one", "id": "r3", "merge": "replace"})

        assert (chosen["exit"], len(chosen["data"])) == (0, 1)
        assert (late["exit"], late["data"][0]["merge"]) == (2, {"prices": "replace"})
        assert "would not add, prices replace" in drawn(late["data"])
