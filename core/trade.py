"""One trade on one account: plan + facts, with what each role's order is believed to be doing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from core.facts import EndReason
from core.ledger import Ledger
from core.money import ZERO
from core.plan import Plan


class LineState(StrEnum):
    """What is known about the latest revision of a role's order."""

    IDLE = "idle"
    """No order of this revision was ever accepted."""
    SENT = "sent"
    """Sent, not yet shown by the venue: counts as working."""
    WORKING = "working"
    ENDED = "ended"


# Asked many times in every decision, and Python 3.11 takes longer to reach a member through its class than to compare.
_SENT, _WORKING, _ENDED = LineState.SENT, LineState.WORKING, LineState.ENDED


@dataclass(frozen=True, slots=True)
class Line:
    """A role's order: its latest revision.

    *quantity* is that revision's total, *filled* what the venue says it executed.

    *dead* is what earlier revisions executed; *complete* latches when any revision was filled in full. *key* is the
    client id of the latest revision.
    """

    role: str
    revision: int = 0
    state: LineState = LineState.IDLE
    quantity: Decimal = ZERO
    price: Decimal | None = None
    stop: Decimal | None = None
    filled: Decimal = ZERO
    why: EndReason | None = None
    code: str = ""
    dead: Decimal = ZERO
    complete: bool = False
    given_up: bool = False
    at: int = 0
    key: str = ""
    reduce_only: bool = False
    live: bool = field(init=False, repr=False, compare=False)
    """Whether an order of this role works or may work at the venue."""

    def __post_init__(self) -> None:
        """Find once what every decision asks of every line."""
        object.__setattr__(self, "live", self.state is _WORKING or self.state is _SENT)


@dataclass(frozen=True, slots=True)
class Trade:
    """All that a strategy sees: the plan, the ledger, the lines by role, and the strategy's own folded state."""

    plan: Plan
    ledger: Ledger
    lines: Mapping[str, Line]
    own: object = None

    def line(self, role: str) -> Line | None:
        """The role's line, None while it was never sent."""
        return self.lines.get(role)

    def live(self, role: str) -> bool:
        """Whether an order of *role* works or may work at the venue."""
        line = self.lines.get(role)
        return line is not None and line.live

    def over(self, role: str) -> bool:
        """Whether *role* had an order and it can execute no more: dead and booked, or given up."""
        line = self.lines.get(role)
        if line is None:
            return False
        if line.given_up and not line.live:
            return True
        return line.state is _ENDED and self.booked(line)

    def booked(self, line: Line) -> bool:
        """Whether the ledger holds every execution of the line's latest revision that the venue named (R2)."""
        return self.ledger.filled(line.role) - line.dead >= line.filled

    def executed(self, line: Line) -> Decimal:
        """What the line's latest revision executed: by the ledger, or by the venue's word where that knows of more."""
        fills = self.ledger.roles.get(line.role)
        if fills is None:
            return line.filled
        booked = fills.quantity - line.dead
        return max(booked, line.filled)

    def complete(self, role: str) -> bool:
        """Whether an order of *role* was filled in full at the venue, and is booked (B7)."""
        line = self.lines.get(role)
        return line is not None and line.complete and self.booked(line)
