"""Emergency (E6): cancel and close all that is ours on an account or on all, see that it is flat, list what isn't ours.

The dry run lists exactly what the real one touches. What isn't ours is left alone unless it was asked for: then its
orders are cancelled, its positions adopted, and closed like any trade (A6).
"""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from core.account.inputs import Adopt, Look, Operate, TakeOut
from core.engine import touches
from core.engine.audit import APART, LOOKS
from core.engine.caution import backed_up
from core.engine.control import GOOD, WRONG, Answer, Handler
from core.engine.failing import failure
from core.engine.handover import Foreign, Handover, is_ours
from core.engine.repairing import PATIENCE, STEP, Repairs
from core.engine.service import Service
from core.engine.touches import REASON, Row
from core.errors import ConfigError, TandemError, Unavailable
from core.facts import ActKind, Cut
from core.identity import trade_and_role, trade_id
from core.mirror import follows_close
from core.money import text

LAST = "emergency"
NOTED_WITHIN = 1
"""Seconds that noting when it began may take."""
LOOK_WITHIN = 5
"""Seconds that a look may take before what is known must do."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """What an account has: *rows* that would be touched, *left* that would not. *why*: only what its machine knows.

    *differs* says of which trades the venue shows less than the journal has. Orders of trades that are *over*, or that
    the store never heard of, are among the rows too.
    """

    account: str
    rows: tuple[Row, ...] = ()
    left: tuple[Row, ...] = ()
    differs: tuple[str, ...] = ()
    why: str = ""
    over: tuple[str, ...] = ()


class Emergency:
    """Empties the accounts of one service."""

    def __init__(self, service: Service, repairs: Repairs, handover: Handover) -> None:
        """Nothing is touched here."""
        self.look_within: float = LOOK_WITHIN
        self.noted_within: float = NOTED_WITHIN
        self._last: dict[str, object] | None = None
        self._service = service
        self._repairs = repairs
        self._handover = handover

    def handlers(self) -> Mapping[str, Handler]:
        """Every command by its name."""
        return {"emergency": self.emergency}

    async def emergency(self, arguments: Mapping[str, object]) -> Answer:
        """List what would be touched; unless it is a dry run, touch it and say what is still open (then exit 1).

        `last` is when anybody began one, and who: two people in two chats act on the same accounts.
        """
        foreign, by = bool(arguments.get("foreign")), str(arguments.get("by", "cli"))
        names = self._accounts(arguments)
        before = await self._inventories(names, foreign=foreign)
        unknown = _unseen(before)
        data: dict[str, object] = {
            "touches": [row for each in before for row in each.rows],
            "left_alone": [row for each in before for row in each.left],
            "not_reached": unknown,
            "differs": _differing(before),
            "last": await self._began(),
            "environments": sorted({self._service.states[name].environment.value for name in names}),
        }
        if arguments.get("dry_run", True):
            return {"exit": WRONG if unknown else GOOD, "data": data}
        data["backup"], _ = await asyncio.gather(backed_up(self._service.store), self._begin(by))
        failed = await asyncio.gather(*(self._empty(each, by, foreign=foreign) for each in before))
        after = await self._after(names, foreign=foreign)
        still = data["still_open"] = [row for each in after for row in each.rows]
        unknown = data["not_reached"] = _unseen(after)
        data["differs"] = _differing(after)
        data["failed"] = [reason for reasons in failed for reason in reasons]
        return {"exit": WRONG if still or unknown or data["failed"] else GOOD, "data": data}

    async def _began(self) -> dict[str, object] | None:
        """When an emergency was begun last, and by whom; None when never, or when the store can't say."""
        if self._last is None:
            with suppress(Exception):
                async with asyncio.timeout(self.noted_within):
                    self._last = json.loads(await self._service.store.recall(LAST) or "null")
        return self._last

    async def _begin(self, by: str) -> None:
        """Note it, for everybody and over restarts. A store that refuses holds no emergency up."""
        self._last = {"at": self._service.clock.now(), "by": by}
        with suppress(Exception):
            async with asyncio.timeout(self.noted_within):
                await self._service.store.remember(LAST, json.dumps(self._last))

    async def _after(self, names: list[str], *, foreign: bool) -> list[Inventory]:
        """What the venues still show; asked again for a while, since their lists lag behind their streams.

        That nothing is open is believed only of what could be seen.
        """
        after = await self._inventories(names, foreign=foreign)
        for _ in range(LOOKS - 1):
            if not any(each.rows or each.why for each in after):
                break
            await self._service.clock.sleep(APART)
            after = await self._inventories(names, foreign=foreign)
        return after

    def _accounts(self, arguments: Mapping[str, object]) -> list[str]:
        """All accounts, or one with the mirrors that would close with it; mirrors first."""
        states = self._service.states
        named = arguments.get("account")
        leaders = [name for name, state in states.items() if state.following is None]
        if arguments.get("all_accounts") and named is not None:
            raise ConfigError((f"say --account {named} or --all-accounts: one of the two, not both",))
        if arguments.get("all_accounts"):
            chosen = set(states)
        elif named is None and len(leaders) > 1:
            raise ConfigError((f"say which account (--account {', '.join(leaders)}) or --all-accounts",))
        else:
            first = leaders[0] if named is None else self._repairs.accounts({"account": named})[0]
            chosen = {first, *(name for name in states if self._follows(name, first))}
        return sorted(chosen, key=lambda name: (states[name].following is None, list(states).index(name)))

    def _follows(self, name: str, leader: str) -> bool:
        following = self._service.states[name].following
        return following is not None and following.leader == leader and follows_close(REASON, following)

    async def _inventories(self, names: list[str], *, foreign: bool) -> list[Inventory]:
        """All side by side: an account that hangs holds no other up (rel:F40)."""
        return await asyncio.gather(*(self.inventory(name, foreign=foreign) for name in names))

    async def inventory(self, name: str, *, foreign: bool) -> Inventory:
        """What an account has at the venue now, ours and not; where that can't be seen, what its machine knows of."""
        state = self._service.states[name]
        closes = [touches.close_box(name, box) for box in state.boxes.values() if box.trade.ledger.position > 0]
        try:
            cut = await self._look(name)
        except Exception as error:  # noqa: BLE001 - an adapter is somebody's plugin
            why = failure(error, name)
            if name in self._service.connections.refused:  # its trades are elsewhere, and what is here isn't theirs
                return Inventory(name, why=why)
            lines = [(box, line) for box in state.boxes.values() for line in box.trade.lines.values() if line.live]
            return Inventory(name, (*(touches.cancel_line(name, box, line) for box, line in lines), *closes), why=why)
        others = self._handover.others(name, cut)
        ours = [order for order in cut.orders if is_ours(order, name)]
        over = {trade_and_role(order.key)[0] for order in ours} - state.boxes.keys()
        rows = [*(touches.cancel(name, order) for order in ours), *closes]
        theirs = [row for each in others for row in touches.foreign_rows(name, each)]
        differs = tuple(self._differs(name, cut))
        left = () if foreign else tuple(theirs)
        return Inventory(name, (*rows, *theirs) if foreign else tuple(rows), left, differs, over=tuple(sorted(over)))

    def _differs(self, name: str, cut: Cut) -> Iterator[str]:
        """Trades of which the venue shows less than the journal has: lately somebody else's doing, or another store's.

        Such a trade counts as open for all that: a list may lag behind what was just filled.
        """
        for box in self._service.states[name].boxes.values():
            held, shown = box.trade.ledger.position, abs(self._handover.ours(name, box.trade.plan.slot, cut))
            if held > shown:
                has = f"{box.trade.plan.symbol} {box.id}: the journal has {text(held)}"
                yield f"{name}: {has}, the venue shows {text(shown)} of it"

    async def _look(self, name: str) -> Cut:
        """A full cut, without waiting for the account to come to rest: that may be just what it doesn't do."""
        service = self._service
        if name in service.connections.down:
            raise Unavailable(service.connections.why(name))
        async with asyncio.timeout(self.look_within):
            return await service.exchanges[name].snapshot(service.states[name].cuts.since, full=True)

    async def _empty(self, each: Inventory, by: str, *, foreign: bool) -> list[str]:
        """Close every trade of an account, then what isn't ours where that was asked for; returns what went wrong.

        Its trades are closed even when the venue can't be seen: the machine goes on trying. What it waits to open (A9)
        it opens no more.
        """
        name = each.account
        if name in self._service.connections.down:
            return [self._service.connections.why(name)]
        state = self._service.states[name]
        if (state.lost or each.over) and not each.why:  # such orders may leave a close no room: they go beside it
            self._service.workers[name].post(Look(forget=True, over=each.over))
        trades = [*state.boxes, *state.waiting]
        wrong = list(await asyncio.gather(*(self._close(name, trade, by) for trade in trades)))
        if not each.why:
            wrong.append(await self._repairs.look(name, forget=True))
            wrong += await self._foreign(name, by) if foreign else ()
        return [f"{name}: {reason}" for reason in wrong if reason]

    async def _foreign(self, name: str, by: str) -> list[str]:
        """Take what isn't ours, as it is once ours is gone; one symbol that hangs or fails holds no other up."""
        why = await self._repairs.rested(name)
        if why:
            return [why]
        try:
            others = self._handover.others(name, await self._look(name))
        except Exception as error:  # noqa: BLE001 - as above
            return [failure(error, name)]
        wrong = await asyncio.gather(*(self._take(name, other, by) for other in others))
        return [*wrong, await self._repairs.look(name)]

    async def _close(self, name: str, trade: str, by: str) -> str:
        """Close one trade and wait until it is over; returns why it isn't, "" when it is."""
        service, state = self._service, self._service.states[name]
        try:
            reply = await service.ask(name, Operate(trade, ActKind.CLOSE, by, reason=REASON))
        except TimeoutError:
            return f"trade {trade}: the account's machine did not answer"
        for _ in range(PATIENCE * 1_000 // STEP):
            if trade not in state.boxes:
                return ""
            await service.clock.sleep(STEP)
        refused = "; ".join(reply.refusal.reasons) if reply.refusal is not None else "it goes on being closed"
        return f"trade {trade} is not over after {PATIENCE} s: {refused}"

    async def _take(self, name: str, other: Foreign, by: str) -> str:
        """Cancel somebody else's orders on a slot, adopt what it holds, close that."""
        service = self._service
        service.workers[name].post(TakeOut(tuple((order.key, order.slot) for order in other.orders), by))
        if not other.size:
            return ""
        symbol = other.slot.symbol
        try:
            async with asyncio.timeout(self.look_within):
                terms = await service.connections.terms(name, symbol)
        except (TandemError, TimeoutError) as error:
            return f"{symbol}: {failure(error, name)}"
        identity = f"{REASON}-{service.clock.now()}-{name}-{symbol}-{other.slot.index}"
        strategy = next(iter(service.states[name].strategies), "")
        plan = touches.bare_plan(identity, trade_id(service.salt, identity), strategy, other, terms)
        try:
            reply = await service.ask(name, Adopt(plan, (), by, shown=other.row))
        except TimeoutError:
            return f"{symbol}: the account's machine did not answer"
        if reply.refusal is not None:
            return "; ".join(reply.refusal.reasons)
        return await self._close(name, plan.trade, by)


def _unseen(found: Sequence[Inventory]) -> dict[str, str]:
    """Which accounts can't be seen, and why."""
    return {each.account: each.why for each in found if each.why}


def _differing(found: Sequence[Inventory]) -> list[str]:
    return [said for each in found for said in each.differs]
