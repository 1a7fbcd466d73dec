"""Every path of the protocol: who may call it, which handler answers."""

from dataclasses import dataclass

from plugins.exchanges.paper.v5 import accounts, batches, lists, market, orders
from plugins.exchanges.paper.v5.calls import Handler


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint. *one* answers a part of a batch instead; *writes* needs a key that may trade."""

    method: str
    path: str
    handler: Handler
    signed: bool = True
    writes: bool = False
    batch: bool = False


def _public(path: str, handler: Handler) -> Route:
    return Route("GET", f"/v5/market/{path}", handler, signed=False)


def _read(path: str, handler: Handler) -> Route:
    return Route("GET", f"/v5/{path}", handler)


def _write(path: str, handler: Handler) -> Route:
    return Route("POST", f"/v5/{path}", handler, writes=True)


def _batch(path: str, handler: Handler) -> Route:
    return Route("POST", f"/v5/order/{path}-batch", handler, writes=True, batch=True)


ROUTES = (
    _write("order/create", orders.create),
    _write("order/amend", orders.amend),
    _write("order/cancel", orders.cancel),
    _write("order/cancel-all", orders.cancel_all),
    _batch("create", orders.create),
    _batch("amend", batches.amend_one),
    _batch("cancel", orders.cancel),
    _read("order/realtime", lists.realtime),
    _read("order/history", lists.history),
    _read("execution/list", lists.executions),
    _read("position/list", lists.positions),
    _read("position/closed-pnl", lists.closed_pnl),
    _write("position/set-leverage", accounts.set_leverage),
    _write("position/switch-mode", accounts.switch_mode),
    _write("position/trading-stop", accounts.trading_stop),
    _read("account/wallet-balance", accounts.wallet_balance),
    _read("account/info", accounts.info),
    _read("account/fee-rate", accounts.fee_rate),
    _read("account/instruments-info", accounts.instruments_info),
    _read("user/query-api", accounts.query_api),
    _public("time", market.server_time),
    _public("instruments-info", market.instruments_info),
    _public("tickers", market.tickers),
    _public("kline", market.kline),
    _public("mark-price-kline", market.mark_price_kline),
    _public("orderbook", market.orderbook),
    _public("recent-trade", market.recent_trade),
    _public("funding/history", market.funding_history),
    _public("open-interest", market.open_interest),
    _public("account-ratio", market.account_ratio),
)

BY_PATH = {(route.method, route.path): route for route in ROUTES}
