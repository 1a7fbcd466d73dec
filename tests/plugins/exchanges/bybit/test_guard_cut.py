"""One look at an account: all that the stream showed, week by week, page by page, every slot that was ever known."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from core.errors import Unavailable
from core.facts import Cut, Filled
from core.words import PositionMode, Slot
from plugins.exchanges.bybit import cut, feed
from plugins.exchanges.bybit.cut import KEPT, WINDOW, Cuts
from tests.plugins.exchanges.bybit.test_guard_rows import Ear, fill, held
from tests.plugins.exchanges.bybit.test_guard_strange import order

NOW = 1_700_000_900_000
BTC, ETH = Slot("BTCUSDT", 0), Slot("ETHUSDT", 0)
Params = dict[str, Any]


class Venue:
    """An account's calls, which are noted; *answer* gives a call's page. Time passes by a millisecond a call."""

    account = "main"

    def __init__(self, answer: Callable[[str, Params], Mapping[str, Any]] = lambda _, __: {}) -> None:
        """Nothing was asked."""
        self.answer = answer
        self.asked: list[tuple[str, Params]] = []
        self.ear = Ear()
        self.cuts = Cuts(self, self.ear.feed, lambda: NOW + len(self.asked), self.ear.modes)  # type: ignore[arg-type]

    async def read(self, method: str, **params: Any) -> Mapping[str, Any]:
        """One page."""
        self.asked.append((method, params))
        return self.answer(method, params)

    async def pages(self, method: str, **params: Any) -> list[Any]:
        """Every row: those of the first page."""
        return list((await self.read(method, **params)).get("list") or ())

    def windows(self) -> list[tuple[int, int | None]]:
        """The times for which executions were asked."""
        return [(each["startTime"], each.get("endTime")) for name, each in self.asked if name == "get_executions"]


def lists(**rows: list[dict[str, Any]]) -> Callable[[str, Params], Mapping[str, Any]]:
    """Answers with these rows, by method."""
    return lambda method, _: {"list": rows.get(method, [])}


def fills(found: Cut) -> list[str]:
    """The names of the executions, as they come."""
    return [each.execution for each in found.executions]


async def test_a_look_that_is_behind_the_stream_is_made_again(monkeypatch: Any) -> None:
    """rel:F20: a list may lag; what the stream showed must show, or there was no look."""
    monkeypatch.setattr(cut, "BETWEEN", 0)
    reads = 0

    def late(method: str, _: Params) -> Mapping[str, Any]:
        nonlocal reads
        reads += method == "get_executions"
        return {"list": [fill()] if method == "get_executions" and reads == 3 else []}

    venue = Venue(late)
    venue.ear.hears("execution", fill())
    found = await venue.cuts.take(1_700_000_000_000, full=True)
    with pytest.raises(Unavailable, match="behind its stream"):
        await venue.cuts.take(1_700_000_000_000, full=True)

    assert fills(found) == ["x1"]


async def test_only_what_was_shown_lately_and_since_then_is_demanded(monkeypatch: Any) -> None:
    """rel:F20: an execution from before the look's beginning is not in its lists, and none is demanded for ever."""
    monkeypatch.setattr(cut, "BETWEEN", 0)
    venue = Venue()
    venue.ear.hears("execution", fill())
    before = await venue.cuts.take(1_700_000_000_001, full=True)
    monkeypatch.setattr(feed, "REMEMBERED", -1)
    forgotten = await venue.cuts.take(1_700_000_000_000, full=True)

    assert fills(before) == fills(forgotten) == []


@pytest.mark.parametrize(
    ("since", "windows"),
    [
        (NOW - 5, [(NOW - 5, None)]),
        (NOW - WINDOW, [(NOW - WINDOW, None)]),
        (NOW - WINDOW - 5, [(NOW - WINDOW - 5, NOW - 5), (NOW - 4, None)]),
        (0, [(NOW - WINDOW, None)]),
    ],
)
async def test_executions_are_asked_for_a_week_at_a_time_without_a_gap(
    since: int, windows: list[tuple[int, int | None]]
) -> None:
    """C7: longer spans the venue refuses; the last has no end, for what executes meanwhile."""
    venue = Venue()
    await venue.cuts.take(since, full=True)

    assert venue.windows() == windows


async def test_nothing_older_than_the_venue_keeps_is_asked_for() -> None:
    """C7: two years; a query before that is refused, and the look with it."""
    venue = Venue()
    await venue.cuts.take(1, full=True)
    starts, ends = zip(*venue.windows(), strict=True)

    assert starts[0] == NOW - KEPT
    assert [end + 1 for end in ends[:-1]] == list(starts[1:])


