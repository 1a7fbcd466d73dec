"""One WebSocket of pybit's, fenced: its callbacks only hand frames over, it never reconnects by itself.

pybit closes its socket for good when a callback raises, and now and then after a clean close by the server; so nothing
here raises, and whoever owns the socket builds a new one (`link`). Imported only when an account starts.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import orjson
from pybit.unified_trading import WebSocket
from websocket import WebSocketException, setdefaulttimeout

Frame = dict[str, Any]

PING_EVERY = 10
PONG_WITHIN = 5
_ATTEMPTS = 2
"""pybit counts an attempt before it looks at what came of it: two are one, and a second one only after a failure."""
_AUTH_SECONDS = 10
_CONNECT_WITHIN = 10
"""Seconds for a connection to come about; reading waits by select, and is not bound by it."""

setdefaulttimeout(_CONNECT_WITHIN)

logging.getLogger("websocket").setLevel(logging.CRITICAL)  # what it would say reaches `died`


class FencedSocket(WebSocket):  # type: ignore[misc] # pybit has no types
    """Connects in its constructor, blocking; raises OSError, WebSocketException.

    *on_frame* gets every frame but pongs, *on_death* a reason, at most once; both are called on pybit's thread.
    """

    def __init__(
        self, url: str, on_frame: Callable[[Frame], None], on_death: Callable[[str], None],
        *, key: str = "", secret: str = "", offset: int = 0,
    ) -> None:  # fmt: skip
        """With *key* it authenticates; *offset* is how far the venue's clock is ahead, in milliseconds."""
        self._own_url = url
        self._on_frame = on_frame
        self._on_death = on_death
        self._dead = threading.Event()
        self._core: Any = None
        self.heard = time.monotonic()
        private = {"api_key": key, "api_secret": secret} if key else {}
        super().__init__(
            "private" if key else "linear",
            testnet=False,
            ping_interval=PING_EVERY,
            ping_timeout=PONG_WITHIN,
            retries=_ATTEMPTS,
            restart_on_error=False,
            private_auth_expire=_AUTH_SECONDS + offset // 1_000,
            **private,
        )

    def _connect(self, url: str) -> None:
        # The constants that pybit would take the address from belong to the whole process; this is the stream's own.
        super()._connect(self._own_url)

    def tell(self, frame: Frame) -> None:
        """Send a frame; raises WebSocketException or OSError when the connection is gone."""
        self.ws.send(orjson.dumps(frame).decode())

    def leave(self) -> None:
        """Close; nothing is told after this. Blocks for a moment."""
        self._dead.set()
        self.exited = True
        self._stop_custom_ping_timer()
        if hasattr(self, "ws"):
            self.ws.close()
        if self._core is not None:
            self._core.shutdown()  # after a close frame of the server's, websocket-client leaves its socket open

    def exit(self) -> None:
        """What pybit calls when it gives up."""
        self.leave()

    def _on_open(self) -> None:
        self._core = self.ws.sock
        # websocket-client checks UTF-8 byte by byte in Python, 0.2 ms a frame, and decodes strictly after that anyway.
        for part in (self._core.frame_buffer, self._core.cont_frame):
            part.skip_utf8_validation = True

    def _on_message(self, message: str) -> None:
        self.heard = time.monotonic()
        try:
            frame = orjson.loads(message)
            if not self._is_custom_pong(frame) and not self._dead.is_set():
                self._on_frame(frame)
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not end pybit's thread in silence
            self._die(f"a frame could not be read: {type(error).__name__}")

    def _on_pong(self) -> None:
        self.heard = time.monotonic()
        try:
            super()._on_pong()
        except (WebSocketException, OSError) as error:
            self._die(f"the ping could not be sent: {type(error).__name__}")

    def _on_error(self, error: Exception) -> None:
        self._die(f"{type(error).__name__}: {str(error)[:120]}")

    def _on_close(self) -> None:
        self._die("the venue closed the connection")

    def _die(self, reason: str) -> None:
        if not self._dead.is_set():
            self._dead.set()
            self._on_death(reason)
