"""Steering live trades (B14): each act is first only said, then done, on every account that holds the trade.

`act` takes kind, trade (an id or a symbol), account, role, price, quantity, percent. Two kinds are made of others:
`breakeven` moves the stop to each account's own breakeven price, and a percentage closes that part of each position.
"""

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from core.account.acting import against
from core.account.box import Box
from core.account.inputs import Operate
from core.engine.control import GOOD, WRONG, Answer, Handler
from core.engine.meant import account_meant, trades_meant
from core.engine.service import Service
from core.errors import ConfigError, TandemError
from core.facts import TO_BREAKEVEN, ActKind
from core.mirror import Following, follows_close
from core.money import HUNDRED, ZERO, decimal, text
from core.stops import better, breakeven_now

BREAKEVEN = TO_BREAKEVEN
STEERS = (ActKind.CLOSE, ActKind.REDUCE, ActKind.MOVE_STOP, ActKind.MOVE_TARGET, ActKind.CANCEL_ENTRIES,
          ActKind.PROTECT_AGAIN)  # fmt: skip
AT_ONCE = (ActKind.CLOSE, ActKind.REDUCE, ActKind.CANCEL_ENTRIES)


@dataclass(frozen=True, slots=True)
class Step:
    """What one account would be told, and why it would refuse."""

    account: str
    box: Box
    act: Operate
    refused: tuple[str, ...] = ()


class Steering:
    """Carries operators' acts to one service's accounts."""

    def __init__(self, service: Service) -> None:
        """Nothing is done here."""
        self._service = service

    def handlers(self) -> Mapping[str, Handler]:
        """Every command by its name."""
        return {"act": self.act, "pause": self.pause}

    async def act(self, arguments: Mapping[str, object]) -> Answer:
        """An act on a trade. With `dry_run` what it would do, and its `revision`.

        Given a `revision` back, it is refused when that is no longer what it would do (S3).
        """
        steps = [await self._step(name, box, arguments) for name, box in trades_meant(arguments, self._service.states)]
        revision = revision_of(steps)
        if arguments.get("dry_run"):
            rows = [{**_would(step), "brings": self._brings(step, steps)} for step in steps]
            return {"exit": GOOD, "data": rows, "revision": revision}
        if arguments.get("revision") not in (None, "", revision):
            return {"exit": WRONG, "error": ["this is not what you were shown any more: look again, then confirm"]}
        done = await self._all(steps)
        rows = [
            {"account": step.account, "trade": step.box.id, "refused": refused}
            for step, refused in zip(steps, done, strict=True)
        ]
        return {"exit": WRONG if any(done) else GOOD, "data": rows}

    def _brings(self, step: Step, steps: list[Step]) -> list[str]:
        """Mirrors that nobody named and that would do the same, since they follow (A4)."""
        if step.refused:
            return []
        named = {each.account for each in steps}
        led = {
            name: state.following
            for name, state in self._service.states.items()
            if name not in named and step.box.id in state.boxes
        }
        return [
            name
            for name, following in led.items()
            if following is not None and following.leader == step.account and _followed(step.act, following)
        ]

    async def _all(self, steps: list[Step]) -> list[list[str]]:
        """What reduces is handed over at once, in order: a mirror that is silent keeps nobody waiting."""
        if any(step.act.kind not in AT_ONCE for step in steps):
            return [await self._do(step) for step in steps]
        return await asyncio.gather(*(self._do(step) for step in steps))

    async def _do(self, step: Step) -> list[str]:
        """Hand it over; returns why it is refused. One account that fails keeps no other from its turn."""
        if step.refused:
            return list(step.refused)
        try:
            reply = await self._service.operate(step.account, step.act)
        except TandemError as error:
            return [str(error)]
        except TimeoutError:
            return [f"{step.account}: the account's machine did not answer; see the trade before doing it again"]
        return list(reply.refusal.reasons) if reply.refusal is not None else []

    async def _step(self, account: str, box: Box, arguments: Mapping[str, object]) -> Step:
        step = _meant(account, box, arguments)
        if account in self._service.connections.down:
            return replace(step, refused=(self._service.connections.why(account),))
        if step.refused:
            return step
        act = step.act
        if act.kind in (ActKind.MOVE_STOP, ActKind.MOVE_TARGET):
            try:
                act = replace(act, last=await self._service.connections.last_price(account, box.trade.plan.symbol))
            except TandemError as error:
                return replace(step, refused=(str(error),))
        return replace(step, act=act, refused=against(box, act))

    async def pause(self, arguments: Mapping[str, object]) -> Answer:
        """Take no new entries on one account or all, or again; with `dry_run` only say what would change."""
        named, paused = account_meant(arguments, self._service.states), bool(arguments["paused"])
        accounts = list(self._service.states) if named is None else [named]
        rows = [{"account": name, "paused": paused, "was": self._service.states[name].paused} for name in accounts]
        for name in () if arguments.get("dry_run") else accounts:
            self._service.pause(name, str(arguments.get("by", "cli")), paused=paused)
        return {"exit": GOOD, "data": rows}


