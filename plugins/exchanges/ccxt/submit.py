"""Carries commands out through ccxt: batches where it has them and tells each part's fate, else one by one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from typing import Any

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
from core.facts import LeverageIs, VenueFact
from core.identity import parse_key
from core.words import OrderSide, TriggerBy
from plugins.exchanges.ccxt import outcomes
from plugins.exchanges.ccxt.rules import Rules
from ports import bybit_rows

BATCH = 10
ALL = {"qty": "0", "closeOnTrigger": True}
"""With reduceOnly: all that is held (V5 create page). ccxt leaves an amount of 0 out and passes the rest on."""
UNANSWERED = Unknown("the batch was not answered for each of its orders")
_TRIGGERS = {TriggerBy.LAST: "LastPrice", TriggerBy.MARK: "MarkPrice"}
Ask = Callable[[str, str], Awaitable[tuple[VenueFact, ...]]]


class Submitter:
    """One account's commands. *ask* finds an order by key."""

    def __init__(self, exchange: Any, rules: Rules, ask: Ask, now: Callable[[], int]) -> None:
        """Nothing is sent here."""
        self._exchange = exchange
        self._rules = rules
        self._ask = ask
        self._now = now

    async def submit(self, commands: Sequence[Command]) -> tuple[Outcome, ...]:
        """One outcome a command, in order; kinds go side by side."""
        found: dict[int, Outcome] = {number: bad for number, each in enumerate(commands) if (bad := self._bad(each))}
        work = []
        for kind, batch in ((Place, self._places), (Amend, self._amends)):
            rows = [row for row in enumerate(commands) if isinstance(row[1], kind) and row[0] not in found]
            work += [self._batch(rows[at : at + BATCH], batch, found) for at in range(0, len(rows), BATCH)]
        singles = [(number, each) for number, each in enumerate(commands) if not isinstance(each, Place | Amend)]
        work += [self._single(number, each, found) for number, each in singles]
        await asyncio.gather(*work)
        return tuple(found[number] for number in range(len(commands)))

    def _bad(self, command: Command) -> Outcome | None:
        """What ccxt would round, or fail a whole batch for, is refused before it is asked."""
        if not isinstance(command, Place | Amend):
            return None
        rules = self._rules.known.get(command.slot.symbol)
        if rules is None:
            return Refused(Code.RULES, f"{command.slot.symbol} is not listed any more")
        prices = [price for price in (command.price, command.stop) if price]
        if not all(rules.on_tick(price) for price in prices):
            return Refused(Code.RULES, f"a price of {command.key} is not on the tick {rules.tick}")
        whole = isinstance(command, Place) and command.whole  # what it closes may lie off the step
        if command.quantity is not None and not whole and rules.floor_quantity(command.quantity) != command.quantity:
            return Refused(Code.RULES, f"the quantity of {command.key} is not on the step {rules.step}")
        return None

    async def _batch(
        self,
        rows: Sequence[tuple[int, Any]],
        send: Callable[[Sequence[Any]], Awaitable[Sequence[Any]]],
        found: dict[int, Outcome],
    ) -> None:
        try:
            parts = await send([command for _, command in rows])
        except Exception as error:
            if not outcomes.is_ccxt(error):
                raise
            for number, _ in rows:
                found[number] = outcomes.of_error(error)
            return
        shown = [part.get("info") or {} for part in parts]
        if len(parts) == len(rows) and bybit_rows.fits(shown, [{"orderLinkId": command.key} for _, command in rows]):
            found.update((number, outcomes.of_part(part)) for (number, _), part in zip(rows, parts, strict=True))
        else:
            found.update((number, UNANSWERED) for number, _ in rows)

    async def _places(self, commands: Sequence[Place]) -> Sequence[Any]:
        requests = [self._place(command) for command in commands]
        if len(requests) > 1:
            return list(await self._exchange.create_orders(requests))
        each = requests[0]
        return [
            await self._exchange.create_order(
                each["symbol"], each["type"], each["side"], each["amount"], each["price"], each["params"]
            )
        ]

    def _place(self, command: Place) -> dict[str, Any]:
        params: dict[str, Any] = {"clientOrderId": command.key, "positionIdx": command.slot.index}
        if command.reduce_only:
            params["reduceOnly"] = True
        if command.whole:
            params |= ALL
        if command.stop is not None:
            params |= {
                "stopLoss": {"triggerPrice": _text(command.stop)},
                "slTriggerBy": _TRIGGERS[command.trigger_by],
                "tpslMode": "Full",
            }
        return {
            "symbol": self._rules.names[command.slot.symbol],
            "type": "market" if command.price is None else "limit",
            "side": command.side.value,
            "amount": "0" if command.whole else _text(command.quantity),
            "price": None if command.price is None else _text(command.price),
            "params": params,
        }

    async def _amends(self, commands: Sequence[Amend]) -> Sequence[Any]:
        # Only edit_orders passes an attached stop on as it should, so a single change is a batch of one.
        return list(await self._exchange.edit_orders([self._amend(command) for command in commands]))

    def _amend(self, command: Amend) -> dict[str, Any]:
        stop = {} if command.stop is None else {"stopLoss": {"triggerPrice": _text(command.stop)}}
        return {
            "id": command.key,
            "symbol": self._rules.names[command.slot.symbol],
            "type": "limit",  # this and the side ccxt demands, and sends neither
            "side": OrderSide.BUY.value,
            "amount": None if command.quantity is None else _text(command.quantity),
            "price": None if command.price is None else _text(command.price),
            "params": {"clientOrderId": command.key, **stop},
        }

    async def _single(self, number: int, command: Command, found: dict[int, Outcome]) -> None:
        try:
            found[number] = await self._one(command)
        except Exception as error:
            if not outcomes.is_ccxt(error):
                raise
            found[number] = outcomes.of_error(error)
        if isinstance(command, SetLeverage):
            found[number] = self._leverage(command, found[number])

    async def _one(self, command: Command) -> Outcome:
        match command:
            case Cancel(key=key, slot=slot):
                by_link = {"orderLinkId": key} if parse_key(key) is not None else {}
                await self._exchange.cancel_order(None if by_link else key, self._rules.names[slot.symbol], by_link)
            case SetStop():
                await self._exchange.privatePostV5PositionTradingStop(_trading_stop(command))
            case SetLeverage(symbol=symbol, leverage=leverage):
                await self._exchange.set_leverage(_text(leverage.normalize()), self._rules.names[symbol])
            case Query(key=key, slot=slot):
                return await self._asked(key, slot.symbol)
            case _:
                raise TypeError(f"{type(command).__name__} goes in a batch")
        return Done()

    async def _asked(self, key: str, symbol: str) -> Outcome:
        try:
            return Done(await self._ask(key, symbol))
        except (Unavailable, ConfigError) as error:
            return Unknown(str(error))

    def _leverage(self, command: SetLeverage, outcome: Outcome) -> Outcome:
        same = isinstance(outcome, Refused) and outcome.code is Code.SAME
        if isinstance(outcome, Done) or same:
            return Done((LeverageIs(command.symbol, command.leverage, self._now()),))
        return outcome


def _trading_stop(command: SetStop) -> dict[str, Any]:
    return {
        "category": "linear",
        "symbol": command.slot.symbol,
        "positionIdx": command.slot.index,
        "tpslMode": "Full",
        "stopLoss": "0" if command.price is None else _text(command.price),
        **({} if command.price is None else {"slTriggerBy": _TRIGGERS[command.trigger_by]}),
    }


def _text(number: Decimal) -> str:
    return format(number, "f")
