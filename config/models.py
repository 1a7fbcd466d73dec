"""The configuration's own keys. Adapters bring the models of theirs; `load` puts both together."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from core.gate import Limits, SymbolLimits
from core.mirror import CloseWithMain, Following, Sizing, TooSmall
from core.preferences import Setting, problems
from ports.ladder import Duration, written

_SHORTEST_AUDIT = 5_000
_LONGEST_AUDIT = 600_000


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class LateJoin(_Strict):
    """How late a mirror may still open (A9): within both."""

    seconds: int = Field(default=30, ge=0, description="Seconds after the leader's first fill.")
    bps: Decimal = Field(default=Decimal(20), ge=0, description="Distance of the price from the leader's fill.")


_CLOSING = {True: CloseWithMain.YES, False: CloseWithMain.NO, "always": CloseWithMain.ALWAYS}


class FollowingSettings(_Strict):
    """What every account may say, whatever its adapter."""

    use: str = Field(description="The exchange adapter: see `tandem plugins`.")
    follows: str | None = Field(default=None, description="The leading account that this one mirrors (A1).")
    scale: Decimal = Field(default=Decimal(1), gt=0, description="Multiplies the mirror's size (A2).")
    sizing: Literal["ratio", "same"] = Field(
        default="ratio", description="Fixed amounts go by the ratio of balances, or are the same (A2)."
    )
    close_with_main: bool | Literal["always"] = Field(
        default=True, description="Close when the leader closes: true, false or always (A4)."
    )
    sync_stop: bool = Field(default=True, description="Copy a stop that was moved by hand on the leader (A4).")
    max_margin_percent: Decimal | None = Field(default=None, gt=0, le=100, description="Cap on a trade's margin.")
    max_notional: Decimal | None = Field(default=None, gt=0, description="Cap on a trade's value in USDT.")
    too_small: Literal["reject", "fewer_legs"] = Field(
        default="reject", description="A leg under the minimum: don't open, or open with fewer legs (A3)."
    )
    late_join: LateJoin = Field(default=LateJoin(), description="How late a mirror may still open (A9).")

    def following(self) -> Following | None:
        """How the account follows, None for a leader."""
        if self.follows is None:
            return None
        return Following(
            leader=self.follows,
            scale=self.scale,
            sizing=Sizing(self.sizing),
            close_with_main=_CLOSING[self.close_with_main],
            sync_stop=self.sync_stop,
            max_margin_percent=self.max_margin_percent,
            max_notional=self.max_notional,
            too_small=TooSmall(self.too_small),
            late_join_seconds=self.late_join.seconds,
            late_join_bps=self.late_join.bps,
        )


class SymbolProtection(_Strict):
    """Caps on one symbol."""

    max_trades: int | None = Field(default=None, ge=0, description="Live trades on the symbol.")
    max_margin_percent: Decimal | None = Field(default=None, gt=0, le=100, description="Margin, percent of equity.")


def _audit(value: int) -> int:
    # In words: the limits' own message would speak of milliseconds, which nobody wrote.
    if not _SHORTEST_AUDIT <= value <= _LONGEST_AUDIT:
        raise ValueError(f"must be {written(_SHORTEST_AUDIT)} to {written(_LONGEST_AUDIT)}, not {written(value)}")
    return value


class LimitsSettings(_Strict):
    """Protections (I1), per account: they hold entries back, never exits."""

    max_trades: int | None = Field(default=50, ge=0, description="Live trades at once.")
    max_risk_percent: Decimal | None = Field(default=None, gt=0, description="Lost if all stops fire, % of equity.")
    max_margin_percent: Decimal | None = Field(default=None, gt=0, le=100, description="Margin in use, % of equity.")
    max_daily_loss_percent: Decimal | None = Field(default=None, gt=0, description="Net loss of a day, % of equity.")
    cooldown_after_stop: Duration | None = Field(default=None, description="No entries for this long after a stop.")
    audit: Annotated[Duration, AfterValidator(_audit)] = Field(
        default=60_000, description="How often a healthy account is compared with its venue: 5s to 10m."
    )
    symbols: dict[str, SymbolProtection] = Field(default_factory=dict, description="Caps by symbol.")

    def limits(self) -> Limits:
        """The protections as the core knows them."""
        return Limits(
            max_trades=self.max_trades,
            max_risk_percent=self.max_risk_percent,
            max_margin_percent=self.max_margin_percent,
            max_daily_loss_percent=self.max_daily_loss_percent,
            cooldown_after_stop=self.cooldown_after_stop,
            symbols={
                name: SymbolLimits(max_trades=each.max_trades, max_margin_percent=each.max_margin_percent)
                for name, each in self.symbols.items()
            },
        )


def _wished(value: dict[str, Setting]) -> dict[str, Setting]:
    wrong = problems(value)
    if wrong:
        raise ValueError("; ".join(wrong))
    return value


def _hour(value: str) -> str:
    if value != "off" and not re.fullmatch("([01][0-9]|2[0-3]):[0-5][0-9]", value):
        raise ValueError("is no time of day; write 08:00, or off for no report")
    return value


class AlertSettings(_Strict):
    """Where alerts go when their trade names no chat."""

    default_chat: str = Field(default="", description="Chat for alerts without one of their own (D3).")
    preferences: Annotated[dict[str, Setting], AfterValidator(_wished)] = Field(
        default_factory=dict, description="By kind of alert: on, silent or off in chats (D3). Chosen in a chat wins."
    )
    daily_report: Annotated[str, AfterValidator(_hour)] = Field(
        default="08:00", description="When the day's report is sent, by `timezone`: HH:MM, or off."
    )

    @property
    def report_at(self) -> int | None:
        """The report's hour in milliseconds after midnight; None = none is sent."""
        if self.daily_report == "off":
            return None
        hours, minutes = self.daily_report.split(":")
        return (int(hours) * 60 + int(minutes)) * 60_000