def _meant(account: str, box: Box, arguments: Mapping[str, object]) -> Step:
    """The act as this account's machine will be told it; ConfigError for what no account could understand."""
    kind = str(arguments["kind"])
    if kind not in (*STEERS, BREAKEVEN):
        raise ConfigError((f"there is no act {kind!r}; there are {', '.join((*STEERS, BREAKEVEN))}",))
    try:
        price, quantity, percent = (_number(arguments.get(key)) for key in ("price", "quantity", "percent"))
    except ValueError as error:
        raise ConfigError((str(error),)) from None
    act = Operate(
        box.id,
        ActKind.MOVE_STOP if kind == BREAKEVEN else ActKind(kind),
        str(arguments.get("by", "cli")),
        role=str(arguments.get("role", "")),
        price=price,
        quantity=quantity,
        reason=TO_BREAKEVEN if kind == BREAKEVEN else str(arguments.get("reason", "manual")),
    )
    if kind == BREAKEVEN:
        return _to_breakeven(Step(account, box, act))
    return Step(account, box, act) if percent is None else _part(Step(account, box, act), percent)


def _to_breakeven(step: Step) -> Step:
    """The stop at the account's own breakeven price (B9), unless it protects better already."""
    plan, box = step.box.trade.plan, step.box
    price = breakeven_now(plan, box.trade.ledger)
    where = f"{step.account} {plan.symbol}"
    if price is None:
        return replace(step, refused=(f"{where}: nothing is filled yet, so there is no breakeven price",))
    if box.last_stop is not None and better(box.last_stop[0], price, plan.side) == box.last_stop[0]:
        return replace(step, refused=(f"{where}: the stop {text(box.last_stop[0])} is at breakeven or better already",))
    return replace(step, act=replace(step.act, price=price))


def _part(step: Step, percent: Decimal) -> Step:
    """So much of the position, down to the step; all of it is a close."""
    if not ZERO < percent <= HUNDRED:
        raise ConfigError((f"a part is above 0 and at most 100 percent, not {text(percent)}",))
    if percent == HUNDRED:
        return replace(step, act=replace(step.act, kind=ActKind.CLOSE, quantity=None))
    plan, position = step.box.trade.plan, step.box.trade.ledger.position
    quantity = plan.instrument.floor_quantity(position * percent / HUNDRED)
    if not quantity:
        why = f"{text(percent)} % of {text(position)} is less than one step of {text(plan.instrument.step)}"
        return replace(step, refused=(f"{step.account} {plan.symbol}: {why}",))
    return replace(step, act=replace(step.act, kind=ActKind.REDUCE, quantity=quantity))


def revision_of(steps: list[Step]) -> str:
    """What would be done as a short text: the same while the same would be done.

    A close is a close whatever is held by then; everything else is another act once the trade's phase has changed.
    """
    shown = [
        [
            step.account,
            step.box.id,
            step.act.kind.value,
            step.act.role,
            _text(step.act.price),
            _text(step.act.quantity),
            "" if step.act.kind is ActKind.CLOSE else step.box.phase.value,
        ]
        for step in steps
    ]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:16]


def _followed(act: Operate, following: Following) -> bool:
    if act.kind is ActKind.MOVE_STOP:
        return following.sync_stop
    return act.kind is ActKind.CLOSE and follows_close(act.reason, following)


def _would(step: Step) -> dict[str, object]:
    box, act = step.box, step.act
    return {
        "account": step.account,
        "environment": box.trade.plan.environment.value,
        "trade": box.id,
        "symbol": box.trade.plan.symbol,
        "side": box.trade.plan.side.value,
        "would": act.kind.value,
        "role": act.role,
        "price": _text(act.price),
        "quantity": _text(act.quantity),
        "position": text(box.trade.ledger.position),
        "stop": _text(box.last_stop[0]) if box.last_stop is not None else None,
        "last": _text(act.last),
        "orders": [line.key for line in box.trade.lines.values() if line.live],
        "refused": list(step.refused),
    }


def _number(value: object) -> Decimal | None:
    return None if value is None else decimal(str(value))


def _text(value: Decimal | None) -> str | None:
    return None if value is None else text(value)
