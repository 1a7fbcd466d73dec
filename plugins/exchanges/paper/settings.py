"""Settings of the embedded venue: of an account at it, and of the venue itself (the `venue:` section)."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from core.instrument import Instrument


class PaperAccountSettings(BaseModel):
    """An account at the embedded venue."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    balance: Decimal = Field(default=Decimal(10_000), gt=0, description="USDT the account starts with.")
    taker: Decimal = Field(default=Decimal("0.00055"), ge=0, description="Taker fee as a fraction: 0.00055 is 0.055 %.")
    maker: Decimal = Field(default=Decimal("0.0002"), ge=0, description="Maker fee as a fraction: 0.0002 is 0.02 %.")
    hedge: bool = Field(default=False, description="Hold long and short positions of a symbol side by side.")


class InstrumentSettings(BaseModel):
    """The trading rules of one symbol at the embedded venue."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    tick: Decimal = Field(gt=0, description="Price grid.")
    step: Decimal = Field(gt=0, description="Quantity grid.")
    min_quantity: Decimal | None = Field(default=None, gt=0, description="Smallest order; the step unless given.")
    min_notional: Decimal = Field(default=Decimal(5), ge=0, description="Smallest value of an entry in USDT.")
    max_leverage: Decimal = Field(default=Decimal(100), ge=1, description="Highest leverage.")
    maintenance: Decimal = Field(default=Decimal("0.005"), ge=0, lt=1, description="Maintenance margin as a fraction.")
    price: Decimal | None = Field(default=None, gt=0, description="Where the synthetic market starts.")

    def instrument(self, symbol: str) -> Instrument:
        """The rules as the core knows them."""
        return Instrument(
            symbol=symbol,
            tick=self.tick,
            step=self.step,
            min_quantity=self.min_quantity if self.min_quantity is not None else self.step,
            min_notional=self.min_notional,
            max_leverage=self.max_leverage,
            maintenance=self.maintenance,
        )


def _defaults() -> dict[str, InstrumentSettings]:
    rows = (
        ("BTCUSDT", "0.1", "0.001", "60000"),
        ("ETHUSDT", "0.01", "0.01", "3000"),
        ("SOLUSDT", "0.01", "0.1", "150"),
        ("XRPUSDT", "0.0001", "0.1", "0.6"),
        ("DOGEUSDT", "0.00001", "1", "0.12"),
    )
    return {
        symbol: InstrumentSettings(tick=Decimal(tick), step=Decimal(step), price=Decimal(price))
        for symbol, tick, step, price in rows
    }


class PaperVenueSettings(BaseModel):
    """The embedded venue and its synthetic market."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    state: str = Field(default="var/venue.db", description="Where the venue keeps its state; ':memory:' keeps none.")
    seed: int = Field(default=1, description="Seed of the synthetic market: the same seed walks the same way.")
    every_ms: int = Field(default=250, ge=20, description="Milliseconds between two steps of the price.")
    volatility: Decimal = Field(default=Decimal("0.02"), gt=0, le=5, description="A step's typical size in percent.")
    instruments: dict[str, InstrumentSettings] = Field(
        default_factory=_defaults, description="Symbols by name; these add to or replace the built-in ones."
    )

    def all_instruments(self) -> dict[str, InstrumentSettings]:
        """The built-in symbols with these on top."""
        return {**_defaults(), **self.instruments}
