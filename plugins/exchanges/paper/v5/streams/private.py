"""The private stream: an account's orders, executions, positions and wallet, as they happen (V5 private topics)."""

import uuid
from collections.abc import Iterable, Sequence

from plugins.exchanges.paper.v5 import auth
from plugins.exchanges.paper.v5.rows_account import position_stream, wallet_row
from plugins.exchanges.paper.v5.rows_order import Row, execution_row, fast_execution_row, order_row
from plugins.exchanges.paper.v5.streams.session import Session
from plugins.exchanges.paper.v5.streams.wire import Frame
from plugins.exchanges.paper.v5.world import WireWorld
from plugins.exchanges.paper.venue.events import Event, Executed, OrderUpdated, PositionUpdated
from plugins.exchanges.paper.venue.words import ExecType, VenueError

PLAIN = ("order", "execution", "position", "wallet", "execution.fast")
TOPICS = frozenset({*PLAIN, *(f"{name}.linear" for name in PLAIN if name != "wallet"), "greeks", "dcp.future"})


class PrivateSession(Session):
    """Nothing is shown before the key was checked; nothing is shown from before the subscription."""

    async def asked(self, operation: str, frame: Frame) -> None:
        """auth, subscribe, unsubscribe, ping."""
        identity = str(frame.get("req_id", ""))
        match operation:
            case "auth":
                self._auth(frame)
            case "ping":
                said = {"req_id": identity} if identity else {}
                self.wire.say({"op": "pong", "args": [str(self.desk.now())], "conn_id": self.wire.id, **said})
            case "subscribe" | "unsubscribe" if not self.wire.account:
                self.wire.say(self.failure(operation, identity, "Request not authorized"))
            case "subscribe" | "unsubscribe":
                unknown = [str(each) for each in frame.get("args") or () if each not in TOPICS]
                self.change_topics(operation, frame, f"error:handler not found,topic:{unknown[0]}" if unknown else "")
            case _:
                self.wire.say(self.failure(operation, identity, f"error:unknown op {operation}"))

    def happened(self, frames: Sequence[tuple[str, list[Row]]]) -> None:
        """Pass on what this account's topics show, in order."""
        at = self.desk.now()
        for name, rows in frames:
            for topic in self.topics:
                if topic.removesuffix(".linear") == name:
                    shown = {"topic": topic, "creationTime": at, "data": rows}
                    self.wire.put(topic, shown if name == "execution.fast" else {"id": str(uuid.uuid4()), **shown})

    def _auth(self, frame: Frame) -> None:
        try:
            text, expires, signature = frame["args"]
            key = auth.find(self.desk.world.keys, str(text), self.desk.now(), self.address)
            if int(expires) <= self.desk.now():
                raise VenueError(10002, "Params Error: expires is in the past")  # noqa: TRY301
            if not key.signed(f"GET/realtime{expires}", str(signature)):
                raise VenueError(10004, "Error sign")  # noqa: TRY301
        except (VenueError, KeyError, TypeError, ValueError) as error:
            reason = error.message if isinstance(error, VenueError) else "Params Error"
            self.wire.say({"success": False, "ret_msg": reason, "op": "auth", "conn_id": self.wire.id})
            return
        self.wire.account = key.account
        self.wire.say({"success": True, "ret_msg": "", "op": "auth", "conn_id": self.wire.id})


def frames(world: WireWorld, account_name: str, events: Iterable[Event]) -> list[tuple[str, list[Row]]]:
    """What happened to one account in one act, as (topic, rows): one frame a topic for what stands together.

    The position is shown after every change of an order, even when it did not change (V5 position topic).
    """
    state = world.venue.state
    account = state.accounts[account_name]
    told: list[tuple[str, list[Row]]] = []
    shown: dict[tuple[str, int], None] = {}
    money = False
    for event in events:
        match event:
            case OrderUpdated():
                _add(told, "order", order_row(event.order))
                shown[event.order.symbol, event.order.index] = None
            case Executed():
                order = account.find(event.order_id)
                _add(told, "execution", execution_row(event, order, account.taker, account.maker))
                if event.exec_type is ExecType.TRADE:
                    _add(told, "execution.fast", fast_execution_row(event))
                money = True
            case PositionUpdated():
                shown[event.symbol, event.index] = None
            case _:
                continue
    rows = [position_stream(state, account, account.position(symbol, index)) for symbol, index in shown]
    if rows:
        told.append(("position", rows))
    if money or rows:
        told.append(("wallet", [wallet_row(state, account)]))
    return told


def _add(told: list[tuple[str, list[Row]]], topic: str, row: Row) -> None:
    """Rows of one topic that follow each other share a frame."""
    if told and told[-1][0] == topic:
        told[-1][1].append(row)
    else:
        told.append((topic, [row]))
