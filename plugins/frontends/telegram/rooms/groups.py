"""Live trades as people see them: one trade on all the accounts that hold it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.money import ZERO
from plugins.frontends.telegram.rooms.texts import number, tag

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """One trade; *parts* are its accounts' own, the leader's first."""

    trade: str
    symbol: str
    side: str
    parts: tuple[Row, ...]

    @property
    def open_pnl(self) -> Decimal | None:
        """What its accounts would make now, before fees; None when one isn't known."""
        known = [number(part["open_pnl"]) for part in self.parts if number(part["position"])]
        return None if None in known else sum((each for each in known if each is not None), ZERO)

    @property
    def held(self) -> bool:
        """Whether any account has a position."""
        return any(number(part["position"]) for part in self.parts)

    def part(self, account: str) -> Row:
        """The account's own; the first one's when it has none."""
        return next((part for part in self.parts if part["account"] == account), self.parts[0])


def groups(trades: Iterable[Row]) -> tuple[Group, ...]:
    """Live trades by id, those that win or lose most first, those that hold nothing yet last."""
    found: dict[str, list[Row]] = {}
    for row in trades:
        found.setdefault(row["trade"], []).append(row)
    made = [_group(trade, parts) for trade, parts in found.items()]
    return tuple(sorted(made, key=lambda each: (not each.held, -abs(each.open_pnl or ZERO), each.symbol, each.trade)))


def _group(trade: str, parts: Sequence[Row]) -> Group:
    ordered = tuple(sorted(parts, key=lambda part: part["leader"] is not None))
    return Group(trade, ordered[0]["symbol"], ordered[0]["side"], ordered)


def total(found: Iterable[Group]) -> Decimal | None:
    """What all of them would make now; None when one isn't known."""
    known = [each.open_pnl for each in found if each.held]
    return None if None in known else sum((each for each in known if each is not None), ZERO)


def tag_of(found: Iterable[Group]) -> str:
    """The environments of all their accounts in brackets, as `tag`."""
    return tag(part["environment"] for each in found for part in each.parts)


def hits(part: Row) -> str:
    """How many take-profits were hit."""
    return f"{sum(1 for each in part['targets'] if each['mark'] == 'filled')}/{len(part['targets'])}"


def fills(part: Row) -> str:
    """How many entries are filled in full."""
    return f"{sum(1 for each in part['entries'] if each['mark'] == 'filled')}/{len(part['entries'])}"
