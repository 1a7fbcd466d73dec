"""The account: its positions' settings, its wallet, its key (V5 position, account and user pages)."""

from contextlib import suppress
from decimal import Decimal
from typing import Any

from plugins.exchanges.paper.v5 import params as of
from plugins.exchanges.paper.v5.calls import Call
from plugins.exchanges.paper.v5.dates import iso
from plugins.exchanges.paper.v5.keys import PERMISSIONS
from plugins.exchanges.paper.v5.numbers import plain
from plugins.exchanges.paper.v5.rows_account import wallet_row
from plugins.exchanges.paper.v5.rows_market import instrument_row
from plugins.exchanges.paper.venue.engine import Venue
from plugins.exchanges.paper.venue.words import VenueError

Answer = dict[str, Any]
HEDGE, ONE_WAY = 3, 0


def set_leverage(call: Call) -> Answer:
    """position/set-leverage: both sides alike (they may differ only in isolated hedge mode)."""
    of.linear(call.params)
    symbol, account = of.text(call.params, "symbol"), call.signer.account
    buy, sell = of.number(call.params, "buyLeverage"), of.number(call.params, "sellLeverage")
    if buy != sell:
        raise VenueError(10001, "buy leverage must equal sell leverage")
    call.world.act(lambda venue: venue.set_leverage(account, symbol, buy))
    return {}


def switch_mode(call: Call) -> Answer:
    """position/switch-mode: of a symbol; of a coin only the symbols that are free to switch do."""
    of.linear(call.params)
    mode = of.whole(call.params, "mode", -1, -1, 9)
    if mode not in (HEDGE, ONE_WAY):
        raise VenueError(10001, "params error: mode invalid")
    symbol, account, hedge = of.optional(call.params, "symbol"), call.signer.account, mode == HEDGE
    if symbol:
        if symbol not in call.world.venue.state.instruments:
            raise VenueError(10001, f"params error: symbol invalid {symbol}")
        call.world.act(lambda venue: venue.switch_mode(account, symbol, hedge=hedge))
        return {}
    if not of.optional(call.params, "coin"):
        raise VenueError(10001, "params error: symbol or coin is required")
    call.world.act(lambda venue: _switch_free(venue, account, hedge=hedge))
    return {}


def _switch_free(venue: Venue, account: str, *, hedge: bool) -> None:
    """Switch every symbol that has neither position nor orders."""
    for symbol in venue.state.instruments:
        with suppress(VenueError):
            venue.switch_mode(account, symbol, hedge=hedge)


def trading_stop(call: Call) -> Answer:
    """position/trading-stop: Full is absolute, Partial adds (rel:F14)."""
    of.linear(call.params)
    params, account = call.params, call.signer.account
    symbol, mode = of.text(params, "symbol"), of.text(params, "tpslMode")
    if params.get("positionIdx") in (None, ""):
        raise VenueError(10001, "params error: positionIdx is required")
    index = of.whole(params, "positionIdx", 0, 0, 2)
    stop, profit = of.number_or_none(params, "stopLoss"), of.number_or_none(params, "takeProfit")
    trigger_by = of.optional(params, "slTriggerBy") or of.optional(params, "tpTriggerBy") or "LastPrice"
    size = _partial_size(call, stop, profit) if mode == "Partial" else None
    if mode not in ("Full", "Partial"):
        raise VenueError(10001, "params error: tpslMode invalid")
    call.world.act(
        lambda venue: venue.set_levels(
            account, symbol, index, stop=stop, take_profit=profit, trigger_by=trigger_by, size=size
        )
    )
    return {}


def _partial_size(call: Call, stop: Decimal | None, profit: Decimal | None) -> Decimal:
    sizes = {
        name: of.number_or_none(call.params, name)
        for name, price in (("slSize", stop), ("tpSize", profit))
        if price is not None
    }
    if not sizes or any(size is None for size in sizes.values()):
        raise VenueError(10001, "params error: tpSize or slSize is required in Partial mode")
    if len(set(sizes.values())) > 1:
        raise VenueError(10001, "tpSize and slSize must be equal")
    return next(size for size in sizes.values() if size is not None)


def wallet_balance(call: Call) -> Answer:
    """account/wallet-balance."""
    if of.text(call.params, "accountType") != "UNIFIED":
        raise VenueError(10001, "accountType only support UNIFIED.")
    return {"list": [wallet_row(call.world.venue.state, call.account)]}


def info(_: Call) -> Answer:
    """account/info: unified, cross."""
    return {
        "marginMode": "REGULAR_MARGIN",
        "updatedTime": "1697078946000",
        "unifiedMarginStatus": 5,
        "dcpStatus": "OFF",
        "timeWindow": 10,
        "smpGroup": 0,
        "isMasterTrader": False,
        "spotHedgingStatus": "OFF",
    }


def fee_rate(call: Call) -> Answer:
    """account/fee-rate."""
    of.linear(call.params)
    symbol, account = of.optional(call.params, "symbol"), call.account
    symbols = [symbol] if symbol else list(call.world.venue.state.instruments)
    fees = {"takerFeeRate": plain(account.taker), "makerFeeRate": plain(account.maker)}
    return {"category": "linear", "list": [{"symbol": each, "baseCoin": "", **fees} for each in symbols]}


def instruments_info(call: Call) -> Answer:
    """account/instruments-info: what the account may trade."""
    of.linear(call.params)
    wanted = of.optional(call.params, "symbol")
    own = {"myRpiPermission": False, "isPublicRpi": False}
    known = call.world.venue.state.instruments
    rows = [{**instrument_row(each), **own} for name, each in known.items() if wanted in ("", name)]
    return {"category": "linear", "list": rows, "nextPageCursor": ""}


def query_api(call: Call) -> Answer:
    """user/query-api: what the key that asks may do."""
    key = call.signer
    expired = "1970-01-01T00:00:00Z" if key.expires is None else iso(key.expires)
    wallet = ["AccountTransfer", "SubMemberTransfer", "Withdraw"] if key.withdraw else []
    empty: dict[str, list[str]] = {
        name: []
        for name in (
            "Spot", "Options", "CopyTrading", "BlockTrade", "NFT", "Affiliate", "Earn", "FiatP2P",
            "FiatConvertBroker", "FiatGlobalPay", "FiatBitPay", "BitCard", "ByXPost",
        )
    }  # fmt: skip
    return {
        "id": key.uid,
        "note": key.account,
        "apiKey": key.key,
        "readOnly": 1 if key.read_only else 0,
        "secret": "",
        "permissions": {
            **empty,
            "ContractTrade": [] if key.read_only else list(PERMISSIONS),
            "Derivatives": ["DerivativesTrade"],
            "Wallet": wallet,
            "Exchange": [],
        },
        "ips": list(key.ips) or ["*"],
        "type": 1,
        "deadlineDay": -2 if key.expires is None else max((key.expires - call.now) // 86_400_000, 0),
        "expiredAt": expired,
        "createdAt": "2025-10-13T03:20:45Z",
        "unified": 0,
        "uta": 1,
        "userID": int(key.uid),
        "inviterID": 0,
        "vipLevel": "No VIP",
        "mktMakerLevel": "0",
        "affiliateID": 0,
        "rsaPublicKey": "",
        "isMaster": True,
        "parentUid": "0",
        "kycLevel": "LEVEL_1",
        "kycRegion": "",
        "userIDInt64": key.uid,
        "inviterIDInt64": "0",
        "affiliateIDInt64": "0",
    }