async def test_executions_come_once_and_oldest_first() -> None:
    """rel:F16: lists come newest first, windows overlap; those of one millisecond go by their number."""
    rows = [fill(execId="c", execTime="9"), fill(execId="b", seq=2), fill(execId="a", seq=1), fill(execId="b", seq=2)]
    rows = [{**row, "execTime": row["execTime"] if row["execId"] == "c" else "8"} for row in rows]

    assert fills(await Venue(lists(get_executions=rows)).cuts.take(NOW, full=True)) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "shown",
    [
        {"get_positions": [held(positionIdx=1)]},
        {"get_open_orders": [order(positionIdx=1, qty="1", cumExecQty="0")]},
    ],
)
async def test_executions_are_read_by_the_mode_that_the_look_itself_shows(shown: Any) -> None:
    """A5: nobody asked for the mode; what sells and closes is the long's of hedge mode."""
    sold = fill(side="Sell", closedSize="0.1")
    venue = Venue(lists(get_executions=[sold], **shown))
    (each,) = (await venue.cuts.take(NOW, full=True)).executions

    assert each.slot.index == 1
    assert all(params.get("symbol") is None for method, params in venue.asked if method == "get_positions")


async def test_a_flat_row_says_nothing_of_the_mode() -> None:
    """A5: one of before a switch may come after it."""
    ear = Ear()
    ear.modes.known("BTCUSDT", PositionMode.HEDGE)
    ear.hears("position", held(side="", size="0"))

    assert ear.modes.hedge("BTCUSDT")


async def test_audits_read_a_page_each_and_name_what_a_whole_walk_showed() -> None:
    """C7, rel:F17: as of when it began; after a page that was not had, from the first one again."""
    cursors = iter(["next", "", "next", None, ""])

    def page(method: str, params: Params) -> Mapping[str, Any]:
        if method != "get_open_orders":
            return {}
        cursor = next(cursors)
        if cursor is None:
            raise Unavailable("no answer")
        link = f"t1-main-7K3QX9A2MD-E{1 + bool(params.get('cursor'))}-00"
        return {"list": [order(orderLinkId=link)], "nextPageCursor": cursor}

    venue, walked = Venue(page), []
    for _ in range(5):
        try:
            walked.append((await venue.cuts.take(NOW, full=False)).walked)
        except Unavailable:
            walked.append(None)
    asked = [each.get("cursor", "") for name, each in venue.asked if name == "get_open_orders"]

    assert asked == ["", "next", "", "next", ""]
    assert [each and [key[-5:-3] for key in each[1]] for each in walked] == [None, ["E1", "E2"], None, None, ["E1"]]
    assert walked[1] is not None
    assert walked[1][0] == NOW


async def test_slots_that_are_listed_no_more_are_flat_and_of_unknown_age() -> None:
    """rel:D6, rel:F20: held at an earlier look, only executed in, or placed in: the list leaves flat ones out."""
    rows = {"get_positions": [held(seq=7)], "get_executions": [fill(symbol="ETHUSDT")]}
    venue = Venue(lambda method, _: {"list": rows.get(method, [])})
    venue.cuts.slots.add(Slot("XRPUSDT", 2))
    first = await venue.cuts.take(NOW, full=True)
    rows.clear()
    found = await venue.cuts.take(NOW, full=True)

    assert {each.slot: str(each.size) for each in first.positions}[BTC] == "0.1"
    assert {each.slot for each in found.positions} == {BTC, ETH, Slot("XRPUSDT", 2)}
    assert {(str(each.size), each.seq) for each in found.positions} == {("0", -1)}
    assert {(each.slot, each.price, each.seq) for each in found.stops} == {
        (each.slot, None, -1) for each in found.positions
    }


async def test_a_look_is_as_old_as_its_question() -> None:
    """rel:F20: what was sent after it was asked for is not judged by it; positions are as of the answers."""
    venue = Venue(lists(get_positions=[held()], get_executions=[fill()]))
    found = await venue.cuts.take(NOW, full=True)

    assert isinstance(found.executions[0], Filled)
    assert found.asked == NOW
    assert found.at == found.positions[0].at == found.stops[0].at > NOW


async def test_a_page_of_an_audit_without_a_list_is_no_page() -> None:
    """C8, rel:F24: the walk would have ended there, and each order that it did not show would have been doubted."""
    venue = Venue(lambda method, _: {} if method == "get_open_orders" else {"list": []})

    with pytest.raises(Unavailable, match="get_open_orders was answered without a list"):
        await venue.cuts.take(1_700_000_000_000, full=False)
