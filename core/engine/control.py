"""The control socket: how the command line talks to the running service. A Unix socket that only its owner may open.

One JSON object a line each way: `{"command": "status", "arguments": {...}}` is answered by `{"exit": 0, "data": ...}`.
Who may open the file may act: it is mode 0600 in a directory of mode 0700.
"""

import asyncio
import json
import os
import stat
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path

from core.errors import ConfigError, Stopped, TandemError, Unavailable

Answer = dict[str, object]
Handler = Callable[[Mapping[str, object]], Awaitable[Answer]]
LONGEST = 1 << 20
ANSWER_WITHIN = 180
"""Seconds after which a service that took a question is no longer waited for; an emergency may take a minute."""
GOOD, WRONG, USAGE = 0, 1, 2


class ControlServer:
    """Serves handlers by name until closed."""

    def __init__(self, path: Path, handlers: Mapping[str, Handler]) -> None:
        """Nothing is opened here."""
        self._path = path
        self._handlers = handlers
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Open the socket; a stale file of a dead service is replaced. The lease must be held before.

        Raises Stopped when it can't be made there: the path is too long for a socket, or isn't ours to write.
        """
        try:
            await self._open()
        except OSError as error:
            raise Stopped(
                f"control socket {self._path}: {error.strerror or error}; name a place by `control:` that the service "
                "may write, in less than 100 characters"
            ) from error

    async def _open(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self._path.exists() and stat.S_ISSOCK(self._path.stat().st_mode):
            self._path.unlink()
        before = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._serve, self._path, limit=LONGEST)
        finally:
            os.umask(before)

    async def close(self) -> None:
        """Close the socket and take its file away."""
        if self._server is not None:
            self._server.close()
            self._server = None
            self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await reader.readline()
            answer = await self.answer(line)
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        except (ConnectionError, ValueError):
            writer.transport.abort()
        finally:
            writer.close()

    async def answer(self, line: bytes) -> Answer:
        """The answer to one line; a failure is an answer too."""
        try:
            asked = json.loads(line)
            handler = self._handlers[asked["command"]]
            arguments = asked.get("arguments", {})
        except (ValueError, KeyError, TypeError):
            return {"exit": USAGE, "error": ["the service does not know that command; is it of another version?"]}
        return await answered(handler, arguments)


async def answered(handler: Handler, arguments: Mapping[str, object]) -> Answer:
    """What a handler answers; what somebody could have caused is an answer too."""
    try:
        return await handler(arguments)
    except ConfigError as error:
        return {"exit": USAGE, "error": list(error.problems)}
    except TandemError as error:
        return {"exit": WRONG, "error": [str(error)]}
    except TimeoutError:
        return {"exit": WRONG, "error": ["the service did not answer in time; see its log, and look before repeating"]}


async def ask(
    path: Path, command: str, arguments: Mapping[str, object], *, within: float = ANSWER_WITHIN
) -> Answer | None:
    """Ask the running service; None when none is running.

    Raises Unavailable when it breaks off or stays silent, Stopped when no socket of ours can be at that path.
    """
    try:
        reader, writer = await asyncio.open_unix_connection(path)
    except (FileNotFoundError, ConnectionRefusedError):
        return None
    except OSError as error:
        raise Stopped(
            f"control socket {path}: {error.strerror or error}; no service can be asked there. Name a place by "
            "`control:` that this user may open, in less than 100 characters"
        ) from error
    try:
        writer.write(json.dumps({"command": command, "arguments": dict(arguments)}).encode() + b"\n")
        await writer.drain()
        async with asyncio.timeout(within):
            line = await reader.read()  # to the end: a thousand trades are longer than any line limit
    except TimeoutError:
        raise Unavailable(
            f"the service behind {path} has not answered for {within} s: see its log. Stop it (`tandem emergency` then "
            "does without it), or start it again; the stops stand at the venue"
        ) from None
    except OSError:  # it died in the middle
        line = b""
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
    if not line.endswith(b"\n"):
        raise Unavailable(
            f"the service behind {path} broke off without an answer: an act may be done all the same, so look "
            "(`tandem status`) before you repeat it; see its log"
        )
    answer: Answer = json.loads(line)
    return answer
