"""A stream kept alive: connect, authenticate, subscribe, watch; dead or silent, it is built anew (rel:F18, F19)."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Protocol

import structlog

from ports.echo import Echo

log = structlog.get_logger("tandem.bybit")

GREETED_WITHIN = 10
SILENT_AFTER = 25
"""Seconds without a frame or a pong after which a connection counts as dead."""
LOOK_EVERY = 0.5
PAUSES = (0, 0.5, 1, 2, 5, 10, 30)
"""Seconds before the n-th attempt in a row."""

Frame = dict[str, Any]


class Socket(Protocol):
    """A connected socket."""

    heard: float

    def tell(self, frame: Frame) -> None:
        """Send; raises when the connection is gone."""
        ...

    def leave(self) -> None:
        """Close."""
        ...


Make = Callable[[Callable[[Frame], None], Callable[[str], None]], Socket]
"""Connects, blocking: (on_frame, on_death) -> Socket. Raises whatever the connection does."""


class Link:
    """One stream. *up* and *down* are called in the event loop, in turn; *data* with each frame that has a topic."""

    def __init__(
        self, name: str, make: Make, *, auth: bool, data: Callable[[Frame], None], up: Callable[[], None],
        down: Callable[[str], None],
    ) -> None:  # fmt: skip
        """Nothing is connected until `run`. *auth*: the stream greets with an answer to its authentication first."""
        self._name = name
        self._make = make
        self._auth = auth
        self._data = data
        self._up = up
        self._down = down
        self._topics: list[str] = []
        self._socket: Socket | None = None
        self._answers: asyncio.Queue[Frame] = asyncio.Queue()
        self._death: asyncio.Future[str] | None = None
        self.echo = Echo()
        self.connections = 0

    def want(self, topics: Sequence[str]) -> None:
        """Subscribe to these as well, now and after every reconnection."""
        new = [topic for topic in topics if topic not in self._topics]
        self._topics += new
        for topic in new if self._socket is not None else ():
            self._tell({"op": "subscribe", "req_id": topic, "args": [topic]})  # one that is refused takes none along

    def drop(self, reason: str) -> None:
        """Give this connection up and build another."""
        self._died(reason)

    async def run(self) -> None:
        """Keep the stream until cancelled."""
        failures = 0
        while True:
            await asyncio.sleep(PAUSES[min(failures, len(PAUSES) - 1)])
            reason = await self._one(failures)
            failures = 1 if not reason.startswith("!") else failures + 1
            log.info("stream ended", stream=self._name, reason=reason.lstrip("!"))

    async def _one(self, failures: int) -> str:
        """One connection from beginning to end; returns why it ended, with a ! when it never came up."""
        loop = asyncio.get_running_loop()
        self._death = loop.create_future()
        self._answers = asyncio.Queue()
        up = False
        try:
            self._socket = await self._connect(loop)
            await self._greet()
            up = True
            self.connections += 1
            self.echo.heard()
            self._up()
            reason = await self._watch()
        except (OSError, ConnectionError, TimeoutError, _NotGreeted) as error:
            reason = str(error) or type(error).__name__
        finally:
            socket, self._socket = self._socket, None
            if socket is not None:
                await asyncio.shield(asyncio.to_thread(socket.leave))
        if up or failures == 0:
            self._down(reason)
        return reason if up else f"!{reason}"

    async def _connect(self, loop: asyncio.AbstractEventLoop) -> Socket:
        death = self._death
        waiting: deque[Frame] = deque()

        def died(reason: str) -> None:
            _post(loop, lambda: self._died(reason) if self._death is death else None)

        def take() -> None:
            while waiting:
                each = waiting.popleft()
                if self._death is death:
                    self._took(each)

        def frame(each: Frame) -> None:
            # Waking the loop costs two system calls: what comes while it is being woken goes along.
            first = not waiting
            waiting.append(each)
            if first:
                _post(loop, take)

        work = asyncio.ensure_future(asyncio.to_thread(self._make, frame, died))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            # The thread goes on connecting: what it brings is closed, or it would stay open with nobody to read it.
            with suppress(Exception):
                await asyncio.to_thread((await work).leave)
            raise
        except Exception as error:
            raise ConnectionError(f"no connection: {type(error).__name__}: {str(error)[:120]}") from error

    async def _greet(self) -> None:
        async with asyncio.timeout(GREETED_WITHIN):
            if self._auth:
                await self._accepted("auth")
            if self._topics:
                await self._subscribe()

    async def _subscribe(self) -> None:
        """Ask for all topics. A public one that is refused, its symbol is gone, must not take the others along."""
        self._tell({"op": "subscribe", "req_id": "first", "args": list(self._topics)})
        try:
            await self._accepted("subscribe")
        except _Refused:
            if self._auth:
                raise
            await self._subscribe_one_by_one()

    async def _subscribe_one_by_one(self) -> None:
        topics = list(self._topics)
        for topic in topics:
            self._tell({"op": "subscribe", "req_id": topic, "args": [topic]})
        for topic in topics:  # answered in order
            try:
                await self._accepted("subscribe")
            except _Refused as error:
                log.warning("topic left out", stream=self._name, topic=topic, reason=str(error))
                self._topics.remove(topic)

    async def _accepted(self, operation: str) -> None:
        while True:
            frame = await self._answer()
            if frame.get("op") != operation:
                continue
            if frame.get("success") is False:
                raise _Refused(f"{operation} was refused: {frame.get('ret_msg')}")
            return

    async def _answer(self) -> Frame:
        """The next frame without a topic. Raises _NotGreeted when the connection dies first."""
        answer = asyncio.ensure_future(self._answers.get())
        assert self._death is not None  # noqa: S101 - set before the connection is made
        waits: set[asyncio.Future[Any]] = {answer, self._death}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                raise _NotGreeted(self._death.result())
            return answer.result()
        finally:
            answer.cancel()

    async def _watch(self) -> str:
        assert self._death is not None  # noqa: S101 - set before the connection is made
        while True:
            done, _ = await asyncio.wait({self._death}, timeout=LOOK_EVERY)
            if done:
                return self._death.result()
            if self._socket is not None and time.monotonic() - self._socket.heard > SILENT_AFTER:
                return f"silent for {SILENT_AFTER} s"
            if missing := self.echo.missing():
                return missing

    def _took(self, frame: Frame) -> None:
        if "topic" in frame:
            self.echo.heard()
            self._give(frame)
        else:
            self._answers.put_nowait(frame)

    def _give(self, frame: Frame) -> None:
        """Hand a frame on. One that breaks whoever takes it is lost: as if the stream had been down for it (rel:F24).

        The frames behind it would else wait for ever, and the stream seem well.
        """
        try:
            self._data(frame)
        except Exception as error:
            log.exception("frame not taken", stream=self._name, frame=repr(frame)[:2_000])
            self._died(f"a frame could not be taken: {type(error).__name__}")

    def _died(self, reason: str) -> None:
        if self._death is not None and not self._death.done():
            self._death.set_result(reason)

    def _tell(self, frame: Frame) -> None:
        if self._socket is None:
            return
        try:
            self._socket.tell(frame)
        except Exception as error:  # noqa: BLE001 - any failure to send is the connection's death
            self._died(f"could not send: {type(error).__name__}")


class _NotGreeted(Exception):
    """The connection was made and did not become a stream."""


class _Refused(_NotGreeted):
    """The venue did not take what it was asked for."""


def _post(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    """Hand something to the loop from another thread; a loop that is closed needs nothing more."""
    try:
        loop.call_soon_threadsafe(call)
    except RuntimeError:
        return
