"""What must hold before an account trades through ccxt: its clock, its key's rights, its user id; looked at daily."""

import asyncio
from collections.abc import Callable, Iterable, MutableMapping
from typing import Any

import structlog

from core.facts import VenueFact
from plugins.exchanges.ccxt import outcomes
from ports import bybit_key

Put = Callable[[Iterable[VenueFact]], None]

log = structlog.get_logger("tandem.ccxt")


class Checks:
    """One account's at Bybit."""

    def __init__(self, account: str, where: str, exchange: Any, put: Put, now: Callable[[], int]) -> None:
        """Nothing is asked here. *where* is the environment, in words; *put* takes notices; *now* is venue time."""
        self._account = account
        self._exchange = exchange
        self._key = bybit_key.KeyLook(account, where, put, now)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the key gives to tell people."""
        return self._key.warnings

    async def first(self, uids: MutableMapping[str, str]) -> None:
        """Before the account trades; *uids* are those of all accounts of the process. Raises ConfigError, Unavailable.

        The clock was measured when the markets were read.
        """
        bybit_key.check_offset(self._account, -int(self._exchange.options.get("timeDifference") or 0))
        uid = await self._look()
        bybit_key.same_uid(self._account, uid, uids)
        uids[self._account] = uid

    async def again(self) -> None:
        """Look once a day, for as long as the account lives: keys end (rel:F41)."""
        while True:
            await asyncio.sleep(bybit_key.KEY_EVERY)
            try:
                await self._key.again(self._look())
            except Exception as error:  # noqa: BLE001 - told, and looked at again
                log.warning("look failed", account=self._account, reason=repr(error))

    async def _look(self) -> str:
        """See what the key may; the account's user id."""
        answer = await outcomes.called(self._account, self._exchange.privateGetV5UserQueryApi)
        return self._key.took(answer.get("result") or {})
