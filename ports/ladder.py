"""Settings of a ladder strategy, as they stand in YAML under `strategies:`."""

import re
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    field_validator,
)

from core.plan import (
    BREAKEVEN,
    KEEP,
    BreakevenRule,
    ManualChanges,
    OnFailure,
    Rules,
    StopAfter,
    StopAfterKind,
    Unproven,
)
from core.words import TriggerBy

_DURATION = re.compile(r"([0-9]{1,9})\s*(ms|s|m|h|d)?")
_SIZES = (("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000))
_UNITS: dict[str | None, int] = {None: 1_000, **dict(_SIZES)}


def milliseconds(value: object) -> object:
    """A duration such as 60s, 5m, 2h, 1d (or plain seconds) in milliseconds."""
    if isinstance(value, str):
        match = _DURATION.fullmatch(value.strip())
        if match is None:
            raise ValueError(f"{value[:20]!r} is no duration; write 60s, 5m, 2h or 1d")
        return int(match[1]) * _UNITS[match[2]]
    return value


def written(value: int) -> str:
    """Milliseconds as a duration that `milliseconds` reads back, in the largest unit that holds them exactly."""
    return next((f"{value // size}{unit}" for unit, size in reversed(_SIZES) if value and value % size == 0), "0s")


Duration = Annotated[
    int,
    BeforeValidator(milliseconds),
    Field(ge=0),
    PlainSerializer(written, when_used="json"),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": "^[0-9]{1,9} *(ms|s|m|h|d)?$"}, {"type": "integer"}]}),
]
"""Milliseconds; written and shown as 60s, 5m, 2h, 1d."""


def _lasting(value: int) -> int:
    if value == 0:
        raise ValueError("must be longer than nothing; leave the key out for what would happen without it")
    return value


Lasting = Annotated[Duration, AfterValidator(_lasting)]
"""A duration that isn't zero."""


def _finite(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise ValueError("must be a finite number")
    return value


Number = Annotated[Decimal, AfterValidator(_finite)]


class BreakevenSettings(BaseModel):
    """How the breakeven price is found (B9)."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    fees: Literal["dynamic"] | Number = Field(
        default="dynamic", description="'dynamic' covers the fees really paid and to be paid; a number is percent."
    )
    margin: Number = Field(default=Decimal("0.02"), ge=0, description="Percent added on top, away from loss.")


class TrailSettings(BaseModel):
    """A stop that trails the best price."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    trail: Number = Field(gt=0, lt=100, description="Percent of the best price since the take-profit was hit.")


class LadderSettings(BaseModel):
    """A ladder: shares of the take-profits, the stop table, and when entries are given up."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    take_profit_shares: tuple[Number, ...] = Field(
        default=(Decimal(85), Decimal(5), Decimal(5), Decimal(5)),
        min_length=1,
        max_length=10,
        description="Percent of all that was filled for each take-profit; together 100.",
    )
    cancel_limits_on_tp1: bool = Field(default=True, description="Cancel unfilled entries when TP1 is hit (B7).")
    breakeven: BreakevenSettings = Field(default=BreakevenSettings(), description="How breakeven is found (B9).")
    breakeven_failed: OnFailure = Field(
        default=OnFailure.CLOSE,
        description="When the breakeven stop is refused: close at market, or keep the old stop.",
    )
    stop_after: dict[str, str | TrailSettings] = Field(
        default={"tp1": "breakeven"},
        description="Where the stop goes when a take-profit is hit: keep, breakeven, entry, tpN or {trail: percent}.",
    )
    unproven: Unproven = Field(
        default=Unproven.FLATTEN,
        description="A position without a stop that gets none, or past one that does not fire: flatten or alarm (B4).",
    )
    protect_within: Lasting = Field(default=5_000, description="How long a stop may take to be seen at the venue.")
    entry_ttl: Lasting | None = Field(default=None, description="Unfilled entries are cancelled after this long.")
    time_limit: Lasting | None = Field(default=None, description="The trade is closed at market after this long.")
    cancel_if_missed: bool = Field(
        default=True, description="Give the trade up when TP1's price trades before any entry filled (B15)."
    )
    trigger_by: TriggerBy = Field(default=TriggerBy.LAST, description="Which price fires the stop: last or mark.")
    manual_changes: ManualChanges = Field(
        default=ManualChanges.KEEP,
        description="A stop or take-profit moved in the exchange's app: keep it, or restore the plan's (A11).",
    )

    @field_validator("take_profit_shares")
    @classmethod
    def _whole(cls, shares: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
        if any(share < 0 for share in shares):
            raise ValueError("the shares must not be negative")
        if sum(shares) != 100:
            raise ValueError(f"the shares sum to {sum(shares)}, not to 100")
        return shares

    @field_validator("stop_after")
    @classmethod
    def _readable(cls, table: dict[str, str | TrailSettings]) -> dict[str, str | TrailSettings]:
        _rows(table)
        return table

    def rules(self) -> Rules:
        """The settings as the core knows them."""
        return Rules(
            shares=self.take_profit_shares,
            cancel_limits_on_tp1=self.cancel_limits_on_tp1,
            breakeven=BreakevenRule(
                None if self.breakeven.fees == "dynamic" else Decimal(self.breakeven.fees), self.breakeven.margin
            ),
            breakeven_failed=self.breakeven_failed,
            stop_after=_rows(self.stop_after),
            unproven=self.unproven,
            protect_within=self.protect_within,
            entry_ttl=self.entry_ttl,
            time_limit=self.time_limit,
            cancel_if_missed=self.cancel_if_missed,
            trigger_by=self.trigger_by,
            manual_changes=self.manual_changes,
        )


def _rows(table: dict[str, str | TrailSettings]) -> tuple[StopAfter, ...]:
    rows = {_level(name): _row(value) for name, value in table.items()}
    for number, row in rows.items():
        if row.level >= number:
            raise ValueError(f"moves the stop to tp{row.level} when tp{number} is hit; name an earlier take-profit")
    highest = max(rows, default=0)
    return tuple(rows.get(level, BREAKEVEN if level == 1 else KEEP) for level in range(1, highest + 1))


def _level(name: str) -> int:
    match = re.fullmatch(r"tp([1-9]|10)", name)
    if match is None:
        raise ValueError(f"has {name[:20]!r}; take-profits are named tp1 to tp10")
    return int(match[1])


def _row(value: str | TrailSettings) -> StopAfter:
    if isinstance(value, TrailSettings):
        return StopAfter(StopAfterKind.TRAIL, percent=value.trail)
    match value:
        case "keep":
            return KEEP
        case "breakeven":
            return BREAKEVEN
        case "entry":
            return StopAfter(StopAfterKind.ENTRY)
        case _ if value.startswith("tp"):
            return StopAfter(StopAfterKind.TARGET, level=_level(value))
        case _:
            raise ValueError(f"has {value[:20]!r}; use keep, breakeven, entry, tpN or {{trail: percent}}")
