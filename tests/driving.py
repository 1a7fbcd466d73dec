"""A machine driven by hand: facts in, commands out, for a venue whose stream can lose things."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Self

from core.account.box import Box
from core.account.effects import Effects, Journaled
from core.account.inputs import Answered, Input, Known, Open
from core.account.machine import AccountMachine, restore
from core.account.state import AccountState
from core.alerts import Alert
from core.commands import Command, Done, Outcome, Place, SetLeverage
from core.facts import (
    Cause,
    Cut,
    Ended,
    EndReason,
    Filled,
    LeverageIs,
    PositionIs,
    StopIs,
    VenueFact,
    Wallet,
    Working,
)
from core.gate import Limits
from core.identity import key_text, trade_id
from core.mirror import Following
from core.plan import Rules
from core.report import TradeReport
from core.request import Request
from core.terms import Capabilities, Terms
from core.trade import Trade
from core.words import Environment, OrderSide, Slot
from plugins.strategies.conservative.strategy import Conservative
from tests.staging import AT, SYMBOL, instrument, number

SLOT = Slot(SYMBOL, 0)
LOSSY = Capabilities()
"""A live venue: acks prove nothing, frames can be lost."""


def new_state(
    account: str = "main", *, rules: Rules | None = None, capabilities: Capabilities = LOSSY, follows: str | None = None
) -> AccountState:
    """An account without history; its leverage is known."""
    strategies = {"conservative": Conservative("conservative", rules or Rules())}
    following = None if follows is None else Following(leader=follows)
    state = AccountState(account, Environment.PAPER, capabilities, strategies, Limits(), following)
    state.leverage[SYMBOL] = Decimal(10)
    state.wallet = Wallet(Decimal(1_000_000), Decimal(1_000_000), AT)
    return state


def terms(account: str = "main", last: object = 100, capabilities: Capabilities = LOSSY) -> Terms:
    """Terms with plenty of money."""
    return Terms(
        account=account,
        environment=Environment.PAPER,
        instrument=instrument(),
        taker=Decimal("0.00055"),
        maker=Decimal("0.0002"),
        available=Decimal(1_000_000),
        equity=Decimal(1_000_000),
        last=number(last),
        at=AT,
        capabilities=capabilities,
    )


@dataclass
class Driven:
    """One machine, its clock, everything it ever asked for, and its journal."""

    machine: AccountMachine
    now: int = AT
    sent: list[Command] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    journal: list[Journaled] = field(default_factory=list)
    closed: dict[str, TradeReport] = field(default_factory=dict)
    seq: int = 0
    last: Effects = field(default_factory=Effects)

    def step(self, *inputs: Input) -> list[Command]:
        """One step; returns the commands that it sends."""
        effects = self.last = self.machine.step(inputs, self.now)
        commands = [*effects.urgent, *effects.soft, *effects.hard]
        self.sent += commands
        self.alerts += effects.alerts
        self.closed |= {report.id: report for report in effects.closed}
        self.journal += [*effects.first, *effects.behind]
        return commands

    def know(self, *facts: VenueFact) -> list[Command]:
        """One step with facts."""
        return self.step(Known(facts))

    def answer(self, commands: Sequence[Command], *outcomes: Outcome) -> list[Command]:
        """One step with answers; Done for all unless told."""
        given = outcomes or tuple(Done() for _ in commands)
        return self.step(Answered(tuple(commands), tuple(given)))

    def later(self, milliseconds: int) -> Self:
        """Let time pass."""
        self.now += milliseconds
        return self

    def open(self, request: Request, **given: object) -> list[Command]:
        """Open a request."""
        return self.step(Open(request, terms(self.machine.state.account), self.trade_id(request), **given))  # type: ignore[arg-type]

    def trade_id(self, request: Request) -> str:
        """The id that the request's trade gets."""
        return trade_id("driven", request.id)

    @property
    def box(self) -> Box:
        """The only live trade, as the machine handles it."""
        return next(iter(self.machine.state.boxes.values()))

    @property
    def box_trade(self) -> Trade:
        """The only trade, live or ended."""
        state = self.machine.state
        return next(iter((*state.boxes.values(), *state.ended.values()))).trade

    def key(self, role: str, revision: int = 0) -> str:
        """A role's key."""
        plan = self.box_trade.plan
        return key_text(plan.account, plan.trade, role, revision)

    def fill(self, role: str, quantity: object, price: object, *, revision: int = 0, seq: int | None = None) -> Filled:
        """An execution of ours, the next in venue order unless told."""
        self.seq = self.seq + 1 if seq is None else max(self.seq, seq)
        side = OrderSide.BUY if role.startswith("E") else OrderSide.SELL
        at = self.seq if seq is None else seq
        return Filled(
            f"x{role}-{revision}-{at}-{quantity}", SLOT, self.key(role, revision), side, number(quantity),
            number(price), Decimal(0), Cause.ORDER, self.now, at,
        )  # fmt: skip

    def working(self, role: str, quantity: object, filled: object = 0, *, revision: int = 0) -> Working:
        """An open order of ours."""
        entry = role.startswith("E")
        leg = next((leg for leg in self.box_trade.plan.legs if leg.role == role), None)
        level = next((level for level in self.box_trade.plan.levels if level.role == role), None)
        price = leg.price if leg is not None else level.price if level is not None else None
        side = OrderSide.BUY if entry else OrderSide.SELL
        stop = self.box_trade.plan.stop if entry else None
        return Working(
            self.key(role, revision), SLOT, side, number(quantity), price, number(filled), self.now, stop, not entry
        )

    def ended(self, role: str, filled: object, why: EndReason = EndReason.FILLED, *, revision: int = 0) -> Ended:
        """A closed order of ours."""
        return Ended(self.key(role, revision), number(filled), why, self.now)

    def stop_is(self, price: object | None) -> StopIs:
        """The stop that the venue shows now."""
        return StopIs(SLOT, None if price is None else number(price), self.now, self.seq)

    def accept(self, commands: Sequence[Command]) -> list[Command]:
        """Answer Done and let the stream show every placement."""
        facts: list[VenueFact] = []
        for command in commands:
            if isinstance(command, Place) and command.price is not None:
                facts.append(
                    Working(
                        command.key, command.slot, command.side, command.quantity, command.price, Decimal(0),
                        self.now, command.stop, command.reduce_only,
                    )
                )  # fmt: skip
            elif isinstance(command, SetLeverage):
                facts.append(LeverageIs(command.symbol, command.leverage, self.now))
        return self.step(Answered(tuple(commands), tuple(Done() for _ in commands)), Known(tuple(facts)))

    def cut(self, *, orders: Sequence[Working] = (), fills: Sequence[Filled] = (), size: object = 0) -> Cut:
        """A full cut asked for now."""
        stop = self.machine.state.view(SLOT).stop
        return Cut(
            self.now, self.now, tuple(orders), tuple(fills), (StopIs(SLOT, stop, self.now, self.seq),),
            (PositionIs(SLOT, number(size), self.now, self.seq),),
        )  # fmt: skip

    def restarted(self, *, rules: Rules | None = None) -> "Driven":
        """A machine made anew from this one's journal."""
        state = new_state(self.machine.state.account, rules=rules)
        records = [(entry.trade, entry.what) for entry in self.journal]
        return Driven(restore(state, records, self.now), self.now, seq=self.seq)


def driven(
    account: str = "main", *, rules: Rules | None = None, capabilities: Capabilities = LOSSY, follows: str | None = None
) -> Driven:
    """A machine at the beginning."""
    state = new_state(account, rules=rules, capabilities=capabilities, follows=follows)
    return Driven(AccountMachine(state))
