"""A record of what one virtual run did: calls, timeline, alerts, reports. It writes nothing outside."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.account.effects import Journaled
from core.alerts import Alert
from core.commands import Amend, Cancel, Command, Done, Outcome, Place, Refused, SetLeverage, SetStop, Unknown
from core.facts import Ended, Filled, StopIs, VenueFact
from core.money import text
from core.report import TradeReport
from core.words import iso


@dataclass(slots=True)
class Calls:
    """How often the venue was called; *batches* counts submissions, whatever their number of commands."""

    place: int = 0
    amend: int = 0
    cancel: int = 0
    set_stop: int = 0
    batches: int = 0


@dataclass(slots=True)
class AccountTape:
    """One account's record. The timeline keeps commands with their outcome, executions, ends and stops, in order."""

    calls: Calls = field(default_factory=Calls)
    closed: list[TradeReport] = field(default_factory=list)
    seen: list[tuple[int, Command, Outcome] | VenueFact] = field(default_factory=list)
    journal: list[Journaled] = field(default_factory=list)

    @property
    def timeline(self) -> list[dict[str, object]]:
        """Everything recorded, as rows for a reader; rendered only when asked for."""
        rows: list[dict[str, object] | None] = []
        for each in self.seen:
            if isinstance(each, tuple):
                at, command, outcome = each
                rows.append({"at": iso(at), **described(command), "outcome": told(outcome)})
            else:
                rows.append(shown(each))
        return [row for row in rows if row is not None]

    def sent(self, commands: Sequence[Command], outcomes: Sequence[Outcome], at: int) -> None:
        """Record one submission."""
        self.calls.batches += 1
        for command, outcome in zip(commands, outcomes, strict=True):
            self._count(command)
            self.seen.append((at, command, outcome))

    def _count(self, command: Command) -> None:
        match command:
            case Place():
                self.calls.place += 1
            case Amend():
                self.calls.amend += 1
            case Cancel():
                self.calls.cancel += 1
            case SetStop():
                self.calls.set_stop += 1
            case _:
                pass


@dataclass(slots=True)
class Tape:
    """The whole run's record."""

    accounts: dict[str, AccountTape] = field(default_factory=dict)
    alerts: list[Alert] = field(default_factory=list)


def described(command: Command) -> dict[str, object]:
    """A command as a timeline row."""
    match command:
        case Place():
            return {
                "kind": "place",
                "key": command.key,
                "side": command.side.value,
                "quantity": text(command.quantity),
                "price": "market" if command.price is None else text(command.price),
                "stop": None if command.stop is None else text(command.stop),
            }
        case Amend():
            changes = {"quantity": command.quantity, "price": command.price, "stop": command.stop}
            return {
                "kind": "amend",
                "key": command.key,
                **{name: text(value) for name, value in changes.items() if value is not None},
            }
        case Cancel():
            return {"kind": "cancel", "key": command.key}
        case SetStop():
            return {"kind": "set_stop", "price": None if command.price is None else text(command.price)}
        case SetLeverage():
            return {"kind": "set_leverage", "leverage": text(command.leverage)}
        case _:
            return {"kind": "query", "key": command.key}


def told(outcome: Outcome) -> str:
    """An outcome in a word or two."""
    match outcome:
        case Done():
            return "done"
        case Refused():
            return f"refused: {outcome.code.value}: {outcome.reason}"
        case Unknown():
            return f"unknown: {outcome.reason}"


def shown(fact: VenueFact) -> dict[str, object] | None:
    """A fact as a timeline row, None when it is of no interest to a reader."""
    match fact:
        case Filled():
            return {
                "at": iso(fact.at),
                "kind": "filled",
                "key": fact.key,
                "cause": fact.cause.value,
                "side": fact.side.value,
                "quantity": text(fact.quantity),
                "price": text(fact.price),
                "fee": text(fact.fee),
                "seq": fact.seq,
            }
        case Ended():
            return {
                "at": iso(fact.at),
                "kind": "ended",
                "key": fact.key,
                "why": fact.why.value,
                "filled": text(fact.filled),
            }
        case StopIs():
            price = None if fact.price is None else text(fact.price)
            return {"at": iso(fact.at), "kind": "stop_is", "price": price}
        case _:
            return None
