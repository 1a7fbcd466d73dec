"""One thread that owns the one connection: each call is one hop to it and one transaction.

SQLAlchemy's asynchronous layer hops once a statement; this hops once a transaction, and a second writer can't exist.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine

from plugins.stores.sql.connection import READING
from plugins.stores.sql.faults import translated
from ports.errors import Stopped, Unavailable

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


class Worker:
    """Runs functions of a connection, one after another. Raises Unavailable or Stopped for what the database says."""

    def __init__(self, path: str, connect: Callable[[], Engine]) -> None:
        """*connect* makes the engine when `open` is called, in the worker's own thread."""
        self.path = path
        self._connect = connect
        self._thread: ThreadPoolExecutor | None = None
        self._engine: Engine | None = None

    async def open(self) -> None:
        """Connect; does nothing when it is open."""
        if self._engine is None:
            self._thread = self._thread or ThreadPoolExecutor(max_workers=1, thread_name_prefix="tandem-store")
            self._engine = await self.call(self._connect)

    async def close(self) -> None:
        """Finish what was asked, then disconnect; safe to call twice."""
        thread, engine = self._thread, self._engine
        if thread is not None:
            if engine is not None:
                await self.call(engine.dispose)
            self._thread = self._engine = None
            thread.shutdown()

    async def write(
        self,
        act: Callable[Concatenate[Connection, _Arguments], _Result],
        *arguments: _Arguments.args,
        **named: _Arguments.kwargs,
    ) -> _Result:
        """Run *act* in a transaction that is durable when this returns, or leaves nothing when it raises."""
        engine = self._open_engine()
        if engine.get_execution_options().get(READING, False):
            raise Stopped(f"store {self.path}: opened for reading only; the service is what writes it")
        return await self.call(_within, engine, act, *arguments, **named)

    async def read(
        self,
        act: Callable[Concatenate[Connection, _Arguments], _Result],
        *arguments: _Arguments.args,
        **named: _Arguments.kwargs,
    ) -> _Result:
        """Run *act* on one consistent view."""
        reading = self._open_engine().execution_options(**{READING: True})
        return await self.call(_within, reading, act, *arguments, **named)

    async def call(
        self, work: Callable[_Arguments, _Result], *arguments: _Arguments.args, **named: _Arguments.kwargs
    ) -> _Result:
        """Run *work* in the thread."""

        def done() -> _Result:
            with translated(self.path):
                return work(*arguments, **named)

        return await asyncio.get_running_loop().run_in_executor(self._thread, done)

    def _open_engine(self) -> Engine:
        if self._engine is None:
            raise Unavailable(f"store {self.path}: not open; start it first")
        return self._engine


def _within(engine: Engine, act: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    with engine.begin() as connection:
        return act(connection, *arguments, **named)
