"""The entry gate (I1): what an account's protections say against one more trade. It holds entries back, never exits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from core.ladder_state import plan_risk
from core.money import HUNDRED, ZERO, text
from core.money_text import amount_text
from core.plan import Plan
from core.words import iso


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolLimits:
    """Caps for one symbol: live trades at once, and margin in percent of equity. None = no cap."""

    max_trades: int | None = None
    max_margin_percent: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """An account's protections; None = off. Percentages are of equity, *cooldown_after_stop* is milliseconds."""

    max_trades: int | None = 50
    max_risk_percent: Decimal | None = None
    max_margin_percent: Decimal | None = None
    max_daily_loss_percent: Decimal | None = None
    cooldown_after_stop: int | None = None
    symbols: Mapping[str, SymbolLimits] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """The account as the gate sees it, without the plan in question.

    *risk_open* is what all live trades lose at their stops, *margin_used* what they bind, *net_today* the day's net
    result (negative = loss), all in quote units; *last_stop_at* is when a stop last fired. *degraded* names what is
    wrong with the account. *symbol_trades* and *symbol_margin* are by symbol.
    """

    paused: bool
    live_trades: int
    risk_open: Decimal
    margin_used: Decimal
    equity: Decimal
    net_today: Decimal
    last_stop_at: int | None
    symbol_trades: Mapping[str, int] = field(default_factory=dict)
    symbol_margin: Mapping[str, Decimal] = field(default_factory=dict)
    degraded: tuple[str, ...] = ()


def reasons(plan: Plan, limits: Limits, view: AccountView, now: int) -> tuple[str, ...]:
    """Every protection that holds the plan's entries back at *now*; empty when they may go."""
    found = [*_state(plan, limits, view, now), *_money(plan, limits, view)]
    symbol = limits.symbols.get(plan.symbol)
    if symbol is not None:
        found += _symbol(plan, symbol, view)
    return tuple(f"{plan.account} {plan.symbol}: {each}" for each in found)


def _state(plan: Plan, limits: Limits, view: AccountView, now: int) -> Iterator[str]:
    if view.paused:
        yield f"new entries are paused: `tandem resume --account {plan.account}` lets them go"
    for what in view.degraded:
        yield f"the account is degraded ({what}): entries wait until it is well"
    if limits.max_trades is not None and view.live_trades >= limits.max_trades:
        yield f"{view.live_trades} trades are live and max_trades is {limits.max_trades}: close one first"
    if limits.cooldown_after_stop is not None and view.last_stop_at is not None:
        until = view.last_stop_at + limits.cooldown_after_stop
        if now < until:
            yield f"a stop was hit at {iso(view.last_stop_at)}: cooldown_after_stop holds entries until {iso(until)}"


def _money(plan: Plan, limits: Limits, view: AccountView) -> Iterator[str]:
    if limits.max_risk_percent is not None:
        risk = view.risk_open + plan_risk(plan)
        yield from _over("risk at the stops", "max_risk_percent", risk, limits.max_risk_percent, view)
    if limits.max_margin_percent is not None:
        margin = view.margin_used + plan.margin
        yield from _over("margin", "max_margin_percent", margin, limits.max_margin_percent, view)
    # A day's loss is measured against what the day began with.
    if limits.max_daily_loss_percent is not None and view.net_today < 0:
        began = view.equity - view.net_today
        if -view.net_today * HUNDRED >= limits.max_daily_loss_percent * began:
            yield (
                f"today's loss of {amount_text(-view.net_today)} USDT has reached max_daily_loss_percent "
                f"({text(limits.max_daily_loss_percent)} % of {amount_text(began)} USDT): entries wait for tomorrow"
            )


def _symbol(plan: Plan, symbol: SymbolLimits, view: AccountView) -> Iterator[str]:
    live = view.symbol_trades.get(plan.symbol, 0)
    if symbol.max_trades is not None and live >= symbol.max_trades:
        yield f"{live} trades on this symbol are live and its max_trades is {symbol.max_trades}: close one first"
    if symbol.max_margin_percent is not None:
        margin = view.symbol_margin.get(plan.symbol, ZERO) + plan.margin
        yield from _over("margin on this symbol", "its max_margin_percent", margin, symbol.max_margin_percent, view)


def _over(what: str, limit: str, amount: Decimal, percent: Decimal, view: AccountView) -> Iterator[str]:
    if amount * HUNDRED > percent * view.equity:
        cap = f"{text(percent)} % of {amount_text(view.equity)} USDT"
        yield f"{what} would be {amount_text(amount)} USDT, over {limit} ({cap}): make it smaller or close something"
