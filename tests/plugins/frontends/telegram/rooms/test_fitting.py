"""Every screen fits a phone and Telegram, whatever is open and whatever somebody called it (E4, S10, rel:F54)."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core.engine.application import FrontDoor
from core.engine.control import Answer
from core.engine.memory_store import MemoryStore
from plugins.clocks.system import SystemClock
from plugins.frontends.telegram.rooms.texts import WIDTH, sides
from plugins.frontends.telegram.screen import Screen
from tests.plugins.frontends.telegram.rooms.walking import Walk, judged

HOSTILE = st.sampled_from(
    [
        "BTCUSDT",
        "1000000BABYDOGEUSDT",
        "<b>BTC",
        "</pre><a href='x'>",
        "&lt;&amp;",
        "\u202eTDSU",
        "币安人生USDT",
        "A\nB",
        "x" * 300,
    ]
)
AMOUNTS = st.sampled_from(["0", "-0.0042", "12.5", "123456789012.12345678", "-98765432.1", "0.00000001", None])
PRICES = st.sampled_from(["60000.1", "0.00001234", "123456789.123", "1"])
MARKS = st.sampled_from(["waiting", "working", "partial", "filled", "cancelled", "failed"])


@st.composite
def trades(draw: st.DrawFn) -> dict[str, Any]:
    """One account's part of a trade."""
    mirror = draw(st.booleans())
    return {
        "trade": "", "account": "mirrormirror" if mirror else "main", "environment": "testnet",
        "strategy": "conservative", "symbol": draw(HOSTILE), "side": draw(st.sampled_from(["long", "short"])),
        "phase": "MONITORING", "position": draw(st.sampled_from(["0", "0.001", "123456789.123"])), "entered": "1",
        "average_entry": draw(PRICES), "leverage": "10", "margin": "1", "gross": "0", "fees": "0.123456",
        "funding": "0", "net": draw(AMOUNTS), "opened_at": 1_700_000_000_000, "origin": "", "last": draw(PRICES),
        "open_pnl": draw(AMOUNTS), "liquidation": None, "leader": "main" if mirror else None, "reason": None,
        "closed_at": None, "note": draw(HOSTILE),
        "entries": [{"number": n, "price": draw(PRICES), "planned": "123456.789", "filled": "0.001",
                     "mark": draw(MARKS), "average": None} for n in range(1, 11)],
        "targets": [{"number": n, "price": draw(PRICES), "total": "123456789.123", "filled": "0.001", "share": "8.5",
                     "mark": draw(MARKS)} for n in range(1, 11)],
        "stop": draw(st.sampled_from([None, {"price": "1.5", "kind": "breakeven", "proven": False}])),
    }  # fmt: skip


@st.composite
def statuses(draw: st.DrawFn) -> dict[str, Any]:
    """A whole status with up to 50 trades and 8 accounts."""
    count = draw(st.sampled_from([0, 1, 7, 20, 42, 100]))
    kinds = [draw(trades()) for _ in range(4)]  # drawing every one of a hundred apart would take seconds
    accounts = draw(st.integers(1, 8))
    return {
        "at": 1_700_000_000_000, "running": True, "version": "0.1.0", "profile": "x", "started_at": 1_699_000_000_000,
        "accounts": [
            {"account": f"account{n}", "environment": "live", "follows": "main" if n else None,
             "equity": draw(AMOUNTS), "available": draw(AMOUNTS), "margin_used": draw(AMOUNTS),
             "open_pnl": draw(AMOUNTS), "live_trades": count, "troubles": ["breaker", draw(HOSTILE)],
             "potential": {key: draw(AMOUNTS) for key in ("tp1", "targets", "stops", "stops_filled")},
             "held": [draw(HOSTILE)], "lost": [draw(HOSTILE)]}
            for n in range(accounts)
        ],
        "trades": [{**kinds[n % 4], "trade": f"T{n // 2:09}"} for n in range(count)],
        "markets": [], "positions": [], "monitors": [],
        "orders": [{"key": "k", "account": "main", "environment": "demo", "symbol": draw(HOSTILE), "side": "sell",
                    "quantity": "123456789.123", "filled": "0.001", "price": draw(PRICES), "reduce_only": True,
                    "trigger": "1.5", "stop": None, "trade": "", "role": "TP10", "at": 1} for _ in range(count)],
        "alerts": [], "troubles": [draw(HOSTILE)],
    }  # fmt: skip


