"""What an account looks at by itself, at start and again and again: the venue's clock, its key, the trading rules."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import structlog

from core.facts import VenueFact
from plugins.exchanges.bybit.hosts import Hosts
from plugins.exchanges.bybit.lanes import Lane
from plugins.exchanges.bybit.parts import Parts
from plugins.exchanges.bybit.replies import Answered
from ports import bybit_key
from ports.leaving import leaving

log = structlog.get_logger("tandem.bybit")

CLOCK_EVERY = 600
"""Seconds between two looks at the venue's clock."""
RULES_EVERY = 3_601
"""Seconds between two looks at the trading rules, just longer than they are kept."""


class Looks:
    """One account's. *clock_asked* makes the clock's look due."""

    def __init__(
        self, parts: Parts, hosts: Hosts, put: Callable[[Iterable[VenueFact]], None], uids: dict[str, str]
    ) -> None:
        """Nothing is asked here. *put* takes notices; *uids* are the venue's ids of all accounts of the process."""
        self.clock_asked = False
        self._parts = parts
        self._put = put
        self._uids = uids
        self._account = parts.api.account
        self._key = bybit_key.KeyLook(self._account, hosts.words, put, parts.now)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the key gives to tell people."""
        return self._key.warnings

    async def first(self) -> None:
        """See that all is well before the account trades. Raises ConfigError, Unavailable."""
        await self._sync_clock()
        bybit_key.check_offset(self._account, self._parts.api.session.offset)
        await self._check_key()
        await self._parts.market.instruments()
        await self._parts.modes.learn_held()

    def again(self) -> tuple[Coroutine[Any, Any, None], ...]:
        """The looks that go on for as long as the account does, to be run side by side."""
        return self._look_at_clock(), self._look_at_key(), self._look_at_rules()

    async def _sync_clock(self) -> None:
        """Set the offset from the middle of a round trip, however long the request waited for its turn (rel:F05).

        It goes first: with a wrong clock nothing that protects is taken.
        """
        api = self._parts.api
        reply = await api.send("get_server_time", Lane.STOP, {})
        if not isinstance(reply, Answered) or reply.code:
            raise api.failure(reply)
        api.session.offset = int(reply.result["timeNano"]) // 1_000_000 - reply.midway
        self.clock_asked = False

    async def _check_key(self) -> None:
        uid = self._key.took(await self._parts.api.read("get_api_key_information"))
        bybit_key.same_uid(self._account, uid, self._uids)
        self._uids[self._account] = uid

    async def _check_rules(self) -> None:
        """Read the instruments anew, and tell of symbols in use that go."""
        used = [slot.symbol for slot in self._parts.cuts.slots]
        instruments = await self._parts.market.instruments()
        self._put(leaving(self._account, used, instruments, self._parts.now()))

    async def _look_at_clock(self) -> None:
        looked = time.monotonic()
        while True:
            await asyncio.sleep(1)
            if self.clock_asked or time.monotonic() - looked > CLOCK_EVERY:
                looked = time.monotonic()
                await _tried(self._account, self._sync_clock())

    async def _look_at_key(self) -> None:
        while True:
            await asyncio.sleep(bybit_key.KEY_EVERY)
            await _tried(self._account, self._key.again(self._check_key()))

    async def _look_at_rules(self) -> None:
        while True:
            await asyncio.sleep(RULES_EVERY)
            await _tried(self._account, self._check_rules())


async def _tried(account: str, work: Coroutine[Any, Any, None]) -> None:
    """A look that may fail: it is made again later."""
    try:
        await work
    except Exception as error:  # noqa: BLE001 - told, and looked at again
        log.warning("look failed", account=account, reason=str(error))
