"""Repairs by the one way there is: the machine takes a full cut and reconciles. What it would find can be listed first.

Nothing is sent from here: `doctor --fix` and `clean-up` only make a machine look now instead of at its next audit.
"""

import asyncio
from collections.abc import Mapping, Sequence

from core.account.inputs import Look
from core.engine.audit import APART, unrest
from core.engine.caution import backed_up
from core.engine.control import GOOD, WRONG, Answer, Handler
from core.engine.failing import failure
from core.engine.meant import account_meant
from core.engine.service import Service
from core.engine.unwatched import lost
from core.errors import Unavailable
from core.facts import Working
from core.identity import parse_key, trade_and_role
from core.money import text

PATIENCE = 30
"""How many seconds a machine may take to look and to carry out what follows."""
STEP = 100
"""Milliseconds between two looks at how far it is."""


class Repairs:
    """Makes the machines of one service look."""

    def __init__(self, service: Service) -> None:
        """Nothing is asked here."""
        self._service = service

    def handlers(self) -> Mapping[str, Handler]:
        """Every command by its name."""
        return {"repair": self.repair, "clean_up": self.clean_up}

    async def repair(self, arguments: Mapping[str, object]) -> Answer:
        """Every account (or the one named) looks at its venue in full and reconciles; exit 1 where one could not."""
        names = self.accounts(arguments)
        backup = await backed_up(self._service.store)
        rows = {name: await self.look(name) for name in names}
        data = {"not_repaired": _with_reasons(rows), "backup": backup}
        return {"exit": WRONG if any(rows.values()) else GOOD, "data": data}

    async def clean_up(self, arguments: Mapping[str, object]) -> Answer:
        """Orders of ours without a live trade: listed, and unless it is a dry run cancelled by the account's machine.

        Exit 1 when there are some in a dry run, or some are left after the other, or an account can't be seen: it
        holds up no other one.
        """
        names = self.accounts(arguments)
        found, unseen = await self._all_orphans(names)
        unwatched = {name: list(each) for name in names if (each := lost(self._service.states[name].lost))}
        if arguments.get("dry_run", True):
            data: dict[str, object] = {"would_cancel": found, "not_done": unseen, "lost": unwatched}
            return {"exit": WRONG if found or unseen else GOOD, "data": data}
        over = {name: tuple(_trade_of(row) for row in found if row["account"] == name) for name in names}
        rows = {name: unseen.get(name) or await self.look(name, over=over[name]) for name in names}
        left, gone = await self._all_orphans([name for name in names if name not in unseen])
        wrong = {**_with_reasons(rows), **gone}
        cancelled = [row for row in found if row not in left and row["account"] not in gone]
        data = {"cancelled": cancelled, "left": left, "not_done": wrong, "lost": unwatched}
        return {"exit": WRONG if left or wrong else GOOD, "data": data}

    async def _all_orphans(self, names: Sequence[str]) -> tuple[list[dict[str, str]], dict[str, str]]:
        """Those of every account that can be seen, and why the others can't be."""
        found = await asyncio.gather(*(self.orphans(name) for name in names), return_exceptions=True)
        rows, unseen = list[dict[str, str]](), dict[str, str]()
        for name, each in zip(names, found, strict=True):
            if isinstance(each, BaseException):  # a cancelled look of an adapter's own is none either
                unseen[name] = failure(each, name)
            else:
                rows += each
        return rows, unseen

    def accounts(self, arguments: Mapping[str, object]) -> list[str]:
        """The account that is named, or all of them."""
        named = account_meant(arguments, self._service.states)
        return list(self._service.states) if named is None else [named]

    async def look(self, name: str, *, forget: bool = False, over: tuple[str, ...] = ()) -> str:
        """Make an account look and wait until it has done what follows; returns why it could not, "" when it did.

        *forget*: what the store has lost counts as orphaned from now on. So do orders of these trades that are *over*.
        """
        service, state = self._service, self._service.states[name]
        if name in service.connections.down:
            return service.connections.why(name)
        before = state.cuts.done
        service.workers[name].post(Look(forget, over))
        for _ in range(PATIENCE * 1_000 // STEP):
            await service.clock.sleep(STEP)
            if state.cuts.done > before and state.cuts.asked is None and not unrest(state):
                return ""
        return f"{name} did not come to rest within {PATIENCE} s: {unrest(state) or 'no look at the venue succeeded'}"

    async def rested(self, name: str) -> str:
        """Wait until nothing is in flight on an account, asking nothing of it; returns why it isn't, "" when it is."""
        service, state = self._service, self._service.states[name]
        if name in service.connections.down:
            return service.connections.why(name)
        for _ in range(PATIENCE * 1_000 // STEP):
            if not unrest(state):
                return ""
            await service.clock.sleep(STEP)
        return f"{name} did not come to rest within {PATIENCE} s: {unrest(state)}"

    async def orphans(self, name: str) -> list[dict[str, str]]:
        """Orders of ours at the venue that serve no live trade, twice the same a second apart."""
        service = self._service
        if name in service.connections.down:
            raise Unavailable(service.connections.why(name))
        first = await self._orphans(name)
        if not first:
            return []
        await service.clock.sleep(APART)
        again = await self._orphans(name)
        return [_row(name, order) for key, order in first.items() if key in again]

    async def _orphans(self, name: str) -> dict[str, Working]:
        state = self._service.states[name]
        cut = await self._service.connections.cut(name)
        keys = {order.key: parse_key(order.key) for order in cut.orders}
        return {
            order.key: order
            for order in cut.orders
            if (parts := keys[order.key]) is not None
            and parts.account == name
            and parts.trade not in state.boxes.keys() | state.lost.keys()
        }


def _row(account: str, order: Working) -> dict[str, str]:
    left = text(order.quantity - order.filled)
    return {"account": account, "key": order.key, "symbol": order.slot.symbol, "side": order.side, "quantity": left}


def _trade_of(row: Mapping[str, str]) -> str:
    return trade_and_role(row["key"])[0]


def _with_reasons(rows: Mapping[str, str]) -> dict[str, str]:
    return {name: why for name, why in rows.items() if why}
