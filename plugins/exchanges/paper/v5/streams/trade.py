"""Order entry by WebSocket: the same handlers and the same budgets as by HTTP (V5 WebSocket trade)."""

import asyncio
from typing import Any

from plugins.exchanges.paper.v5 import auth
from plugins.exchanges.paper.v5.http import Desk
from plugins.exchanges.paper.v5.keys import ApiKey
from plugins.exchanges.paper.v5.rates import Allowance
from plugins.exchanges.paper.v5.routes import BY_PATH
from plugins.exchanges.paper.v5.streams.session import Session
from plugins.exchanges.paper.v5.streams.wire import Frame, Wire
from plugins.exchanges.paper.v5.weather import Loss
from plugins.exchanges.paper.venue.words import VenueError

OPERATIONS = {
    f"order.{name}": BY_PATH["POST", f"/v5/order/{name}"]
    for name in ("create", "amend", "cancel", "create-batch", "amend-batch", "cancel-batch")
}


class TradeSession(Session):
    """Requests of one connection are carried out in the order in which they came."""

    def __init__(self, desk: Desk, wire: Wire, address: str) -> None:
        """Nobody is known yet."""
        super().__init__(desk, wire, address)
        self.key: ApiKey | None = None
        self._used: set[str] = set()

    async def asked(self, operation: str, frame: Frame) -> None:
        """auth, ping and the order operations."""
        match operation:
            case "auth":
                self._auth(frame)
            case "ping":
                self.wire.say(
                    {"retCode": 0, "retMsg": "OK", "op": "pong", "data": [str(self.desk.now())], "connId": self.wire.id}
                )
            case _:
                await self._order(operation, frame)

    def _auth(self, frame: Frame) -> None:
        code, reason = 0, "OK"
        try:
            text, expires, signature = frame["args"]
            key = auth.find(self.desk.world.keys, str(text), self.desk.now(), self.address)
            if self.key is not None:
                raise VenueError(20001, "Repeat auth")  # noqa: TRY301
            if int(expires) <= self.desk.now() or not key.signed(f"GET/realtime{expires}", str(signature)):
                raise VenueError(10004, "Invalid sign")  # noqa: TRY301
            self.key, self.wire.account = key, key.account
        except VenueError as error:
            code, reason = error.code, error.message
        except (KeyError, TypeError, ValueError):
            code, reason = 10001, "Params Error"
        self.wire.say({"retCode": code, "retMsg": reason, "op": "auth", "connId": self.wire.id})

    async def _order(self, operation: str, frame: Frame) -> None:
        identity, route = str(frame.get("reqId", "")), OPERATIONS.get(operation)
        if route is None:
            self._say(operation, identity, _error(10404, f"op {operation} is not found"), None)
            return
        if self.key is None:
            self._say(operation, identity, _error(10003, "Invalid apikey"), None)
            return
        fate = self.desk.weather.request(self.key.account, route.path)
        if fate.loss in (Loss.REQUEST, Loss.RESET):
            self.wire.drop(None) if fate.loss is Loss.RESET else None
            return
        if fate.inbound:
            await asyncio.sleep(fate.inbound / 1_000)
        try:
            self._in_time(frame, identity)
        except VenueError as error:
            self._say(operation, identity, _error(error.code, error.message), None)
            return
        args = frame.get("args") or [{}]
        body, allowance = self.desk.answer(route, self.key, args[0])
        if fate.loss is Loss.NONE:
            self._say(operation, identity, body, allowance)

    def _in_time(self, frame: Frame, identity: str) -> None:
        if identity and identity in self._used:
            raise VenueError(20006, "reqId is duplicated")
        self._used.add(identity)
        header: dict[str, Any] = frame.get("header") or {}
        now = self.desk.now()
        try:
            at = int(header["X-BAPI-TIMESTAMP"])
            window = int(header.get("X-BAPI-RECV-WINDOW") or auth.DEFAULT_WINDOW)
        except (KeyError, ValueError, TypeError):
            raise VenueError(10001, "params error: X-BAPI-TIMESTAMP is required") from None
        if not now - window <= at < now + auth.AHEAD:
            raise VenueError(10002, "invalid request, please check your server timestamp or recv_window param.")

    def _say(self, operation: str, identity: str, body: Frame, allowance: Allowance | None) -> None:
        header = {"Traceid": self.wire.id.replace("-", ""), "Timenow": str(self.desk.now())}
        if allowance is not None:
            header |= {
                "X-Bapi-Limit": str(allowance.cap),
                "X-Bapi-Limit-Status": str(allowance.left),
                "X-Bapi-Limit-Reset-Timestamp": str(allowance.reset),
            }
        self.wire.say(
            {
                **({"reqId": identity} if identity else {}),
                "retCode": body["retCode"],
                "retMsg": body["retMsg"],
                "op": operation,
                "data": body["result"],
                "retExtInfo": body["retExtInfo"],
                "header": header,
                "connId": self.wire.id,
            }
        )


def _error(code: int, reason: str) -> Frame:
    return {"retCode": code, "retMsg": reason, "result": {}, "retExtInfo": {}}
