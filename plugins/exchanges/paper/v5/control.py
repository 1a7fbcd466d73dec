"""The control surface beside the protocol, for tests and demonstrations: what no client of Bybit could ask."""

from collections.abc import Callable
from typing import Any

import orjson
from aiohttp import web

from core.words import OrderSide
from plugins.exchanges.paper.hand import Hand
from plugins.exchanges.paper.v5 import params as of
from plugins.exchanges.paper.v5.http import Desk
from plugins.exchanges.paper.v5.numbers import plain
from plugins.exchanges.paper.v5.rows_account import position_rest
from plugins.exchanges.paper.v5.rows_order import order_row
from plugins.exchanges.paper.v5.streams.hub import StreamHub
from plugins.exchanges.paper.venue.words import VenueError

SERVICE_RESTART = 1012
Act = Callable[[of.Params], object]


class Control:
    """Answers under /venue/. Bad input is HTTP 400 with a reason."""

    def __init__(self, desk: Desk, hub: StreamHub) -> None:
        """Nothing is opened here."""
        self._desk = desk
        self._hub = hub

    def mount(self, app: web.Application) -> None:
        """Answer at its paths."""
        app.router.add_get("/venue/state", self._state)
        acts: dict[str, Act] = {
            "price": self._price,
            "faults": self._faults,
            "funding": self._funding,
            "liquidate": lambda asked: self._hand(asked).liquidate(of.text(asked, "symbol")),
            "deleverage": self._deleverage,
            "order": self._order,
            "cancel": lambda asked: self._hand(asked).cancel(of.text(asked, "key")),
            "stop": self._stop,
            "mode": self._mode,
            "restart": self._restart,
        }
        for name, act in acts.items():
            app.router.add_post(f"/venue/{name}", self._answering(act))

    def _answering(self, act: Act) -> Callable[[web.Request], Any]:
        async def answer(request: web.Request) -> web.Response:
            try:
                asked = orjson.loads(await request.read() or b"{}")
                if not isinstance(asked, dict):
                    raise VenueError(10001, "the body is no object")  # noqa: TRY301
                self._desk.world.act(lambda _: act(asked))
            except (orjson.JSONDecodeError, VenueError, ValueError, KeyError) as error:
                reason = error.message if isinstance(error, VenueError) else str(error)
                return web.json_response({"ok": False, "reason": reason}, status=400)
            return web.json_response({"ok": True})

        return answer

    async def _state(self, _: web.Request) -> web.Response:
        return web.Response(body=orjson.dumps(state_of(self._desk)), content_type="application/json")

    def _price(self, asked: of.Params) -> None:
        symbol = of.text(asked, "symbol")
        if symbol not in self._desk.world.mover.tracks:
            raise VenueError(10001, f"there is no symbol {symbol}")
        if "mark" in asked:
            self._desk.world.venue.set_mark(symbol, of.number_or_none(asked, "mark"))
        if "last" in asked:
            price = of.number(asked, "last")
            if price <= 0:
                raise VenueError(10001, "last must be positive")
            self._desk.world.push(symbol, price)

    def _faults(self, asked: of.Params) -> None:
        configure = getattr(self._desk.weather, "configure", None)
        if configure is None:
            raise VenueError(10001, "this venue was started without faults")
        configure(asked)

    def _funding(self, asked: of.Params) -> None:
        self._desk.world.venue.fund(of.text(asked, "symbol"), of.number(asked, "rate"))

    def _deleverage(self, asked: of.Params) -> None:
        index = of.whole(asked, "index", 0, 0, 2)
        self._hand(asked).deleverage(of.text(asked, "symbol"), of.number(asked, "quantity"), index)

    def _order(self, asked: of.Params) -> None:
        self._hand(asked).place(
            of.text(asked, "symbol"),
            OrderSide(of.text(asked, "side").lower()),
            of.number(asked, "quantity"),
            of.number_or_none(asked, "price"),
            index=of.whole(asked, "index", 0, 0, 2),
            reduce_only=of.flag(asked, "reduce_only"),
        )

    def _stop(self, asked: of.Params) -> None:
        price, index = of.number_or_none(asked, "price"), of.whole(asked, "index", 0, 0, 2)
        self._hand(asked).move_stop(of.text(asked, "symbol"), price, index)

    def _mode(self, asked: of.Params) -> None:
        self._hand(asked).switch_mode(of.text(asked, "symbol"), hedge=of.flag(asked, "hedge"))

    def _restart(self, _: of.Params) -> None:
        """As when Bybit restarts: closed orders are forgotten, streams end with a close frame."""
        self._desk.world.venue.forget_closed()
        self._hub.drop_all(SERVICE_RESTART)

    def _hand(self, asked: of.Params) -> Hand:
        account = of.text(asked, "account")
        if account not in self._desk.world.venue.state.accounts:
            raise VenueError(10001, f"there is no account {account}")
        return Hand(self._desk.world.venue, account)


def state_of(desk: Desk) -> dict[str, Any]:
    """Everything that a test asks about, at once."""
    desk.world.catch_up()
    state = desk.world.venue.state
    accounts = {
        name: {
            "wallet": plain(account.wallet),
            "equity": plain(account.equity(state.valued())),
            "positions": [position_rest(state, account, held) for held in account.positions.values() if held.size],
            "orders": [order_row(order) for order in account.orders.values()],
            "links": account.links,
            "executions": len(account.executions),
        }
        for name, account in state.accounts.items()
    }
    return {
        "now": desk.now(),
        "prices": {symbol: plain(price) for symbol, price in state.last.items()},
        "accounts": accounts,
        "breaches": desk.rates.breaches,
        "calls": dict(desk.calls),
        "unprotected_ms": desk.unprotected_so_far() / 1_000_000,
        "stamps": [[each.at, each.account, each.path, list(each.links)] for each in desk.stamps],
    }
