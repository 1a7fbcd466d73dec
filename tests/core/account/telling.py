"""A machine whose every step is written down as it would be told: what came in, and each effect of it as one line.

A story is such a transcript kept as a text file, read by whoever changes the machine. Field values that are a class's
defaults are left out; times count from the story's beginning, the trade's id is T.
"""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass, replace
from decimal import Decimal
from enum import Enum
from typing import Any

from core.account.effects import Effects, Reply
from core.account.inputs import Answered, Input
from core.account.machine import AccountMachine, restore
from core.account.naming import reference
from core.account.state import AccountState
from core.alerts import Alert
from core.commands import Command
from core.mirror import Following
from core.money import text
from core.plan import Plan, Rules
from core.report import TradeReport
from core.request import Request
from core.terms import Capabilities, Terms
from core.words import Slot
from tests.driving import LOSSY, Driven, new_state
from tests.staging import AT, SYMBOL

YEARS = 1_000_000_000_000
"""Whole numbers above it are times."""


@dataclass
class Told(Driven):
    """One machine and its transcript; an unchanged wake-up is not said again."""

    lines: list[str] = field(default_factory=list)
    waked: int | None = None

    def step(self, *inputs: Input) -> list[Command]:
        """One step, told."""
        self.lines.append(f"+{self.now - AT}")
        self.lines += [f"> {said(each)}" for each in inputs]
        commands = super().step(*inputs)
        self.lines += [f"  {line}" for line in effects(self.last)]
        if self.last.wake not in (None, self.waked):
            self.lines.append(f"  wake {said(self.last.wake)}")
        self.waked = self.last.wake
        return commands

    def again(self, *, ended: bool = False) -> "Told":
        """The same account after a restart, its machine made of the journal only."""
        state = new_state(self.machine.state.account)
        records = [(entry.trade, entry.what) for entry in self.journal]
        over = self.closed.values() if ended else ()
        lines = [*self.lines, "-- restart"]
        return Told(restore(state, records, self.now, over), self.now, seq=self.seq, lines=lines)

    def text(self) -> str:
        """The transcript, the trade's id written as T."""
        whole = "\n".join(self.lines)
        for number, trade in enumerate(self._trades()):
            whole = whole.replace(trade, "T" if number == 0 else f"T{number + 1}")
        return whole + "\n"

    def _trades(self) -> list[str]:
        state = self.machine.state
        return list(dict.fromkeys((*state.ended, *state.boxes, *sorted(state.known), *state.waiting)))


def told(
    account: str = "main",
    *,
    rules: Rules | None = None,
    capabilities: Capabilities = LOSSY,
    following: Following | None = None,
    state: AccountState | None = None,
) -> Told:
    """A machine at the beginning of its story."""
    begun = state or new_state(account, rules=rules, capabilities=capabilities)
    return Told(AccountMachine(replace(begun, following=following)))


def effects(found: Effects) -> Iterator[str]:
    """Every effect but the wake-up, in the order in which they are carried out."""
    for name in ("urgent", "first", "soft", "hard", "behind", "alerts", "replies", "closed", "leads", "reopen"):
        for each in getattr(found, name):
            yield f"{name}: {said(each)}"
    if found.rebuild:
        yield f"ask for all of: {' '.join(found.rebuild)}"
    if found.cut is not None:
        yield f"look: {found.cut.value}"
    if found.bands is not None:
        yield f"bands: {said(found.bands)}"


def said(value: object) -> str:
    """Any value in short."""
    match value:
        case Enum():
            return str(value.value)
        case Decimal():
            return text(value)
        case bool() | None:
            return str(value).lower()
        case int():
            return f"+{value - AT}" if value > YEARS else str(value)
        case str():
            return repr(value) if " " in value or not value else value
        case Mapping():
            return "{" + ", ".join(f"{said(key)}: {said(each)}" for key, each in value.items()) + "}"
        case Slot(symbol, index):
            return f"{'' if symbol == SYMBOL else symbol}/{index}"
        case _:
            return _summed_up(value) or _fields(value)


def _summed_up(value: object) -> str:
    """Plans, requests, reports and the like by what matters of them; "" for all else."""
    match value:
        case Plan():
            legs = " ".join(f"{leg.role} {said(leg.quantity)}@{said(leg.price)}" for leg in value.legs)
            return f"Plan({value.trade}: {legs}, stop {said(value.stop)}, leader {value.leader})"
        case Request():
            return f"Request({value.id})"
        case Terms():
            return f"Terms(last {said(value.last)})"
        case Reply(about=about, plan=Plan(trade=trade)):
            return f"Reply({about}: {trade})"
        case Answered():
            pairs = zip(value.commands, value.outcomes, strict=True)
            return "Answered " + ", ".join(f"{reference(one).removeprefix('t1-')} {said(how)}" for one, how in pairs)
        case TradeReport():
            return said_report(value)
        case Alert():
            return said_alert(value)
        case _:
            return ""


def said_report(report: TradeReport) -> str:
    """A report's figures: what it was worth and how it ended."""
    amounts = ("entered", "position", "average_entry", "gross", "fees", "funding", "net", "closed_at", "last_fill_at")
    shown = " ".join(f"{name}={said(getattr(report, name))}" for name in amounts)
    hits = ",".join(f"{row.filled}/{row.target}" for row in report.targets)
    return f"Report({report.id} {report.reason} {shown} targets={hits} stop={said(report.stop)})"


def said_alert(alert: Alert) -> str:
    """An alert's body and its frame, the account apart when it is about a trade."""
    late = "" if alert.learned_late is None else f" late {alert.learned_late}"
    side = "" if alert.side is None else alert.side.value
    about = " ".join(each for each in (alert.account, alert.symbol, side, alert.trade, alert.chat) if each)
    return f"{said(alert.body)} for {about} at {said(alert.at)}{late}, cause {alert.cause}"


def _fields(value: object) -> str:
    name = type(value).__name__
    if is_dataclass(value):
        shown = [f"{one.name}={said(getattr(value, one.name))}" for one in fields(value) if _news(one, value)]
        return f"{name}({', '.join(shown)})"
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        defaults: dict[str, Any] = getattr(value, "_field_defaults", {})
        pairs = zip(value._fields, value, strict=True)
        shown = [f"{key}={said(each)}" for key, each in pairs if key not in defaults or defaults[key] != each]
        return f"{name}({', '.join(shown)})"
    if isinstance(value, tuple):
        return "[" + ", ".join(said(each) for each in value) + "]"
    raise TypeError(f"a {name} can't be told")


def _news(one: "Field[Any]", value: object) -> bool:
    return one.default is MISSING or getattr(value, one.name) != one.default
