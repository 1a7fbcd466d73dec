"""Positions, wallet and closed profit as Bybit's rows, every documented key present (V5 position and account pages)."""

from decimal import Decimal

from plugins.exchanges.paper.v5.numbers import or_empty, plain
from plugins.exchanges.paper.venue.account import Account, Position
from plugins.exchanges.paper.venue.margin import liquidation
from plugins.exchanges.paper.venue.orders import ZERO
from plugins.exchanges.paper.venue.state import VenueState

Row = dict[str, object]
RISK_LIMIT = "2000000"


def position_rest(state: VenueState, account: Account, held: Position) -> Row:
    """A position as the list shows it."""
    row = _position(state, account, held)
    row["avgPrice"] = row.pop("entryPrice")
    row["liqPrice"] = "" if row["liqPrice"] == "0" else row["liqPrice"]
    row["mmrSysUpdateTime"] = row.pop("mmrSysUpdatedTime")
    del row["category"]
    return row


def position_stream(state: VenueState, account: Account, held: Position) -> Row:
    """A position as the topic shows it: another name for the average, and 0 for no liquidation price."""
    return _position(state, account, held)


def _position(state: VenueState, account: Account, held: Position) -> Row:
    mark = state.mark(held.symbol)
    size, leverage = abs(held.size), account.leverage_of(held.symbol)
    value = size * held.entry
    maintenance = size * mark * state.instruments[held.symbol].maintenance
    side = "" if not held.size else ("Buy" if held.size > 0 else "Sell")
    end = liquidation(state, account, held.symbol) if held.size else None
    margin = plain(value / leverage)
    return {
        "category": "linear",
        "positionIdx": held.index,
        "tradeMode": 0,
        "riskId": 1,
        "riskLimitValue": RISK_LIMIT,
        "symbol": held.symbol,
        "side": side,
        "size": plain(size),
        "entryPrice": plain(held.entry) if held.size else "0",
        "sessionAvgPrice": "",
        "leverage": plain(leverage),
        "positionValue": plain(value) if held.size else "",
        "positionBalance": "0",
        "markPrice": plain(mark),
        "positionIM": margin,
        "positionIMByMp": margin,
        "positionMM": plain(maintenance),
        "positionMMByMp": plain(maintenance),
        "takeProfit": or_empty(held.take_profit),
        "stopLoss": or_empty(held.stop),
        "trailingStop": "0",
        "unrealisedPnl": plain(held.size * (mark - held.entry)) if held.size else "0",
        "curRealisedPnl": plain(held.realised),
        "cumRealisedPnl": plain(held.realised),
        "breakEvenPrice": _break_even(account, held),
        "createdTime": str(held.created),
        "updatedTime": str(held.updated),
        "tpslMode": "Full",
        "liqPrice": "0" if end is None else plain(end[0].quantize(state.instruments[held.symbol].tick)),
        "bustPrice": "",
        "positionStatus": "Normal",
        "adlRankIndicator": 2 if held.size else 0,
        "autoAddMargin": 0,
        "leverageSysUpdatedTime": "",
        "mmrSysUpdatedTime": "",
        "isReduceOnly": False,
        "seq": held.seq,
    }


def _break_even(account: Account, held: Position) -> str:
    """(entry x size - realised) / (size - |size| x taker), signed size (V5 position page)."""
    if not held.size:
        return "0"
    fee = max(account.taker, Decimal("0.00055"))
    return plain((held.entry * held.size - held.realised) / (held.size - abs(held.size) * fee))


def wallet_row(state: VenueState, account: Account) -> Row:
    """The unified wallet: one coin, USDT."""
    prices = state.valued()
    unrealised = account.unrealised(prices)
    equity = account.wallet + unrealised
    initial = account.initial_margin()
    position_margin = sum(
        (abs(each.size) * each.entry / account.leverage_of(each.symbol) for each in account.positions.values()), ZERO
    )
    rates = {name: each.maintenance for name, each in state.instruments.items()}
    maintenance = account.maintenance(rates, prices)
    initial_rate, maintenance_rate = _rate(initial, equity), _rate(maintenance, equity)
    return {
        "accountType": "UNIFIED",
        "accountLTV": "0",
        "accountIMRate": initial_rate,
        "accountIMRateByMp": initial_rate,
        "accountMMRate": maintenance_rate,
        "accountMMRateByMp": maintenance_rate,
        "totalEquity": plain(equity),
        "totalWalletBalance": plain(account.wallet),
        "totalMarginBalance": plain(equity),
        "totalAvailableBalance": plain(max(equity - initial, ZERO)),
        "totalPerpUPL": plain(unrealised),
        "totalInitialMargin": plain(initial),
        "totalInitialMarginByMp": plain(initial),
        "totalMaintenanceMargin": plain(maintenance),
        "totalMaintenanceMarginByMp": plain(maintenance),
        "coin": [
            {
                "coin": "USDT",
                "equity": plain(equity),
                "usdValue": plain(equity),
                "walletBalance": plain(account.wallet),
                "locked": "0",
                "spotHedgingQty": "0",
                "borrowAmount": "0",
                "spotBorrow": "0",
                "availableToBorrow": "",
                "availableToWithdraw": "",
                "accruedInterest": "0",
                "totalOrderIM": plain(initial - position_margin),
                "totalPositionIM": plain(position_margin),
                "totalPositionMM": plain(maintenance),
                "unrealisedPnl": plain(unrealised),
                "cumRealisedPnl": plain(account.realised - account.fees - account.funding),
                "bonus": "0",
                "marginCollateral": True,
                "collateralSwitch": True,
            }
        ],
    }


def _rate(margin: Decimal, equity: Decimal) -> str:
    return plain(margin / equity) if equity > 0 else "0"
