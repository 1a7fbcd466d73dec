"""The public market as Bybit's rows, every documented key present (V5 market pages; ccxt tells contracts by them)."""

from decimal import Decimal

from core.instrument import Instrument
from plugins.exchanges.paper.v5.numbers import plain
from plugins.exchanges.paper.v5.tape import Bar, Print

Row = dict[str, object]
EIGHT_HOURS = 8 * 3_600_000
FUNDING_RATE = "0.0001"
DEPTH = Decimal(5)


def instrument_row(each: Instrument) -> Row:
    """A symbol's rules."""
    coin = each.symbol.removesuffix("USDT")
    return {
        "symbol": each.symbol,
        "symbolId": 1 + sum(map(ord, each.symbol)),
        "contractType": "LinearPerpetual",
        "status": "Trading" if each.trading else "PreLaunch",
        "baseCoin": coin,
        "quoteCoin": "USDT",
        "launchTime": "1585526400000",
        "deliveryTime": "0",
        "deliveryFeeRate": "",
        "priceScale": str(max(-int(each.tick.normalize().as_tuple().exponent), 0)),
        "leverageFilter": {"minLeverage": "1", "maxLeverage": plain(each.max_leverage), "leverageStep": "0.01"},
        "priceFilter": {"minPrice": plain(each.tick), "maxPrice": "1999999.8", "tickSize": plain(each.tick)},
        "lotSizeFilter": {
            "maxOrderQty": plain(each.max_quantity),
            "minOrderQty": plain(each.min_quantity),
            "qtyStep": plain(each.step),
            "postOnlyMaxOrderQty": plain(each.max_quantity),
            "maxMktOrderQty": plain(each.max_market_quantity),
            "minNotionalValue": plain(each.min_notional),
        },
        "unifiedMarginTrade": True,
        "fundingInterval": 480,
        "settleCoin": "USDT",
        "copyTrading": "none",
        "upperFundingRate": "0.00375",
        "lowerFundingRate": "-0.00375",
        "isPreListing": False,
        "preListingInfo": None,
        "riskParameters": {"priceLimitRatioX": "0.01", "priceLimitRatioY": "0.02"},
        "displayName": "",
        "symbolType": "",
        "forbidUplWithdrawal": False,
    }


def ticker_row(each: Instrument, last: Decimal, mark: Decimal, bars: list[Bar], now: int) -> Row:
    """A symbol's ticker: *bars* are its minutes, oldest first."""
    day = [bar for bar in bars if bar.at > now - 86_400_000] or bars[-1:]
    hour = [bar for bar in bars if bar.at > now - 3_600_000] or bars[-1:]
    opened = day[0].open
    volume = sum((bar.volume for bar in day), Decimal(0))
    interest = Decimal(1_000) * each.min_quantity
    return {
        "symbol": each.symbol,
        "tickDirection": "ZeroPlusTick" if last >= opened else "MinusTick",
        "lastPrice": plain(last),
        "indexPrice": plain(mark),
        "markPrice": plain(mark),
        "prevPrice24h": plain(opened),
        "price24hPcnt": plain((last / opened - 1).quantize(Decimal("0.000001"))),
        "highPrice24h": plain(max(bar.high for bar in day)),
        "lowPrice24h": plain(min(bar.low for bar in day)),
        "prevPrice1h": plain(hour[0].open),
        "openInterest": plain(interest),
        "openInterestValue": plain(interest * mark),
        "turnover24h": plain(volume * last),
        "volume24h": plain(volume),
        "fundingRate": FUNDING_RATE,
        "nextFundingTime": str(now - now % EIGHT_HOURS + EIGHT_HOURS),
        "predictedDeliveryPrice": "",
        "basisRate": "",
        "basis": "",
        "basisRateYear": "",
        "deliveryFeeRate": "",
        "deliveryTime": "0",
        "bid1Price": plain(max(last - each.tick, each.tick)),
        "bid1Size": plain(_depth(each)),
        "ask1Price": plain(last + each.tick),
        "ask1Size": plain(_depth(each)),
        "preOpenPrice": "",
        "preQty": "",
        "curPreListingPhase": "",
        "fundingIntervalHour": "8",
        "fundingCap": "0.005",
    }


def kline_row(bar: Bar) -> list[str]:
    """A bar as the kline list shows it: start, open, high, low, close, volume, turnover."""
    numbers = (bar.open, bar.high, bar.low, bar.close, bar.volume, bar.volume * bar.close)
    return [str(bar.at), *(plain(each) for each in numbers)]


def kline_stream(bar: Bar, interval: str, minutes: int, now: int) -> Row:
    """A bar as the kline topic shows it."""
    end = bar.at + minutes * 60_000 - 1
    return {
        "start": bar.at,
        "end": end,
        "interval": interval,
        "open": plain(bar.open),
        "close": plain(bar.close),
        "high": plain(bar.high),
        "low": plain(bar.low),
        "volume": plain(bar.volume),
        "turnover": plain(bar.volume * bar.close),
        "confirm": now > end,
        "timestamp": now,
    }


def book_rows(each: Instrument, last: Decimal, depth: int) -> tuple[list[list[str]], list[list[str]]]:
    """Bids and asks around the last price, nearest first: whatever is asked for can be had there."""
    size = plain(_depth(each))
    bids = [last - each.tick * level for level in range(1, depth + 1)]
    asks = [last + each.tick * level for level in range(1, depth + 1)]
    return [[plain(price), size] for price in bids if price > 0], [[plain(price), size] for price in asks]


def trade_row(each: Print) -> Row:
    """A public trade as the list shows it."""
    return {
        "execId": f"p{each.number}",
        "symbol": each.symbol,
        "price": plain(each.price),
        "size": plain(each.size),
        "side": each.side,
        "time": str(each.at),
        "isBlockTrade": False,
        "isRPITrade": False,
        "seq": str(each.number),
    }


def trade_stream(each: Print) -> Row:
    """A public trade as the topic shows it."""
    return {
        "T": each.at,
        "s": each.symbol,
        "S": each.side,
        "v": plain(each.size),
        "p": plain(each.price),
        "L": "PlusTick" if each.side == "Buy" else "MinusTick",
        "i": f"p{each.number}",
        "BT": False,
        "RPI": False,
        "seq": each.number,
    }


def _depth(each: Instrument) -> Decimal:
    return each.min_quantity * 1_000 * DEPTH
