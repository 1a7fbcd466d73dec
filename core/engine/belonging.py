"""Whose a store's trades are: the account at the venue that they were made with, by the venue's own id of it (C8).

Keys are swapped, a configuration is pointed at another store: at any other account none of these trades is there, so
that they would count as closed from outside, and the user's own positions on their slots as theirs.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from core.account.state import AccountState
from core.alerts import AccountDegraded, Alert
from core.errors import ConfigError, Stopped, Unavailable
from ports.clock import Clock
from ports.exchange import Exchange, Identified
from ports.persistence import Batch, Store

log = structlog.get_logger("tandem.service")

ACCOUNT = "account"
"""What is told of an account that is another one at the venue than before."""
KEPT_WITHIN = 2
"""Seconds that remembering an account may take."""
KEPT_AGAIN = 5_000
"""Milliseconds after which it is tried once more."""
NAMED = 5
"""So many trades are named, the others counted."""


@dataclass(frozen=True, slots=True)
class Owner:
    """An account at a venue. *uid* is the venue's id of it, "" where it gives none."""

    environment: str
    uid: str

    @classmethod
    def of(cls, exchange: Exchange) -> "Owner":
        """Whose key an exchange that has started goes by."""
        uid = exchange.uid if isinstance(exchange, Identified) else ""
        return cls(exchange.environment.value, str(uid or ""))

    def same(self, other: "Owner") -> bool:
        """Whether both may be one account: an id that isn't known contradicts none."""
        return self.environment == other.environment and (self.uid == other.uid or not self.uid or not other.uid)

    def __str__(self) -> str:
        """For a person."""
        return f"uid {self.uid} ({self.environment})" if self.uid else f"the account on {self.environment}"


class Belonging:
    """Whose the trades of one store are, remembered beside them. Nothing is sent from here."""

    def __init__(self, store: Store, states: Mapping[str, AccountState], clock: Clock) -> None:
        """Nothing is read here."""
        self._store = store
        self._states = states
        self._clock = clock
        self._known: dict[str, Owner] = {}
        self._owed: dict[str, Owner] = {}
        self._owing = asyncio.Event()

    async def recall(self) -> None:
        """Read what is remembered, before the first `settle` or `against`."""
        for name in self._states:
            written = await self._store.recall(_place(name))
            if written is not None:
                told = json.loads(written)
                self._known[name] = Owner(told["environment"], told["uid"])

    async def settle(self, name: str, found: Owner) -> None:
        """See that an account which has just connected is the one that its trades were made with, and remember it.

        Raises ConfigError when it isn't and something is live there, Unavailable while that can't be known or kept.
        """
        why = await self.against(name, found)
        if why:
            raise ConfigError((why,))
        before = self._known.get(name)
        if before is None or not before.same(found):
            await self._take(name, found, before)
        elif found.uid and not before.uid:
            await self._take(name, found, None)

    async def against(self, name: str, found: Owner) -> str:
        """Why an account must not trade as *found*, "" when it may; changes nothing."""
        before = self._known.get(name)
        moved = before is not None and not before.same(found)
        others = [each for each, known in self._known.items() if each != name and found.uid and known == found]
        if not moved and not others:
            return ""
        mine = await self._live(name)
        if before is not None and mine:
            return _another(name, found, before, mine, others) if moved else ""
        for other in others:
            theirs = await self._live(other)
            if theirs:
                return _others(name, found, before, other, theirs)
        return ""

    async def _live(self, name: str) -> list[str]:
        """An account's trades that aren't over, entries that wait to be sent included: their plans are kept first."""
        return sorted({record.trade for record in await self._store.live(name) if record.trade is not None})

    async def _take(self, name: str, found: Owner, before: Owner | None) -> None:
        """Remember *found*, in the place of *before* only once the store has it: its trades come after it."""
        if before is None:
            self._known[name] = self._owed[name] = found
            await self._pay()
            return
        await self._tell(name, found, before)
        await self._keep(name, found)
        self._known[name] = found

    async def _tell(self, name: str, found: Owner, before: Owner) -> None:
        """Tell people, durably: nobody may be there by the time that anything else is written."""
        at = self._clock.now()
        detail = (
            f"{name} is {found} at the venue from now on; it was {before}, and nothing that was made there is open. "
            "If that was not meant: another key is under this name than before"
        )
        body, environment = AccountDegraded(ACCOUNT, detail), self._states[name].environment
        alert = Alert(body=body, account=name, environment=environment, at=at, cause=f"{ACCOUNT}:{at}")
        await self._store.append(Batch(alerts=(alert,)))

    async def run(self) -> None:
        """Try again what the store did not take; a full disk keeps no account from being watched (rel:F46)."""
        while True:
            await self._owing.wait()
            await self._clock.sleep(KEPT_AGAIN)
            await self._pay()

    async def _pay(self) -> None:
        for name, found in tuple(self._owed.items()):
            try:
                await self._keep(name, found)
            except Stopped:
                raise
            except Exception as error:  # noqa: BLE001 - a store is somebody's plugin, and trades are to be watched
                log.warning("account not remembered yet", account=name, reason=str(error))
            else:
                del self._owed[name]
        self._owing.set() if self._owed else self._owing.clear()

    async def _keep(self, name: str, found: Owner) -> None:
        written = json.dumps({"environment": found.environment, "uid": found.uid})
        try:
            async with asyncio.timeout(KEPT_WITHIN):
                await self._store.remember(_place(name), written)
        except TimeoutError as error:
            raise Unavailable(f"{name}: the store did not keep within {KEPT_WITHIN} s whose key it has") from error


def _place(name: str) -> str:
    return f"owner:{name}"


def _another(name: str, found: Owner, before: Owner, mine: list[str], others: list[str]) -> str:
    """What a person must know who has trades open there."""
    swapped = f", which is {others[0]}'s: the keys of {name} and {others[0]} look swapped" if others else ""
    return (
        f"{name}: its key is of {found}{swapped}; this store's trades were made with {before}, and "
        f"{_listed(mine)} there. Nothing was sent to {found}; what is at {before} stands as it was, stops too. "
        f"Mend: put the key of {before} back under {name}. If {found} is the one that is meant, give it another store "
        f"(store and control), and end what is open at {before} in the exchange's app. To empty {found} now: that app, "
        "or `tandem emergency --foreign` by a configuration with a new store; no command does it by this one"
    )


def _others(name: str, found: Owner, before: Owner | None, other: str, theirs: list[str]) -> str:
    """The same of one with nothing open whose key is another's."""
    own = f", that of {before}" if before is not None else ""
    return (
        f"{name}: its key is of {found}, which is {other}'s by this store, and {_listed(theirs)} there: the keys of "
        f"{name} and {other} look swapped. Nothing was sent to {found}. Mend: put {name}'s own key{own} under {name}, "
        f"and that of {found} under {other}"
    )


def _listed(trades: list[str]) -> str:
    """How many, and which.

    >>> _listed(["AAA"]), _listed(["A", "B", "C", "D", "E", "F"])
    ('1 trade is open (AAA)', '6 trades are open (A, B, C, D, E and others)')
    """
    names = ", ".join(trades[:NAMED]) + (" and others" if len(trades) > NAMED else "")
    return f"{len(trades)} trade{' is' if len(trades) == 1 else 's are'} open ({names})"