class LogSettings(_Strict):
    """The log: one JSON line an event to a file, readable lines to a terminal."""

    level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="What is written.")
    path: str = Field(default="var/tandem.log", description="The log file; rotated at 100 MB, 10 kept.")


def _known_zone(value: str) -> str:
    if value == "UTC":
        return value  # needs no time zone database, which a small system may lack
    try:
        ZoneInfo(value)
    except (OSError, ValueError, KeyError):
        raise ValueError("is no time zone; write UTC or a name such as Europe/Berlin") from None
    return value


class TopSettings(_Strict):
    """Top-level keys that belong to nobody else."""

    limits: LimitsSettings = Field(default=LimitsSettings(), description="Protections of every account (I1).")
    alerts: AlertSettings = Field(default=AlertSettings(), description="Alerts.")
    log: LogSettings = Field(default=LogSettings(), description="The log.")
    timezone: Annotated[str, AfterValidator(_known_zone)] = Field(
        default="UTC", description="Sets where a day begins, and by which clock people read times."
    )
    on_stop: Literal["keep", "cancel_entries"] = Field(
        default="keep", description="What a graceful stop does with resting entries."
    )
    sample: str | None = Field(default=None, description="A request opened at start while no trade is live.")
    control: str = Field(default="var/tandem.sock", description="The control socket.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """An adapter that the configuration chose, with its checked settings."""

    name: str
    use: str
    settings: BaseModel


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChoice:
    """An account: its adapter and how it follows."""

    chosen: Chosen
    following: Following | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A checked configuration. *sections* are top-level sections owned by adapters, by name (`venue`)."""

    path: str
    accounts: dict[str, AccountChoice]
    strategies: dict[str, Chosen]
    notifiers: tuple[Chosen, ...]
    frontends: tuple[Chosen, ...]
    store: Chosen
    painter: Chosen
    sections: dict[str, BaseModel]
    top: TopSettings

    @property
    def leaders(self) -> list[str]:
        """The accounts that follow nobody, in the order of the file."""
        return [name for name, account in self.accounts.items() if account.following is None]
