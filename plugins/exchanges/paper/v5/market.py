"""The public market (V5 market pages)."""

from typing import Any

from plugins.exchanges.paper.v5 import params as of
from plugins.exchanges.paper.v5 import rows_market as rows
from plugins.exchanges.paper.v5.calls import Call
from plugins.exchanges.paper.v5.tape import INTERVALS
from plugins.exchanges.paper.venue.words import VenueError

Answer = dict[str, Any]
MINUTES = {"5min": 5, "15min": 15, "30min": 30, "1h": 60, "4h": 240, "1d": 1_440}
EIGHT_HOURS = 8 * 3_600_000
FOREVER = 2**53


def server_time(call: Call) -> Answer:
    """market/time."""
    return {"timeSecond": str(call.now // 1_000), "timeNano": str(call.now * 1_000_000)}


def instruments_info(call: Call) -> Answer:
    """market/instruments-info: by pages of up to 1000."""
    if of.text(call.params, "category") != "linear":
        return {"category": call.params["category"], "list": [], "nextPageCursor": ""}
    wanted, status = of.optional(call.params, "symbol"), of.optional(call.params, "status")
    known = call.world.venue.state.instruments
    if wanted and wanted not in known:
        raise VenueError(10001, f"params error: symbol invalid {wanted}")
    found = [rows.instrument_row(each) for name, each in known.items() if wanted in ("", name)]
    found = [row for row in found if status in ("", row["status"])]
    limit, start = of.whole(call.params, "limit", 500, 1, 1_000), of.whole(call.params, "cursor", 0, 0, 2**31)
    rest = start + limit
    return {
        "category": "linear",
        "list": found[start:rest],
        "nextPageCursor": str(rest) if rest < len(found) else "",
    }


def tickers(call: Call) -> Answer:
    """market/tickers."""
    of.linear(call.params)
    wanted = of.optional(call.params, "symbol")
    symbols = [wanted] if wanted else list(call.world.venue.state.last)
    return {"category": "linear", "list": [ticker(call, _known(call, symbol)) for symbol in symbols]}


def ticker(call: Call, symbol: str) -> rows.Row:
    """One symbol's ticker."""
    state = call.world.venue.state
    bars = call.tape.bars(symbol, 1, call.now)
    return rows.ticker_row(state.instruments[symbol], state.last[symbol], state.mark(symbol), bars, call.now)


def kline(call: Call) -> Answer:
    """market/kline: newest first, the running bar among them; with only a start, those that follow it."""
    of.linear(call.params)
    symbol, interval = _known(call, of.text(call.params, "symbol")), of.text(call.params, "interval")
    minutes = INTERVALS.get(interval)
    if minutes is None:
        raise VenueError(10001, "params error: interval invalid")
    start, end = _span(call, "start", "end")
    bars = [bar for bar in call.tape.bars(symbol, minutes, call.now) if start <= bar.at <= end]
    limit = of.whole(call.params, "limit", 200, 1, 1_000)
    bars = bars[:limit] if start and end == FOREVER else bars[-limit:]
    return {"category": "linear", "symbol": symbol, "list": [rows.kline_row(bar) for bar in reversed(bars)]}


def mark_price_kline(call: Call) -> Answer:
    """market/mark-price-kline: without volumes."""
    found = kline(call)
    return {**found, "list": [row[:5] for row in found["list"]]}


def orderbook(call: Call) -> Answer:
    """market/orderbook."""
    of.linear(call.params)
    state, symbol = call.world.venue.state, _known(call, of.text(call.params, "symbol"))
    depth = of.whole(call.params, "limit", 25, 1, 500)
    bids, asks = rows.book_rows(state.instruments[symbol], state.last[symbol], depth)
    number = call.tape.number(symbol) + 1
    return {"s": symbol, "b": bids, "a": asks, "ts": call.now, "u": number, "seq": number, "cts": state.now}


def recent_trade(call: Call) -> Answer:
    """market/recent-trade: newest first."""
    of.linear(call.params)
    symbol = _known(call, of.text(call.params, "symbol"))
    limit = of.whole(call.params, "limit", 500, 1, 1_000)
    prints = call.tape.prints(symbol)[-limit:]
    return {"category": "linear", "list": [rows.trade_row(each) for each in reversed(prints)]}


def funding_history(call: Call) -> Answer:
    """market/funding/history: the rate of every eight hours, newest first, of a span that has an end."""
    of.linear(call.params)
    symbol = _known(call, of.text(call.params, "symbol"))
    limit = of.whole(call.params, "limit", 200, 1, 200)
    start, end = _span(call, "startTime", "endTime")
    if start and end == FOREVER:
        raise VenueError(10001, "params error: endTime is required with startTime")
    until = min(end, call.now)
    latest = until - until % EIGHT_HOURS
    times = [at for number in range(limit) if (at := latest - number * EIGHT_HOURS) >= start]
    found = [{"symbol": symbol, "fundingRate": rows.FUNDING_RATE, "fundingRateTimestamp": str(at)} for at in times]
    return {"category": "linear", "list": found}


def open_interest(call: Call) -> Answer:
    """market/open-interest: it never changes here."""
    of.linear(call.params)
    symbol = _known(call, of.text(call.params, "symbol"))
    step = _step(of.text(call.params, "intervalTime"))
    limit = of.whole(call.params, "limit", 50, 1, 200)
    interest = str(1_000 * call.world.venue.state.instruments[symbol].min_quantity)
    latest = call.now - call.now % step
    row = {"openInterest": interest, "singleOpenInterest": interest}
    found = [{**row, "timestamp": str(latest - number * step)} for number in range(limit)]
    return {"category": "linear", "symbol": symbol, "list": found, "nextPageCursor": ""}


def account_ratio(call: Call) -> Answer:
    """market/account-ratio: as many buy as sell."""
    of.linear(call.params)
    symbol = _known(call, of.text(call.params, "symbol"))
    step = _step(of.text(call.params, "period"))
    limit = of.whole(call.params, "limit", 50, 1, 500)
    latest = call.now - call.now % step
    found = [
        {"symbol": symbol, "buyRatio": "0.5", "sellRatio": "0.5", "timestamp": str(latest - number * step)}
        for number in range(limit)
    ]
    return {"list": found, "nextPageCursor": ""}


def _span(call: Call, first: str, last: str) -> tuple[int, int]:
    return of.whole(call.params, first, 0, 0, FOREVER), of.whole(call.params, last, FOREVER, 0, FOREVER)


def _step(name: str) -> int:
    minutes = MINUTES.get(name)
    if minutes is None:
        raise VenueError(10001, "params error: interval invalid")
    return minutes * 60_000


def _known(call: Call, symbol: str) -> str:
    if symbol not in call.world.venue.state.last:
        raise VenueError(10001, f"params error: symbol invalid {symbol}")
    return symbol
