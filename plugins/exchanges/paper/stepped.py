"""The embedded venue in virtual time: ports.exchange's SteppedMarket and SteppedExchange, in process and lossless."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import assert_never

from core.commands import Amend, Cancel, Code, Command, Done, Outcome, Place, Query, SetLeverage, SetStop
from core.facts import Cut, Ended, EndReason, Filled, Funding, LeverageIs, PositionIs, StopIs, VenueFact, Wallet
from core.instrument import Instrument
from core.terms import Capabilities, Terms
from core.words import Environment, PositionMode, Slot
from plugins.exchanges.paper.codes import refused
from plugins.exchanges.paper.facts import TRIGGERS, execution_fact, new_order, order_fact, position_facts, working
from plugins.exchanges.paper.hand import Hand
from plugins.exchanges.paper.market.mover import Mover
from plugins.exchanges.paper.venue.account import Account, Position
from plugins.exchanges.paper.venue.engine import Venue
from plugins.exchanges.paper.venue.events import Event, Executed, LeverageSet, OrderUpdated, PositionUpdated
from plugins.exchanges.paper.venue.policies import Policies
from plugins.exchanges.paper.venue.state import VenueState
from plugins.exchanges.paper.venue.words import VenueError

TAKER = Decimal("0.00055")
MAKER = Decimal("0.0002")


class SteppedVenue:
    """The world: one venue, its prices, and an account object per account (SteppedMarket)."""

    def __init__(self, instruments: Mapping[str, Instrument], policies: Policies | None = None) -> None:
        """A venue without accounts and prices."""
        self.venue = Venue(VenueState(dict(instruments), policies or Policies()))
        self.mover = Mover(self.venue)
        self.accounts: dict[str, SteppedAccount] = {}
        self.heard: list[Event] = []
        """Everything that was handed out, for whoever keeps it; filled only while *keeping*."""
        self.keeping = False

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

    def hand(self, account: str) -> Hand:
        """The user's own hand on *account*, and what befalls it (tests and demonstrations)."""
        return Hand(self.venue, account)

    def distribute(self) -> None:
        """Hand what happened to the accounts it happened to."""
        events = self.venue.drain()
        if self.keeping:
            self.heard.extend(events)
        for event in events:
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
            closes_whole=True,
            attached_stop_resets=world.venue.state.policies.attached_stop_resets,
            request_lifetime=0,
            max_orders=world.venue.state.policies.max_orders,
        )
        self._world = world
        self._facts: list[VenueFact] = []
        self._listed: tuple[list[Executed], tuple[Filled | Funding, ...]] = ([], ())
        """The executions of the last look, and how they were told: most looks list the same."""

    def instruments(self) -> Mapping[str, Instrument]:
        """Every symbol's rules now."""
        return self._world.venue.state.instruments

    def terms(self, symbol: str) -> Terms:
        """What the account offers for *symbol* now; raises KeyError for a symbol that has no price."""
        state = self._world.venue.state
        account = state.accounts[self.account]
        hedge, prices = symbol in account.hedge, state.valued()
        own = sum(1 for _ in account.on(symbol))
        others = account.maintenance(
            {each.symbol: state.instruments[each.symbol].maintenance for each in account.positions.values()}, prices
        )
        return Terms(
            account=self.account,
            environment=self.environment,
            instrument=state.instruments[symbol],
            taker=account.taker,
            maker=account.maker,
            available=account.available(prices),
            equity=account.equity(prices),
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
        held, now = account.positions.values(), state.now
        return Cut(
            now,
            now,
            tuple([working(order) for order in account.orders.values()]),
            self._executions(account.executed_since(since)),
            tuple([StopIs(Slot(each.symbol, each.index), each.stop, now, each.seq) for each in held]),
            tuple([_held(each, account, state) for each in held]),
            self._wallet(),
        )

    def executed(self, key: str) -> Decimal:
        """What an order executed so far, by client id; zero for one that was never taken."""
        order = self._world.venue.state.accounts[self.account].find(key)
        return Decimal(0) if order is None else order.filled

    def age(self, key: str) -> int:
        """Milliseconds since an order was made, by client id; as good as for ever for one that was never taken."""
        order = self._world.venue.state.accounts[self.account].find(key)
        return self._world.now if order is None else self._world.now - order.created

    def took(self, event: Event) -> None:
        """Translate one event of this account."""
        match event:
            case Executed():
                self._facts.append(execution_fact(event))
            case OrderUpdated():
                fact = order_fact(event.order)
                if fact is not None:
                    self._facts.append(fact)
            case PositionUpdated():
                leverage = self._world.venue.state.accounts[self.account].leverage_of(event.symbol)
                self._facts.extend(position_facts(event, leverage))
            case LeverageSet():
                self._facts.append(LeverageIs(event.symbol, event.leverage, event.at))
            case _:
                assert_never(event)

    def _executions(self, events: list[Executed]) -> tuple[Filled | Funding, ...]:
        if events != self._listed[0]:
            self._listed = events, tuple([execution_fact(each) for each in events])
        return self._listed[1]

    def _wallet(self) -> Wallet:
        state = self._world.venue.state
        account = state.accounts[self.account]
        equity = account.equity(state.valued())
        return Wallet(account.free(equity), equity, state.now)

    def _carry(self, command: Command) -> Outcome:
        try:
            return self._do(command)
        except VenueError as error:
            found = refused(error)
            # The port's promise: a leverage that is in force already is set.
            return Done() if isinstance(command, SetLeverage) and found.code is Code.SAME else found

    def _do(self, command: Command) -> Outcome:
        venue = self._world.venue
        match command:
            case Place():
                venue.place(self.account, new_order(command))
            case Amend():
                venue.amend(self.account, command.key, command.quantity, command.price, command.stop)
            case Cancel():
                venue.cancel(self.account, command.key)
            case SetStop():
                venue.set_stop(
                    self.account, command.slot.symbol, command.slot.index, command.price, TRIGGERS[command.trigger_by]
                )
            case SetLeverage():
                venue.set_leverage(self.account, command.symbol, command.leverage)
            case Query():
                return Done(self._asked(command.key))
            case _:
                assert_never(command)
        return Done()

    def _asked(self, key: str) -> tuple[VenueFact, ...]:
        account = self._world.venue.state.accounts[self.account]
        order = account.find(key)
        if order is not None:
            fact = order_fact(order)
            return () if fact is None else (fact,)
        if key not in account.links:
            return ()
        # Closed so long ago that the history forgot it: it was taken once, and its executions say what came of it.
        filled = sum((each.quantity for each in account.executions if each.link == key), Decimal(0))
        return (Ended(key, filled, EndReason.VENUE, self._world.now, "closed long ago"),)


def _held(position: Position, account: Account, state: VenueState) -> PositionIs:
    slot, leverage = Slot(position.symbol, position.index), account.leverage_of(position.symbol)
    last = state.last.get(slot.symbol)
    mark = state.marks.get(slot.symbol) or last
    return PositionIs(slot, position.size, state.now, position.seq, None, leverage, mark, last)
