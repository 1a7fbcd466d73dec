"""The embedded venue in virtual time: ports.exchange's SteppedMarket and SteppedExchange, in process and lossless."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import assert_never

from core.commands import (
    Amend,
    Cancel,
    Command,
    Done,
    Outcome,
    Place,
    Query,
    SetLeverage,
    SetStop,
)
from core.facts import (
    Cause,
    Cut,
    Ended,
    EndReason,
    Filled,
    Funding,
    LeverageIs,
    PositionIs,
    StopIs,
    VenueFact,
    Wallet,
    Working,
)
from core.instrument import Instrument
from core.terms import Capabilities, Terms
from core.words import Environment, OrderSide, PositionMode, Slot, TriggerBy
from plugins.exchanges.paper.codes import refused
from plugins.exchanges.paper.market.mover import Mover
from plugins.exchanges.paper.venue.engine import Venue
from plugins.exchanges.paper.venue.events import Event, Executed, LeverageSet, OrderUpdated, PositionUpdated
from plugins.exchanges.paper.venue.orders import NewOrder, Order
from plugins.exchanges.paper.venue.policies import Policies
from plugins.exchanges.paper.venue.state import VenueState
from plugins.exchanges.paper.venue.words import CancelType, CreateType, ExecType, OrderStatus, VenueError

TAKER = Decimal("0.00055")
MAKER = Decimal("0.0002")

_SIDES = {"Buy": OrderSide.BUY, "Sell": OrderSide.SELL}
_BYBIT = {OrderSide.BUY: "Buy", OrderSide.SELL: "Sell"}
_CAUSES = {
    CreateType.BY_LIQUIDATION: Cause.LIQUIDATION,
    CreateType.BY_ADL: Cause.ADL,
    CreateType.BY_STOP_LOSS: Cause.STOP,
}
_TRIGGERS = {TriggerBy.LAST: "LastPrice", TriggerBy.MARK: "MarkPrice"}


class SteppedVenue:
    """The world: one venue, its prices, and an account object per account (SteppedMarket)."""

    def __init__(self, instruments: Mapping[str, Instrument], policies: Policies | None = None) -> None:
        """A venue without accounts and prices."""
        self.venue = Venue(VenueState(dict(instruments), policies or Policies()))
        self.mover = Mover(self.venue)
        self.accounts: dict[str, SteppedAccount] = {}

    def add(self, name: str, balance: Decimal, *, taker: Decimal = TAKER, maker: Decimal = MAKER) -> "SteppedAccount":
        """A funded account."""
        self.venue.add_account(name, balance, taker, maker)
        return self.attach(name)

    def attach(self, name: str) -> "SteppedAccount":
        """The object of an account that the venue knows already (a loaded state)."""
        account = self.accounts[name] = SteppedAccount(self, name)
        return account

    @property
    def now(self) -> int:
        """Venue time."""
        return self.venue.state.now

    def last(self, symbol: str) -> Decimal:
        """The last traded price."""
        return self.venue.state.last[symbol]

    def watch(self, symbol: str, below: Decimal | None, above: Decimal | None) -> None:
        """Also stop at these prices."""
        self.mover.watch(symbol, below, above)

    def advance(self, until: int | None) -> bool:
        """Move on until something happened, a watched price traded, or *until*; False when the paths ended."""
        return self.mover.advance(until)

    def distribute(self) -> None:
        """Hand what happened to the accounts it happened to."""
        for event in self.venue.drain():
            account = self.accounts.get(event.account)
            if account is not None:
                account.took(event)


class SteppedAccount:
    """One account of the embedded venue (SteppedExchange)."""

    environment = Environment.PAPER

    def __init__(self, world: SteppedVenue, account: str) -> None:
        """*account* must exist at the venue."""
        self.account = account
        self.capabilities = Capabilities(
            lossless_stream=True,
            attached_stop_resets=world.venue.state.policies.attached_stop_resets,
            request_lifetime=0,
            max_orders=world.venue.state.policies.max_orders,
        )
        self._world = world
        self._facts: list[VenueFact] = []
        self._executions: list[Filled | Funding] = []

    def terms(self, symbol: str) -> Terms:
        """What the account offers for *symbol* now; raises KeyError for a symbol that has no price."""
        state = self._world.venue.state
        account = state.accounts[self.account]
        hedge = symbol in account.hedge
        own = sum(1 for _ in account.on(symbol))
        others = account.maintenance(
            {each.symbol: state.instruments[each.symbol].maintenance for each in account.positions.values()}, state.last
        )
        return Terms(
            account=self.account,
            environment=self.environment,
            instrument=state.instruments[symbol],
            taker=account.taker,
            maker=account.maker,
            available=account.available(state.last),
            equity=account.equity(state.last),
            last=state.last[symbol],
            at=state.now,
            mode=PositionMode.HEDGE if hedge else PositionMode.ONE_WAY,
            capabilities=self.capabilities,
            maintenance_held=others,
            free_orders=state.policies.max_orders - own,
        )

    def submit(self, commands: Sequence[Command]) -> tuple[Outcome, ...]:
        """Carry commands out in order, at once."""
        return tuple([self._carry(command) for command in commands])

    def drain(self) -> tuple[VenueFact, ...]:
        """The facts since the last call; the wallet last, once."""
        self._world.distribute()
        if not self._facts:
            return ()
        facts, self._facts = self._facts, []
        facts.append(self._wallet())
        return tuple(facts)

    def snapshot(self, since: int) -> Cut:
        """A full cut as of now."""
        self._world.distribute()
        state = self._world.venue.state
        account = state.accounts[self.account]
        held = account.positions.values()
        return Cut(
            state.now,
            state.now,
            tuple(_working(order) for order in account.orders.values()),
            tuple(fact for fact in self._executions if fact.at >= since),
            tuple(StopIs(Slot(each.symbol, each.index), each.stop, state.now, each.seq) for each in held),
            tuple(PositionIs(Slot(each.symbol, each.index), each.size, state.now, each.seq) for each in held),
            self._wallet(),
        )

    def took(self, event: Event) -> None:
        """Translate one event of this account."""
        match event:
            case Executed(exec_type=ExecType.FUNDING):
                paid = Funding(event.id, Slot(event.symbol, event.index), event.fee, event.at)
                self._executions.append(paid)
                self._facts.append(paid)
            case Executed():
                filled = _filled(event)
                self._executions.append(filled)
                self._facts.append(filled)
            case OrderUpdated():
                fact = _order(event.order)
                if fact is not None:
                    self._facts.append(fact)
            case PositionUpdated():
                slot = Slot(event.symbol, event.index)
                self._facts.append(PositionIs(slot, event.size, event.at, event.seq))
                self._facts.append(StopIs(slot, event.stop, event.at, event.seq))
            case LeverageSet():
                self._facts.append(LeverageIs(event.symbol, event.leverage, event.at))
            case _:
                assert_never(event)

    def _wallet(self) -> Wallet:
        state = self._world.venue.state
        account = state.accounts[self.account]
        return Wallet(account.available(state.last), account.equity(state.last), state.now)

    def _carry(self, command: Command) -> Outcome:
        try:
            return self._do(command)
        except VenueError as error:
            return refused(error)

    def _do(self, command: Command) -> Outcome:
        venue = self._world.venue
        match command:
            case Place():
                venue.place(self.account, _new_order(command))
            case Amend():
                venue.amend(self.account, command.key, command.quantity, command.price, command.stop)
            case Cancel():
                venue.cancel(self.account, command.key)
            case SetStop():
                venue.set_stop(
                    self.account, command.slot.symbol, command.slot.index, command.price, _TRIGGERS[command.trigger_by]
                )
            case SetLeverage():
                venue.set_leverage(self.account, command.symbol, command.leverage)
            case Query():
                return Done(self._asked(command.key))
            case _:
                assert_never(command)
        return Done()

    def _asked(self, key: str) -> tuple[VenueFact, ...]:
        order = self._world.venue.state.accounts[self.account].find(key)
        fact = _order(order) if order is not None else None
        return () if fact is None else (fact,)


def _new_order(place: Place) -> NewOrder:
    return NewOrder(
        symbol=place.slot.symbol,
        side=_BYBIT[place.side],
        quantity=place.quantity,
        price=place.price,
        index=place.slot.index,
        link=place.key,
        reduce_only=place.reduce_only,
        stop=place.stop,
        trigger_by=_TRIGGERS[place.trigger_by],
    )


def _order(order: Order) -> Working | Ended | None:
    """An order as a fact; None for the venue's own closing orders, which are told by their executions."""
    if order.create_type is not CreateType.BY_USER:
        return None
    if order.open:
        return _working(order)
    if order.status is OrderStatus.TRIGGERED:
        return None
    return Ended(order.link or order.id, order.filled, _why(order), order.updated, _detail(order))


def _working(order: Order) -> Working:
    return Working(
        order.link or order.id, Slot(order.symbol, order.index), _SIDES[order.side], order.quantity, order.price,
        order.filled, order.updated, order.stop, order.reduce_only, order.trigger,
    )  # fmt: skip


def _why(order: Order) -> EndReason:
    match order.status:
        case OrderStatus.FILLED:
            return EndReason.FILLED
        case OrderStatus.REJECTED:
            return EndReason.REJECTED
        case _ if order.cancel_type is CancelType.BY_USER:
            return EndReason.CANCELLED
        case _:
            return EndReason.VENUE


def _detail(order: Order) -> str:
    return order.cancel_type.value if order.cancel_type is not CancelType.UNKNOWN else order.reject_reason


def _filled(event: Executed) -> Filled:
    cause = _CAUSES.get(event.create_type)
    if cause is None:
        cause = Cause.ORDER if event.link else Cause.FOREIGN
    return Filled(
        event.id, Slot(event.symbol, event.index), event.link or None, _SIDES[event.side], event.quantity,
        event.price, event.fee, cause, event.at, event.seq,
    )  # fmt: skip
