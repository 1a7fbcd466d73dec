"""Words for what people asked to be told: their own alerts, and the day's report."""

from typing import assert_never

from core.alert_text.said import Said, counted, usdt, wrapped
from core.alerts import AccountLine, DailyReport, UserAlert
from core.money import text
from core.money_text import amount_text, gain_percent_text, gain_text, percent_text, price_text
from core.user_alerts import Watched

AskedBody = UserAlert | DailyReport


def said(body: AskedBody) -> Said:
    """The words for one body."""
    match body:
        case UserAlert():
            return _fired(body)
        case DailyReport():
            return _day(body)
        case _:
            assert_never(body)


def _fired(body: UserAlert) -> Said:
    lines = (f"Last price {price_text(body.last)}",) if body.last is not None and body.watched not in _BY_PRICE else ()
    after = "Quiet for 30 minutes now" if body.repeat else "It was meant once and is switched off now"
    return Said(_headline(body), (*lines, *wrapped(body.note), f"Your alert {body.id}", after))


def _day(body: DailyReport) -> Said:
    won = f": {body.wins} won, {body.losses} lost" if body.closed else ""
    results = (
        f"Net {usdt(body.net)}, fees {gain_text(-body.fees)}, funding {gain_text(-body.funding)}",
        f"Best {gain_text(body.best)}, worst {gain_text(body.worst)}",
    )
    return Said(
        f"daily report, 24 hours to {body.until}",
        (
            f"Opened {counted(body.opened, 'trade', 'trades')}, closed {body.closed}{won}",
            *(results if body.closed else ()),
            *(f"Mirror {name} closed {closed}: net {usdt(net)}" for name, closed, net in body.mirrors),
            *(line for account in body.accounts for line in _account(account)),
        ),
    )


def _account(line: AccountLine) -> tuple[str, ...]:
    money = f"{line.account}: {amount_text(line.equity)} USDT, {amount_text(line.available)} available"
    if not line.positions:
        return (money, "  Nothing open")
    held = f"  {counted(line.positions, 'position', 'positions')} {gain_text(line.open_pnl)}"
    return (money, f"{held}, all at their stops {gain_text(line.at_stops)}")


_BY_PRICE = (Watched.PRICE_ABOVE, Watched.PRICE_BELOW, Watched.PRICE_CROSS)


_HEADLINES = {
    Watched.PRICE_ABOVE: "price {price}, at or above {wanted}",
    Watched.PRICE_BELOW: "price {price}, at or below {wanted}",
    Watched.PRICE_CROSS: "price {price}, passed {wanted} {way}",
    Watched.PRICE_CHANGE: "price moved {gained_percent} within an hour (asked: {wanted}%)",
    Watched.PROFIT: "position {gained} USDT (asked: +{wanted})",
    Watched.LOSS: "position {lost} USDT (asked: -{wanted})",
    Watched.PROFIT_PERCENT: "price {gained_percent} from entry (asked: +{wanted}%)",
    Watched.LOSS_PERCENT: "price {lost_percent} from entry (asked: -{wanted}%)",
    Watched.NEAR_TARGET: "next take-profit is {percent} away (asked: {wanted}%)",
    Watched.NEAR_STOP: "stop is {percent} away (asked: {wanted}%)",
    Watched.BREAKEVEN: "price is {percent} from entry (asked: within {wanted}%)",
    Watched.LEVERAGE: "leverage x{number} (asked: x{wanted} or more)",
    Watched.POSITION_SIZE: "position worth {percent} of equity (asked: {wanted}%)",
    Watched.DRAWDOWN: "equity {percent} under its peak (asked: {wanted}%)",
    Watched.CORRELATED: "{number} positions on the same side (asked: {wanted})",
}


def _headline(body: UserAlert) -> str:
    found = body.found
    return _HEADLINES[body.watched].format(
        wanted=text(body.value),
        price=price_text(found),
        way="upwards" if found > body.value else "downwards",
        gained=gain_text(found),
        lost=gain_text(-found),
        percent=percent_text(found),
        gained_percent=gain_percent_text(found),
        lost_percent=gain_percent_text(-found),
        number=text(found),
    )
