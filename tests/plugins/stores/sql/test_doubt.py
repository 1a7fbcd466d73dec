"""A connection that breaks in the very commit: what was handed over is stored once, whichever way the commit went."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from plugins.stores.sql.doubt import Doubt
from plugins.stores.sql.store import SqlStore
from ports.contract.samples import filled, opened, paused, told
from ports.errors import Unavailable
from ports.persistence import Batch
from tests.plugins.stores.sql.server import Server, name_of, place

FIRST = Batch(records=(opened(), paused()), alerts=(told("x"),))
MORE = Batch(records=(*FIRST.records, paused(at=2), filled("a", 1)), alerts=(told("x"), told("y")))
SOCKET = ".s.PGSQL.5432"
PATIENCE = 60
"""Seconds after which something hangs; the server may be slow to end a connection that was cut."""

pytestmark = pytest.mark.integration


class Line:
    """A line to the server that can be cut at a commit: before the server hears of it, or before it is answered."""

    def __init__(self, server: Path) -> None:
        """*server* is the socket's folder."""
        self.server = server
        self.cut = ""
        self.calls: list[asyncio.Task[None]] = []

    def answer(self, asking: asyncio.StreamReader, answering: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        self.calls.append(asyncio.create_task(self._carry(asking, answering)))

    async def _carry(self, asking: asyncio.StreamReader, answering: asyncio.StreamWriter) -> None:
        replies, requests = await asyncio.open_unix_connection(str(self.server / SOCKET))
        back = asyncio.create_task(_pump(replies, answering))
        while words := await asking.read(1 << 16):
            cut = ""
            if b"COMMIT" in words:
                cut, self.cut = self.cut, ""
            if cut:
                back.cancel()
                await asyncio.wait([back])
            if cut != "before":
                requests.write(words)
            if cut == "after":
                await replies.read(1 << 16)
            if cut:
                break
        for end in (answering, requests):
            end.close()
        await asyncio.gather(back, answering.wait_closed(), requests.wait_closed(), return_exceptions=True)


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while words := await source.read(1 << 16):
        target.write(words)


@asynccontextmanager
async def cuttable(server: Server, folder: Path) -> AsyncIterator[tuple[Line, SqlStore]]:
    """A store behind a line that can be cut."""
    url = server.fresh()
    line = Line(server.folder)
    listening = await asyncio.start_unix_server(line.answer, str(folder / SOCKET))
    store = SqlStore(place(f"postgresql://tandem@/{name_of(url)}?host={folder}"), notifiers=("chat",))
    await store.start()
    await store.acquire(["main"], "service")
    try:
        yield line, store
    finally:
        await store.close()
        listening.close()
        await asyncio.gather(*line.calls)


async def stubbornly(store: SqlStore, batch: Batch) -> int:
    """Append as the service does, until it is accepted; how often it was refused."""
    refusals = 0
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                await store.append(batch)
            except Unavailable:
                refusals += 1
            else:
                return refusals


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_commit_that_broke_is_stored_once(cut: str, server: Server, tmp_path: Path) -> None:
    """Retried with more behind it, as the writer does: plans and pauses have no key of their own (rel:F15, rel:F46)."""
    async with cuttable(server, tmp_path) as (line, store):
        line.cut = cut
        with pytest.raises(Unavailable, match="connection lost in a commit"):
            await store.append(FIRST)
        await stubbornly(store, MORE)

        assert await store.live("main") == MORE.records
        assert [alert.cause for alert in await store.alerts()] == ["y", "x"]


@pytest.mark.parametrize("cuts", [("before", "after"), ("after", "before"), ("after", "after")])
async def test_two_commits_that_broke_are_stored_once(cuts: tuple[str, str], server: Server, tmp_path: Path) -> None:
    """The retry of a doubtful batch may end in doubt itself."""
    async with cuttable(server, tmp_path) as (line, store):
        for cut, batch in zip(cuts, (FIRST, MORE), strict=True):
            line.cut = cut
            assert await broken(store, batch)
        last = Batch(records=(*MORE.records, paused(at=3)))
        await stubbornly(store, last)

        assert await store.live("main") == last.records


async def broken(store: SqlStore, batch: Batch) -> bool:
    """Append until the commit itself breaks."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                await store.append(batch)
            except Unavailable as error:
                if "in a commit" in str(error):
                    return True
            else:
                return False


async def test_the_same_words_later_are_news(server: Server, tmp_path: Path) -> None:
    """Once a batch went through, what looks like it again is stored again."""
    async with cuttable(server, tmp_path) as (line, store):
        line.cut = "after"
        assert await broken(store, FIRST)
        await stubbornly(store, FIRST)
        await store.append(FIRST)

        assert await store.live("main") == FIRST.records * 2


async def test_while_the_server_still_decides_nothing_is_handed_over_again(server: Server) -> None:
    """rel:F46: a commit that waits for a standby may outlive its connection: neither stored nor undone yet."""
    where = place(server.fresh())
    deciding, asking = where.writing(), where.writing()
    with deciding.connect() as ours, asking.connect() as later:
        doubt = Doubt(where)
        doubt.arose(where.stamp(ours), FIRST)
        with pytest.raises(Unavailable, match="still deciding about the last commit"):
            doubt.settle(later)
        assert doubt.without_stored(MORE) == MORE
        ours.commit()
        doubt.settle(later)

    assert doubt.without_stored(MORE).records == MORE.records[2:]
    for engine in (deciding, asking):
        engine.dispose()
