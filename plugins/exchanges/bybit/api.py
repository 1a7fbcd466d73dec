"""One account's calls: pybit's methods by lane, within budgets, in threads; reads as results or errors."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Protocol

from core.errors import ConfigError, RateLimited, Unavailable
from plugins.exchanges.bybit import codes
from plugins.exchanges.bybit.lanes import Lane, Lanes
from plugins.exchanges.bybit.replies import Answered, Banned, Crowded, HttpRefused, Lost, NotSent, Reply
from ports import bybit_codes, bybit_rows

Result = Mapping[str, Any]
PAGES = 200
"""No list is read further than so many pages: rather an error than an endless one."""


class Calls(Protocol):
    """What makes the blocking calls: `session.Session`, or a test's."""

    offset: int

    def call(self, method: str, params: Mapping[str, Any]) -> Reply:
        """Call one of pybit's methods; never raises for what the network or the venue does."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


class Api:
    """The calls of one account. *told* hears of every reply: clock and ban are watched there."""

    def __init__(self, account: str, session: Calls, lanes: Lanes, told: Callable[[Reply], None]) -> None:
        """Nothing is connected here."""
        self.account = account
        self.session = session
        self.lanes = lanes
        self._told = told

    async def send(self, method: str, lane: Lane, params: Mapping[str, Any], units: int = 1) -> Reply:
        """Make a call when its turn comes."""
        reply = await self.lanes.send(method, lane, units, partial(self.session.call, method, params))
        self._told(reply)
        return reply

    async def read(self, method: str, **params: Any) -> Result:
        """The result of a read. Raises Unavailable (RateLimited too), or ConfigError when the key is at fault."""
        reply = await self.send(method, Lane.QUERY, params)
        if isinstance(reply, Answered) and reply.code == 0:
            return reply.result
        raise self.failure(reply)

    async def pages(self, method: str, *, limit: int, **params: Any) -> list[Mapping[str, Any]]:
        """All rows of a list, page by page. Raises as `read`; never returns a part as if it were the whole."""
        rows: list[Mapping[str, Any]] = []
        cursors = [""]
        while len(cursors) <= PAGES:
            cursor = {"cursor": cursors[-1]} if cursors[-1] else {}
            page = await self.read(method, limit=limit, **(params | cursor))
            rows.extend(bybit_rows.listed(self.account, method, page))
            following = str(page.get("nextPageCursor") or "")
            if not following:
                return rows
            if following in cursors:
                raise Unavailable(f"{self.account}: {method} goes round in a circle; nothing was concluded from it")
            cursors.append(following)
        raise Unavailable(f"{self.account}: {method} has more than {PAGES} pages; nothing was concluded from them")

    def failure(self, reply: Reply) -> Exception:
        """The error that a failed read is, in words that name the account and what would mend it."""
        match reply:
            case Answered(code=code, message=message):
                said = f"{self.account}: Bybit refuses with {code}: {message}"
                if code in bybit_codes.RATE:
                    return RateLimited(said, 1)
                if code in bybit_codes.DENIED:
                    return ConfigError((f"{said}; {codes.mend(code)}",))
                return Unavailable(f"{said}; {codes.mend(code)}" if codes.mend(code) else said)
            case HttpRefused(status=status, message=message):
                if status == 403:
                    return Unavailable(
                        f"{self.account}: Bybit answers HTTP 403: this address made too many requests, is banned for "
                        "10 minutes or more, or lies in a region that Bybit does not serve; stop other programs "
                        "on this address and wait, the account goes on by itself"
                    )
                return Unavailable(f"{self.account}: Bybit answers HTTP {status}: {message}")
            case Crowded(reason=reason, retry_after=wait) | Banned(reason=reason, retry_after=wait):
                return RateLimited(f"{self.account}: {reason}", wait / 1_000)
            case NotSent(reason=reason):
                return Unavailable(
                    f"{self.account}: the venue can't be reached ({reason}); check the network and the environment"
                )
            case Lost(reason=reason):
                return Unavailable(f"{self.account}: the venue did not answer ({reason})")

    def close(self) -> None:
        """Let nothing more leave."""
        self.lanes.close()
        self.session.close()
