"""Lists page by page: all of it, or an error."""

import time
from collections.abc import Mapping
from typing import Any

import pytest

from core.errors import Unavailable
from plugins.exchanges.bybit.api import PAGES, Api
from plugins.exchanges.bybit.budget import Budget
from plugins.exchanges.bybit.lanes import Lanes
from plugins.exchanges.bybit.replies import Answered, HttpRefused, Lost, Reply


class Calls:
    """A list whose pages have these cursors of the next; the page after the last of them gets lost."""

    offset = 0

    def __init__(self, *cursors: str) -> None:
        """From the first page on."""
        self.cursors = cursors
        self.asked: list[str] = []
        self.listing = True

    def call(self, _: str, params: Mapping[str, Any]) -> Reply:
        """A page."""
        self.asked.append(params.get("cursor", ""))
        at = len(self.asked) - 1
        if at == len(self.cursors):
            return Lost("ReadTimeout")
        listed = {"list": [{"page": at}]} if self.listing else {}
        return Answered(0, "OK", {**listed, "nextPageCursor": self.cursors[at]})

    def close(self) -> None:
        """Nothing is open."""


async def listed(calls: Calls) -> list[Mapping[str, Any]]:
    """The list, whole, through lanes that never wait."""
    lanes = Lanes(3, Budget(10_000), lambda: time.monotonic_ns() // 1_000_000 + 5_000 * len(calls.asked))
    try:
        return await Api("main", calls, lanes, lambda _: None).pages("get_open_orders", limit=50)
    finally:
        lanes.close()


async def test_a_list_is_read_to_its_last_page() -> None:
    """Each page is asked for with the cursor that the one before it named."""
    calls = Calls("a", "b", "")

    assert [row["page"] for row in await listed(calls)] == [0, 1, 2]
    assert calls.asked == ["", "a", "b"]


@pytest.mark.parametrize(
    ("cursors", "pages", "words"),
    [
        (("a",), 2, "did not answer"),
        (("a", "b", "a"), 3, "round in a circle"),
        (tuple(map(str, range(PAGES + 5))), PAGES, "more than 200 pages"),
    ],
)
async def test_a_part_is_never_the_whole(cursors: tuple[str, ...], pages: int, words: str) -> None:
    """C7: a page that gets lost, a cursor that comes back, no end: nothing is concluded, and the venue is let be."""
    calls = Calls(*cursors)
    with pytest.raises(Unavailable, match=words):
        await listed(calls)

    assert len(calls.asked) == pages


async def test_an_answer_without_a_list_lists_nothing_and_says_so() -> None:
    """C8, rel:F24: taken for an empty one, all that was held was told as flat and what worked as gone."""
    calls = Calls("")
    calls.listing = False

    with pytest.raises(Unavailable, match="main: get_open_orders was answered without a list"):
        await listed(calls)


@pytest.mark.parametrize(
    ("status", "words"),
    [(403, "too many requests, is banned for 10 minutes or more, or lies in a region"), (502, "HTTP 502: the words")],
)
async def test_an_http_status_is_said_with_what_mends_it(status: int, words: str) -> None:
    """rel:F04: of a ban people learn that it passes by itself, and what to stop; a reader asks again."""

    class Answering(Calls):
        """Everything is answered with the status."""

        def call(self, _: str, params: Mapping[str, Any]) -> Reply:
            return HttpRefused(status, "the words")

    with pytest.raises(Unavailable, match=f"^main: Bybit answers .*{words}"):
        await listed(Answering())
