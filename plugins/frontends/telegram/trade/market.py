"""What the application says about a draft's market now: the leader's terms, and what there is to choose from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast

from core.draft import Draft, Part, missing
from core.draft_checks import Shares, against
from core.instrument import Instrument
from core.money import decimal
from core.terms import Terms
from core.words import Environment, MarginMode, PositionMode
from plugins.frontends.telegram.turn import Turn

ALWAYS = (Part.SYMBOL, Part.SIDE, Part.ENTRIES, Part.TARGETS, Part.STOP, Part.LEVERAGE, Part.SIZE)


@dataclass(frozen=True, slots=True)
class Market:
    """*terms* is None without a symbol, or when its venue offers none: *why* says so then.

    *strategies* are names with their take-profit shares (None = not a ladder's); *leaders* with their mirrors; *like*
    symbols that are spelt nearly as one that isn't known. *environments* and *equities* are by account, mirrors too.
    """

    leaders: Mapping[str, tuple[str, ...]]
    strategies: Mapping[str, Shares | None]
    recent: tuple[str, ...]
    terms: Terms | None = None
    why: tuple[str, ...] = ()
    like: tuple[str, ...] = ()
    environments: Mapping[str, str] = field(default_factory=dict)
    equities: Mapping[str, str] = field(default_factory=dict)

    def steps(self) -> tuple[Part, ...]:
        """What is asked, in order; where there is only one to choose, it isn't."""
        steps = list(ALWAYS)
        if len(self.strategies) > 1:
            steps.insert(steps.index(Part.ENTRIES), Part.STRATEGY)
        if len(self.leaders) > 1:
            steps.insert(0, Part.ACCOUNT)
        return tuple(steps)

    def against(self, draft: Draft, part: Part) -> tuple[str, ...]:
        """Every reason why a part can't stay as it is said."""
        match part:
            case Part.ACCOUNT if draft.account and draft.account not in self.leaders:
                return (f"there is no leading account {draft.account}; there are {', '.join(self.leaders)}",)
            case Part.STRATEGY if draft.strategy and draft.strategy not in self.strategies:
                return (f"there is no strategy {draft.strategy}; there are {', '.join(self.strategies)}",)
            case Part.SYMBOL if self.why:
                return self.why
        if self.terms is None:
            return ()
        return against(draft, part, self.terms, self.strategies.get(draft.strategy))

    def next(self, draft: Draft) -> Part | None:
        """The first part that is missing or can't stay; None = all is there."""
        return next((part for part in self.steps() if missing(draft, part) or self.against(draft, part)), None)


async def look(turn: Turn, draft: Draft) -> Market:
    """Ask for it."""
    named: dict[str, object] = {"account": draft.account} if draft.account else {}
    answer = await turn.ask("choices", **named)
    choices = cast("Mapping[str, Any]", answer["data"] if "data" in answer else await turn.data("choices"))
    market = _market(choices)
    if not draft.symbol or (draft.account and draft.account not in market.leaders):
        return market
    rows, why = _rows(await turn.ask("terms", symbol=draft.symbol, **named))
    if not why:
        seen = {str(row["account"]): str(row["environment"]) for row in rows}
        equities = {str(row["account"]): str(row["equity"]) for row in rows if "equity" in row}
        return _market(choices, terms=_terms(rows[0], turn.now), environments=seen, equities=equities)
    like = await turn.data("choices", like=draft.symbol, **named)
    return _market(choices, why=why, like=tuple(name for name in like["like"] if name != draft.symbol))


def settled(draft: Draft, market: Market) -> dict[str, object]:
    """What needs no question: the only leader, the only strategy."""
    only: dict[str, object] = {}
    if not draft.account and len(market.leaders) == 1:
        only["account"] = next(iter(market.leaders))
    if not draft.strategy and len(market.strategies) == 1:
        only["strategy"] = next(iter(market.strategies))
    return only


def _rows(answer: Mapping[str, Any]) -> tuple[list[Mapping[str, Any]], tuple[str, ...]]:
    if "error" in answer:
        return [], tuple(cast("list[str]", answer["error"]))
    rows = list(answer["data"])
    return rows, tuple(rows[0]["refused"])


def _market(choices: Mapping[str, Any], **more: Any) -> Market:
    return Market(
        {each["account"]: tuple(each["mirrors"]) for each in choices["leaders"]},
        {each["name"]: _shares(each["shares"]) for each in choices["strategies"]},
        tuple(choices["recent"]),
        **more,
    )


def _shares(found: list[str] | None) -> Shares | None:
    return None if found is None else tuple(decimal(each) for each in found)


def _terms(row: Mapping[str, Any], now: int) -> Terms:
    def number(name: str) -> Decimal:
        return decimal(str(row[name]))

    return Terms(
        account=row["account"],
        environment=Environment(row["environment"]),
        instrument=Instrument(
            symbol=row["symbol"],
            tick=number("tick"),
            step=number("step"),
            min_quantity=number("min_quantity"),
            min_notional=number("min_notional"),
            max_leverage=number("max_leverage"),
            trading=row["trading"] is True,
        ),
        taker=number("taker"),
        maker=number("maker"),
        available=number("available"),
        equity=number("equity"),
        last=number("last"),
        at=now,
        mode=PositionMode(row["mode"]),
        margin_mode=MarginMode(row["margin_mode"]),
        foreign=row["foreign"],
    )
