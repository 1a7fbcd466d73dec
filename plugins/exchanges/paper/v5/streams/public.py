"""The public stream: tickers, bars, trades and the book of each symbol (V5 public topics)."""

from decimal import Decimal

from plugins.exchanges.paper.v5 import rows_market as rows
from plugins.exchanges.paper.v5.calls import Call
from plugins.exchanges.paper.v5.http import Desk
from plugins.exchanges.paper.v5.market import ticker
from plugins.exchanges.paper.v5.streams.session import MOST_LETTERS, Session
from plugins.exchanges.paper.v5.streams.wire import Frame, Wire
from plugins.exchanges.paper.v5.tape import INTERVALS

DEPTHS = ("1", "50", "200", "1000")
ALWAYS = ("symbol",)


class PublicSession(Session):
    """What it shows is looked at every tick of the hub, and sent where it changed."""

    def __init__(self, desk: Desk, wire: Wire, address: str) -> None:
        """Nothing is shown yet."""
        super().__init__(desk, wire, address)
        self._shown: dict[str, rows.Row] = {}
        self._seen_trade: dict[str, int] = {}

    async def asked(self, operation: str, frame: Frame) -> None:
        """subscribe, unsubscribe, ping."""
        identity = str(frame.get("req_id", ""))
        match operation:
            case "ping":
                self.wire.say(
                    {"success": True, "ret_msg": "pong", "conn_id": self.wire.id, "req_id": identity, "op": "ping"}
                )
            case "subscribe" | "unsubscribe":
                refusal = self._refusal(frame)
                for topic in self.change_topics(operation, frame, refusal):
                    self.begin(topic)
            case _:
                self.wire.say(self.failure(operation, identity, f"error:unknown op {operation}"))

    def _refusal(self, frame: Frame) -> str:
        wanted = [str(each) for each in frame.get("args") or ()]
        if sum(len(each) for each in (*self.topics, *wanted)) > MOST_LETTERS:
            return "args size exceeds the limit"
        unknown = [topic for topic in wanted if not self._exists(topic)]
        return f"error:handler not found,topic:{unknown[0]}" if unknown else ""

    def _exists(self, topic: str) -> bool:
        known = self.desk.world.venue.state.last
        match topic.split("."):
            case ["tickers" | "publicTrade", symbol]:
                return symbol in known
            case ["kline", interval, symbol]:
                return symbol in known and interval in INTERVALS
            case ["orderbook", depth, symbol]:
                return symbol in known and depth in DEPTHS
            case _:
                return False

    def begin(self, topic: str) -> None:
        """The snapshot that a subscription begins with."""
        match topic.split("."):
            case ["tickers", symbol]:
                row = ticker(self._call(), symbol)
                self._shown[topic] = row
                self._send(topic, "snapshot", row)
            case ["kline", interval, symbol]:
                self._bar(topic, interval, symbol)
            case ["orderbook", depth, symbol]:
                self._book(topic, symbol, int(depth), "snapshot")
            case ["publicTrade", symbol]:
                self._seen_trade[topic] = self.desk.tape.number(symbol)

    def look(self, moved: frozenset[str]) -> None:
        """Show what changed since the last look; *moved* are the symbols that traded."""
        for topic in self.topics:
            symbol = topic.rsplit(".", 1)[1]
            if symbol not in moved:
                continue
            match topic.split("."):
                case ["tickers", _]:
                    self._ticker(topic, symbol)
                case ["kline", interval, _]:
                    self._bar(topic, interval, symbol)
                case ["publicTrade", _]:
                    self._trades(topic, symbol)
                case ["orderbook", depth, _]:
                    self._book(topic, symbol, int(depth), "snapshot")

    def _ticker(self, topic: str, symbol: str) -> None:
        before, row = self._shown[topic], ticker(self._call(), symbol)
        changed = {name: value for name, value in row.items() if before.get(name) != value or name in ALWAYS}
        self._shown[topic] = row
        if len(changed) > len(ALWAYS):
            self._send(topic, "delta", changed)

    def _bar(self, topic: str, interval: str, symbol: str) -> None:
        now, minutes = self.desk.now(), INTERVALS[interval]
        bars = self.desk.tape.bars(symbol, minutes, now)
        row = rows.kline_stream(bars[-1], interval, minutes, now)
        self.wire.put(topic, {"topic": topic, "type": "snapshot", "ts": now, "data": [row]})

    def _trades(self, topic: str, symbol: str) -> None:
        new = self.desk.tape.prints_after(symbol, self._seen_trade.get(topic, 0))
        if new:
            self._seen_trade[topic] = new[-1].number
            shown = [rows.trade_stream(each) for each in new]
            self.wire.put(topic, {"topic": topic, "type": "snapshot", "ts": self.desk.now(), "data": shown})

    def _book(self, topic: str, symbol: str, depth: int, kind: str) -> None:
        state = self.desk.world.venue.state
        bids, asks = rows.book_rows(state.instruments[symbol], Decimal(state.last[symbol]), depth)
        number = self.desk.tape.number(symbol) + 1  # 1 would say that the service began anew
        row = {"s": symbol, "b": bids, "a": asks, "u": number, "seq": number}
        self.wire.put(topic, {"topic": topic, "type": kind, "ts": self.desk.now(), "data": row, "cts": state.now})

    def _send(self, topic: str, kind: str, row: rows.Row) -> None:
        now = self.desk.now()
        self.wire.put(topic, {"topic": topic, "type": kind, "data": row, "cs": now, "ts": now})

    def _call(self) -> Call:
        return Call(self.desk.world, self.desk.tape, {}, self.desk.now())
