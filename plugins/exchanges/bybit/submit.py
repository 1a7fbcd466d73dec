"""Carries commands out: one batch a kind, everything in parallel, one outcome a command (bybit-v5.md section 8)."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

from core.commands import (
    Amend,
    Cancel,
    Code,
    Command,
    Done,
    Outcome,
    Place,
    Query,
    Refused,
    SetLeverage,
    SetStop,
    Unknown,
)  # fmt: skip
from core.errors import ConfigError, Unavailable
from core.facts import LeverageIs
from core.identity import parse_key
from plugins.exchanges.bybit import codes, orders
from plugins.exchanges.bybit.api import Api
from plugins.exchanges.bybit.asking import ask
from plugins.exchanges.bybit.orders import Params
from plugins.exchanges.bybit.replies import Answered, Reply

BATCH = 10
"""Orders in a batch: more than the default budget of a second would only be refused in part."""
SINGLE = {Place: "place_order", Amend: "amend_order", Cancel: "cancel_order"}
BATCHED = {Place: "place_batch_order", Amend: "amend_batch_order", Cancel: "cancel_batch_order"}

Batchable = Place | Amend | Cancel
T = TypeVar("T")


class Submitter:
    """One account's commands. *now* gives venue time in milliseconds, for the facts that answers prove."""

    def __init__(self, api: Api, now: Callable[[], int]) -> None:
        """Nothing is sent here."""
        self._api = api
        self._now = now

    async def submit(self, commands: Sequence[Command]) -> tuple[Outcome, ...]:
        """Carry them out. Commands of one kind share batches, the riskiest first; kinds go side by side."""
        found: dict[int, Outcome] = {}
        work = [self._one(number, command, found) for number, command in enumerate(commands) if not _batched(command)]
        for kind in (Cancel, Place, Amend):
            rows = [(number, each) for number, each in enumerate(commands) if isinstance(each, kind)]
            rows.sort(key=lambda row: orders.lane(row[1]))
            work += [self._batch(chunk, found) for chunk in _chunks(rows, BATCH)]
        if len(work) == 1:
            await work[0]  # a task more would cost an answer to a fill one more turn of the loop
        else:
            await asyncio.gather(*work)
        return tuple(found[number] for number in range(len(commands)))

    async def _one(self, number: int, command: Command, found: dict[int, Outcome]) -> None:
        match command:
            case SetStop():
                found[number] = await self._plain(command, "set_trading_stop", orders.set_stop(command))
            case SetLeverage():
                found[number] = await self._leverage(command)
            case Query():
                found[number] = await self._ask(command)
            case _:
                raise TypeError(f"{type(command).__name__} goes in a batch")

    async def _plain(self, command: Command, method: str, params: Params) -> Outcome:
        return codes.outcome(await self._api.send(method, orders.lane(command), params))

    async def _leverage(self, command: SetLeverage) -> Outcome:
        outcome = await self._plain(command, "set_leverage", orders.set_leverage(command))
        if isinstance(outcome, Done) or (isinstance(outcome, Refused) and outcome.code is Code.SAME):
            return Done((LeverageIs(command.symbol, command.leverage, self._now()),))
        return outcome

    async def _ask(self, command: Query) -> Outcome:
        try:
            return Done(await ask(self._api, command.key, command.slot.symbol, self._now()))
        except (Unavailable, ConfigError) as error:
            return Unknown(str(error))

    async def _batch(self, rows: Sequence[tuple[int, Batchable]], found: dict[int, Outcome]) -> None:
        lane = min(orders.lane(command) for _, command in rows)
        kind = type(rows[0][1])
        params = [_params(command) for _, command in rows]
        if len(rows) == 1:
            reply = await self._api.send(SINGLE[kind], lane, {"category": orders.LINEAR, **params[0]})
            found[rows[0][0]] = codes.outcome(reply)
            return
        reply = await self._api.send(BATCHED[kind], lane, {"category": orders.LINEAR, "request": params}, len(rows))
        found.update(zip((number for number, _ in rows), _outcomes(reply, params), strict=True))


def _outcomes(reply: Reply, asked: Sequence[Params]) -> tuple[Outcome, ...]:
    if isinstance(reply, Answered) and reply.code == 0:
        return codes.item_outcomes(reply, asked)
    whole = codes.outcome(reply)
    return tuple(whole for _ in asked)


def _batched(command: Command) -> bool:
    return isinstance(command, Place | Amend | Cancel)


def _params(command: Batchable) -> Params:
    match command:
        case Place():
            return orders.place(command)
        case Amend():
            return orders.amend(command)
        case Cancel():
            return orders.cancel(command, by_link=parse_key(command.key) is not None)


def _chunks(rows: Sequence[T], size: int) -> list[Sequence[T]]:
    return [rows[start : start + size] for start in range(0, len(rows), size)]
