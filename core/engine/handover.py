"""Adopting what isn't ours, and giving back what is (A6): what is there, what would become of it, and doing it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from core.account.adopting import GIVEN_BACK
from core.account.inputs import Adopt, Release
from core.engine.caution import backed_up
from core.engine.control import GOOD, USAGE, WRONG, Answer, Handler
from core.engine.desk import ReadRequest
from core.engine.joining import ADOPTED
from core.engine.meant import trades_meant
from core.engine.repairing import Repairs
from core.engine.service import Service
from core.errors import ConfigError, Unavailable
from core.facts import Cut, PositionIs, Working
from core.identity import parse_key, trade_id
from core.mirror import follows_close
from core.money import ZERO, text
from core.plan import Plan, Refusal
from core.preview import preview_json
from core.request import FixedQuantity, Request
from core.terms import Terms
from core.words import Side, Slot, slot_for


@dataclass(frozen=True, slots=True)
class Foreign:
    """What an account holds on a symbol that no trade of ours owns. *size* is signed; *row* counts what is ours too."""

    slot: Slot
    size: Decimal
    row: PositionIs | None
    stop: Decimal | None
    orders: tuple[Working, ...]


class Handover:
    """Hands over between the user and one service."""

    def __init__(self, service: Service, repairs: Repairs, read_request: ReadRequest) -> None:
        """*read_request* makes a request of YAML text, an id and a time."""
        self._service = service
        self._repairs = repairs
        self._read = read_request

    def handlers(self) -> Mapping[str, Handler]:
        """Every command by its name."""
        return {"adopt": self.adopt, "release": self.release}

    async def adopt(self, arguments: Mapping[str, object]) -> Answer:
        """Without a request: what is there. With one: what would be done, and unless it is a dry run, doing it."""
        account, symbol = self._repairs.accounts({"account": arguments["account"]})[0], str(arguments["symbol"]).upper()
        if not arguments.get("dry_run", True):
            why = await self._repairs.look(account)
            if why:
                raise Unavailable(why)
        there = await self.foreign(account, symbol)
        shown = [_row(each) for each in there]
        if arguments.get("request") is None:
            return {"exit": GOOD if shown else WRONG, "data": {"there": shown}}
        orders = _named(arguments.get("orders"), there, account)
        plan = await self._planned(account, symbol, str(arguments["request"]), there)
        if isinstance(plan, Refusal):
            return {"exit": USAGE, "error": list(plan.reasons)}
        terms = await self._service.connections.terms(account, symbol)
        data: dict[str, object] = {"there": shown, "plan": preview_json(plan, terms)}
        data |= {"would_cancel": list(orders), "adopted": None}
        if arguments.get("dry_run", True):
            return {"exit": GOOD, "data": data}
        data["backup"] = await backed_up(self._service.store)
        row = next((each.row for each in there if each.slot == plan.slot), None)
        reply = await self._service.ask(account, Adopt(plan, orders, str(arguments.get("by", "cli")), shown=row))
        if reply.refusal is not None:
            return {"exit": WRONG, "error": list(reply.refusal.reasons)}
        return {"exit": GOOD, "data": {**data, "adopted": plan.trade}}

    async def foreign(self, account: str, symbol: str | None = None) -> tuple[Foreign, ...]:
        """What isn't ours on an account, of one symbol or of all; changes nothing, not even what the machine knows."""
        why = await self._repairs.rested(account)
        if why:
            raise Unavailable(why)
        cut = await self._service.connections.cut(account)
        return tuple(each for each in self.others(account, cut) if symbol in (None, each.slot.symbol))

    def others(self, account: str, cut: Cut) -> tuple[Foreign, ...]:
        """What a cut shows that isn't ours, by slot; exact while nothing of ours is on its way."""
        found = [_foreign(account, slot, cut, self.ours(account, slot, cut)) for slot in sorted(_slots(cut))]
        return tuple(each for each in found if each.size or each.orders)

    def ours(self, account: str, slot: Slot, cut: Cut) -> Decimal:
        """Our part of what a cut shows on a slot, signed: whatever the journal says, never more than is there."""
        box, row = self._service.states[account].owners.get(slot), _row_of(slot, cut)
        if box is None or row is None:
            return ZERO
        held = box.trade.ledger.position
        return min(held, max(row.size, ZERO)) if box.trade.plan.side is Side.LONG else max(-held, min(row.size, ZERO))

    async def _planned(self, account: str, symbol: str, written: str, there: Sequence[Foreign]) -> Plan | Refusal:
        service = self._service
        now = service.clock.now()
        request = self._read(written, f"adopt-{now}", now)
        terms = await service.connections.terms(account, symbol)
        slot = slot_for(symbol, request.side, terms.mode)
        held = next((each for each in there if each.slot == slot), None)
        against = _against(request, symbol, held)
        if against or held is None:
            return Refusal(tuple(f"{account} {symbol}: {each}" for each in against))
        strategy = service.states[account].strategies.get(request.strategy)
        if strategy is None:
            known = ", ".join(sorted(service.states[account].strategies))
            return Refusal((f"there is no strategy {request.strategy!r}; the configuration has {known}",))
        asked = _sized(request, held)
        return strategy.open(asked, _with_room(asked, terms), trade_id(service.salt, asked.id))

    async def release(self, arguments: Mapping[str, object]) -> Answer:
        """Give a trade back on every account that holds it, mirrors first; or say what that would leave there."""
        targets = self._holding(arguments)
        rows = [self._left(name, trade) for name, trade in targets]
        if arguments.get("dry_run", True):
            return {"exit": GOOD, "data": {"would_release": rows}}
        backup = await backed_up(self._service.store)
        refused = await self._give_back(targets, str(arguments.get("by", "cli")))
        return {"exit": WRONG if refused else GOOD, "data": {"released": rows, "refused": refused, "backup": backup}}

    async def _give_back(self, targets: Sequence[tuple[str, str]], by: str) -> dict[str, list[str]]:
        """Why accounts refused. Behind one that can't be asked all is left: a mirror would close with its leader."""
        refused: dict[str, list[str]] = {}
        for place, (name, trade) in enumerate(targets):
            try:
                reply = await self._service.ask(name, Release(trade, by))
            except (Unavailable, TimeoutError) as error:
                left = {other: [f"{other}: left as it is, for {name} can't be asked"] for other, _ in targets[place:]}
                return {**refused, **left, name: [str(error) or f"{name}: the account's machine did not answer"]}
            if reply.refusal is not None:
                refused[name] = list(reply.refusal.reasons)
        return refused

    def _holding(self, arguments: Mapping[str, object]) -> list[tuple[str, str]]:
        """(account, trade) pairs, mirrors first. A leader's alone can't be meant: its mirrors would close at market."""
        states = self._service.states
        every = [(name, box.id) for name, box in trades_meant({**arguments, "account": None}, states)]
        found = [(name, box.id) for name, box in trades_meant(arguments, states)]
        for name, trade in every:
            following = states[name].following
            if following is None or (name, trade) in found or (following.leader, trade) not in found:
                continue
            if follows_close(GIVEN_BACK, following):
                raise ConfigError((f"{name} follows {following.leader} and would close {trade}: release it on both",))
        return found

    def _left(self, name: str, trade: str) -> dict[str, object]:
        box = self._service.states[name].boxes[trade]
        plan, stop = box.trade.plan, self._service.states[name].view(box.trade.plan.slot).stop
        return {
            "account": name,
            "trade": trade,
            "symbol": plan.symbol,
            "side": plan.side.value,
            "position": text(box.trade.ledger.position),
            "stop": None if stop is None else text(stop),
            "cancels": sorted(line.key for line in box.trade.lines.values() if line.live),
        }


