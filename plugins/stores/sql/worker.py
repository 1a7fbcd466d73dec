"""One thread that owns the one connection: each call is one hop to it and one transaction.

SQLAlchemy's asynchronous layer hops once a statement; this hops once a transaction, and a second writer can't exist.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from plugins.stores.sql.place import READING, Place
from plugins.stores.sql.thread import OneThread
from ports.errors import Stopped, Unavailable

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


class InDoubt(Unavailable):
    """The connection broke while committing: whether it was stored is known only to the database, by *stamp*."""

    def __init__(self, message: str, stamp: str) -> None:
        """Keep the transaction's stamp."""
        self.stamp = stamp
        super().__init__(message)


class Worker:
    """Runs functions of a connection, one after another. Raises Unavailable or Stopped for what the database says."""

    def __init__(self, place: Place, connect: Callable[[], Engine]) -> None:
        """*connect* makes the engine when `open` is called, in the worker's own thread."""
        self.place = place
        self._connect = connect
        self._thread: OneThread | None = None
        self._engine: Engine | None = None

    async def open(self) -> None:
        """Connect; does nothing when it is open."""
        if self._engine is None:
            self._thread = self._thread or OneThread("tandem-store")
            self._engine = await self.call(self._connect)

    async def done(self, within: float) -> bool:
        """Wait until all that was asked is done; False when it hangs."""
        if self._thread is None:
            return True
        behind = asyncio.get_running_loop().run_in_executor(self._thread, lambda: None)
        done, _ = await asyncio.wait({behind}, timeout=within)
        behind.cancel()
        return bool(done)

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
        """Run *act* in a transaction that is durable when this returns, or leaves nothing when it raises.

        Raises InDoubt when the connection broke in the very commit.
        """
        engine = self._open_engine()
        if engine.get_execution_options().get(READING, False):
            raise Stopped(f"store {self.place.name}: opened for reading only; the service is what writes it")
        return await self.call(self._written, engine, act, *arguments, **named)

    async def read(
        self,
        act: Callable[Concatenate[Connection, _Arguments], _Result],
        *arguments: _Arguments.args,
        **named: _Arguments.kwargs,
    ) -> _Result:
        """Run *act* on one consistent view."""
        reading = self._open_engine().execution_options(**self.place.reads)
        return await self.call(_read, reading, act, *arguments, **named)

    async def call(
        self, work: Callable[_Arguments, _Result], *arguments: _Arguments.args, **named: _Arguments.kwargs
    ) -> _Result:
        """Run *work* in the thread."""

        def done() -> _Result:
            with self.place.translated():
                return work(*arguments, **named)

        return await asyncio.get_running_loop().run_in_executor(self._thread, done)

    def _open_engine(self) -> Engine:
        if self._engine is None:
            raise Unavailable(f"store {self.place.name}: not open; start it first")
        return self._engine

    def _written(self, engine: Engine, act: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        with engine.connect() as connection:
            transaction = connection.begin()
            try:
                result = act(connection, *arguments, **named)
                stamp = self.place.stamp(connection)
            except BaseException:
                transaction.rollback()
                raise
            try:
                transaction.commit()
            except DBAPIError as error:
                transaction.rollback()
                if stamp and error.connection_invalidated:
                    raise InDoubt(
                        f"store {self.place.name}: connection lost in a commit ({error.orig})", stamp
                    ) from error
                raise
            return result


def _read(engine: Engine, act: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """What only reads may be asked again: a connection that broke while it was idle is nobody's trouble."""
    try:
        return _read_once(engine, act, *arguments, **named)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
    return _read_once(engine, act, *arguments, **named)


def _read_once(engine: Engine, act: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    with engine.begin() as connection:
        return act(connection, *arguments, **named)