def walker(status: dict[str, Any]) -> Walk:
    """Somebody looking at this status, and at hostile words wherever else words come from."""
    hostile = "</b>&<x> " * 100

    async def tell(what: str, detail: str) -> None:
        raise AssertionError((what, detail))

    def answering(data: object) -> Any:
        async def answer(_: Mapping[str, object]) -> Answer:
            return {"exit": 0, "data": data}

        return answer

    alert = {
        "at": 1,
        "account": "a",
        "kind": "k",
        "title": hostile,
        "text": hostile * 9,
        "critical": True,
        "trade": "T",
    }
    red = {"found": hostile, "advice": hostile}
    health = {"well": False, "wrong": [], "advice": [red] * 20, "minutes": 30, "accounts": {}, "outbox_age": {},
              "process": {"seconds": 2_000, "cpu_percent": 1, "memory": 1, "memory_slope": -5, "threads": 1,
                          "disk_free": 1, "loop_lag": 1}}  # fmt: skip
    answers = {"status": status, "alerts": [alert] * 100, "health": health, "closed": [],
               "verify": {"violations": [], "not_looked_at": {hostile: hostile}},
               "clean_up": {"would_cancel": [], "not_done": {hostile: hostile}}}  # fmt: skip
    handlers = {name: answering(data) for name, data in answers.items()}
    return Walk(FrontDoor(handlers, MemoryStore(), SystemClock(), tell))


@settings(max_examples=20)
@given(statuses())
async def test_every_screen_fits_whatever_is_open(status: dict[str, Any]) -> None:
    """E4, S10: 34 columns, 4,096 characters, HTML that Telegram takes, on every screen and page; none is refused."""
    walk, shown = walker(status), list[Screen]()
    for name in ("dashboard", "positions", "close", "orders", "trades", "status", "doctor", "alerts", "pause", "mode"):
        shown += [await walk.open(name), *[await walk.open(name, page=page) for page in ("1", "999999999999")]]
    shown += [await walk.open("position", t=each["trade"], a=each["account"]) for each in status["trades"][:3]]
    shown.append(await walk.open("alert", at="1", n="x"))

    for each in shown:
        assert judged(each).text
        assert not each.text.startswith("REFUSED")


@settings(max_examples=20)
@given(statuses())
async def test_no_position_is_lost_between_pages(status: dict[str, Any]) -> None:
    """E4: going through the pages, every trade has its button exactly once, compact or not."""
    walk = walker(status)
    seen: list[str] = []
    await walk.open("positions")
    while True:
        seen += [str(b.goes.arguments["t"]) for row in walk.screen.rows for b in row if b.goes.screen == "position"]
        more = walk.button("▶")
        if more is None:
            break
        await walk.press("▶")

    assert sorted(seen) == sorted({each["trade"] for each in status["trades"]})


def test_numbers_are_never_cut() -> None:
    """E4: what doesn't fit beside its name goes under it, whole."""
    lines = sides("TP10 123456789.123 8.5%", "0.001/123456789.123 waits")

    assert [line.strip() for line in lines] == ["TP10 123456789.123 8.5%", "0.001/123456789.123 waits"]


def test_a_small_phone_shows_a_line_whole() -> None:
    """E4: a wrapped column is no column; 33 letters fit 390 points beside the bubble's edges."""
    assert WIDTH <= 33