def _slots(cut: Cut) -> set[Slot]:
    return {each.slot for each in cut.positions} | {each.slot for each in cut.orders}


def _row_of(slot: Slot, cut: Cut) -> PositionIs | None:
    return next((each for each in cut.positions if each.slot == slot), None)


def _foreign(account: str, slot: Slot, cut: Cut, ours: Decimal) -> Foreign:
    stop = next((each.price for each in cut.stops if each.slot == slot), None)
    orders = tuple(each for each in cut.orders if each.slot == slot and not is_ours(each, account))
    row = _row_of(slot, cut)
    return Foreign(slot, (row.size if row is not None else ZERO) - ours, row, stop, orders)


def is_ours(order: Working, account: str) -> bool:
    """Whether an order is of a trade of this account's; one that has another account's name in its key isn't."""
    parts = parse_key(order.key)
    return parts is not None and parts.account == account


def _row(each: Foreign) -> dict[str, object]:
    return {
        "symbol": each.slot.symbol,
        "side": "long" if each.size > 0 else "short" if each.size else None,
        "size": text(abs(each.size)),
        "stop": None if each.stop is None else text(each.stop),
        "orders": [order_row(order) for order in each.orders],
    }


def order_row(order: Working) -> dict[str, object]:
    """An order for a person: its id, and what it would still do."""
    return {
        "key": order.key,
        "symbol": order.slot.symbol,
        "side": order.side.value,
        "quantity": text(order.quantity - order.filled),
        "price": None if order.price is None else text(order.price),
        "trigger": None if order.trigger is None else text(order.trigger),
        "reduce_only": order.reduce_only,
    }


def _named(orders: object, there: Sequence[Foreign], account: str) -> tuple[str, ...]:
    """The orders that the operator named; every one must be there and be somebody else's."""
    named = tuple(str(each) for each in orders) if isinstance(orders, list) else ()
    known = [order.key for each in there for order in each.orders]
    unknown = tuple(
        f"{account}: there is no order {key!r} of somebody else's there" for key in named if key not in known
    )
    if unknown:
        raise ConfigError(unknown)
    return named


def _against(request: Request, symbol: str, held: Foreign | None) -> list[str]:
    found = []
    if request.symbol != symbol:
        found.append(f"the plan is about {request.symbol}")
    if len(request.entries) != 1 or request.entries[0].price is None:
        found.append("the plan has one entry, the price at which the position was opened")
    if held is None or not held.size:
        found.append("there is no position that isn't Tandem's")
    elif (held.size > 0) != (request.side.value == "long"):
        found.append(f"the position is {'long' if held.size > 0 else 'short'}, the plan {request.side.value}")
    return found


def _sized(request: Request, held: Foreign) -> Request:
    """The request over what is held; a quantity of its own means only so much of it."""
    size = request.size if isinstance(request.size, FixedQuantity) else FixedQuantity(abs(held.size))
    return replace(request, size=size, confirmed=True, origin=ADOPTED)


def _with_room(request: Request, terms: Terms) -> Terms:
    """The terms with the margin that the position binds already: nothing more is needed for it."""
    quantity = request.size.value if isinstance(request.size, FixedQuantity) else ZERO
    bound = quantity * (request.entries[0].price or terms.last) * 2
    return replace(terms, available=terms.available + bound)
