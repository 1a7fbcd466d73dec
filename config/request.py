"""A trade request as written in YAML (DESIGN section 6) into the core's words; every problem at once, at its place."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from config.checking import checked
from config.nodes import Document, read_file, read_text
from config.scalars import Short
from core.errors import ConfigError
from core.money import ONE
from core.request import (
    DEFAULT_VALID_FOR,
    EntrySpec,
    FixedQuantity,
    MarginPercent,
    MarginUsdt,
    Merge,
    Request,
    RiskPercent,
    Size,
)
from core.words import Side, TriggerBy
from ports.ladder import Lasting, Number

MARKET = "market"
Positive = Annotated[Number, Field(gt=0)]
_SIZES: dict[str, type[Size]] = {
    "margin_percent": MarginPercent,
    "margin_usdt": MarginUsdt,
    "risk_percent": RiskPercent,
    "quantity": FixedQuantity,
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class EntryModel(_Strict):
    """One entry with its share."""

    price: Literal["market"] | Positive = Field(description="market, or a price.")
    share: Number | None = Field(default=None, gt=0, description="Percent of the whole; all entries or none.")

    def spec(self) -> EntrySpec:
        """The entry in the core's words."""
        return EntrySpec(None if self.price == MARKET else Decimal(self.price), self.share or ONE)


class TargetModel(_Strict):
    """One take-profit with its share."""

    price: Positive = Field(description="A price.")
    share: Number | None = Field(default=None, ge=0, description="Percent; all take-profits or none.")


class RequestModel(_Strict):
    """A request."""

    strategy: str = Field(default="conservative", description="A strategy of the configuration, by its name.")
    symbol: str = Field(min_length=1, max_length=30, description="The instrument, for example BTCUSDT.")
    side: Side = Field(description="long or short.")
    entries: tuple[Annotated[EntryModel, Short("price")], ...] = Field(
        min_length=1, max_length=10, description="market, a price, or {price, share}."
    )
    take_profits: tuple[Annotated[TargetModel, Short("price")], ...] = Field(
        min_length=1, max_length=10, description="Prices, or {price, share}."
    )
    stop: Positive | None = Field(default=None, description="The stop's price.")
    leverage: Number = Field(gt=0, description="Leverage.")
    margin_percent: Positive | None = Field(default=None, description="Margin as percent of what is available.")
    margin_usdt: Positive | None = Field(default=None, description="Margin in USDT.")
    risk_percent: Positive | None = Field(default=None, description="What the stop may lose, percent of equity.")
    quantity: Positive | None = Field(default=None, description="Total quantity in base units.")
    id: str | None = Field(default=None, min_length=1, max_length=80, description="The same id opens only once (A9).")
    valid_for: Lasting = Field(default=DEFAULT_VALID_FOR, description="How long it may still be sent.")
    confirmed: bool = Field(default=False, description="What would be asked about is accepted.")
    entry_ttl: Lasting | None = Field(default=None, description="Unfilled entries are cancelled after this long.")
    time_limit: Lasting | None = Field(default=None, description="The trade is closed after this long.")
    cancel_if_missed: bool | None = Field(default=None, description="Give up when TP1 trades before any fill.")
    trigger_by: TriggerBy | None = Field(default=None, description="Which price fires the stop.")
    origin: str = Field(default="cli", max_length=40, description="Where the request comes from.")
    note: str = Field(default="", max_length=400, description="Anything; kept with the trade.")
    merge: Merge | None = Field(
        default=None, description="Where the symbol and side have a trade: add to it, keep its prices or replace them."
    )

    @field_validator("entries", "take_profits")
    @classmethod
    def _shares(cls, rows: tuple[EntryModel | TargetModel, ...]) -> tuple[EntryModel | TargetModel, ...]:
        shares = [row.share for row in rows if row.share is not None]
        if shares and len(shares) != len(rows):
            raise ValueError("give every one a share, or none")
        if shares and sum(shares) != 100:
            raise ValueError(f"the shares sum to {sum(shares)}, not to 100")
        return rows

    @model_validator(mode="after")
    def _one_size(self) -> "RequestModel":
        sizes = [name for name in _SIZES if getattr(self, name) is not None]
        if len(sizes) != 1:
            given = " and ".join(sizes) or "none of them is given"
            raise ValueError(f"give the size by just one of {', '.join(_SIZES)} ({given})")
        return self

    def request(self, identity: str, at: int) -> Request:
        """The request in the core's words."""
        shares = tuple(target.share for target in self.take_profits if target.share is not None)
        return Request(
            id=self.id or identity,
            strategy=self.strategy,
            symbol=self.symbol,
            side=self.side,
            entries=tuple(entry.spec() for entry in self.entries),
            take_profits=tuple(target.price for target in self.take_profits),
            stop=self.stop,
            leverage=self.leverage,
            size=self._size(),
            at=at,
            shares=shares or None,
            valid_for=self.valid_for,
            confirmed=self.confirmed,
            entry_ttl=self.entry_ttl,
            time_limit=self.time_limit,
            cancel_if_missed=self.cancel_if_missed,
            trigger_by=self.trigger_by,
            origin=self.origin,
            note=self.note,
            merge=self.merge,
        )

    def _size(self) -> Size:
        name = next(name for name in _SIZES if getattr(self, name) is not None)
        return _SIZES[name](getattr(self, name))


def read_request(path: Path, *, identity: str, at: int) -> Request:
    """The request in a file; *identity* is its id unless it has one. Raises ConfigError with every problem."""
    return _read(read_file(path), identity, at)


def request_text(path: Path) -> str:
    """The text of a file that holds a good request; raises ConfigError with every problem, by the file's own name."""
    document = read_file(path)
    _read(document, "", 0)
    return document.text


def request_from_text(text: str, *, identity: str, at: int, name: str = "request") -> Request:
    """The request in a text."""
    return _read(read_text(text, name), identity, at)


def _read(document: Document, identity: str, at: int) -> Request:
    model = None
    if isinstance(document.value, dict):
        model = checked(document, document.value, (), RequestModel)
    else:
        document.complain_first((), "a request has keys and values: symbol, side, entries, take_profits, stop, ...")
    if model is None or document.problems:
        raise ConfigError(document.rendered())
    return model.request(identity, at)
