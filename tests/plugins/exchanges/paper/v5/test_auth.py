"""Signed requests: the exact bytes count, and the time (V5 guide, authentication; rel:F16)."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal

import pytest
import pytest_asyncio

from plugins.exchanges.paper.v5 import auth
from plugins.exchanges.paper.v5.keys import ApiKey, KeyRing
from plugins.exchanges.paper.v5.settings import WireAccount
from plugins.exchanges.paper.venue.words import VenueError
from ports.secret import Secret
from tests.signed import Caller, calling, now, signing

KEY = ApiKey(account="main", uid="1", key="k", secret=Secret("s"))
NOW = 1_700_000_000_000
ORDER = {"category": "linear", "symbol": "BTCUSDT", "side": "Buy", "orderType": "Market", "qty": "0.01"}


def checked(key: ApiKey, *, at: int = NOW, window: str = "5000", address: str = "127.0.0.1") -> int:
    """The code that a request signed by *key* gets at NOW; 0 when it is let in."""
    ring = KeyRing([key])
    try:
        auth.check(ring, auth.headers(signing(key, "a=1", at, window)), "a=1", NOW, address)
    except VenueError as error:
        return error.code
    return 0


@pytest.mark.parametrize(
    ("late", "window", "code"),
    [(0, "5000", 0), (5_000, "5000", 0), (5_001, "5000", 10002), (-999, "5000", 0), (-1_000, "5000", 10002),
     (2_001, "2000", 10002)],
)  # fmt: skip
def test_a_request_lives_for_its_window(late: int, window: str, code: int) -> None:
    """Server time - recv_window <= timestamp < server time + 1000."""
    assert checked(KEY, at=NOW - late, window=window) == code


def test_the_window_is_five_seconds_unless_told() -> None:
    """The header may be left out."""
    given = signing(KEY, "")
    del given["X-BAPI-RECV-WINDOW"]
    assert auth.headers(given).window == 5_000


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (replace(KEY, expires=NOW), 33004),
        (replace(KEY, expires=NOW + 1), 0),
        (replace(KEY, ips=("10.0.0.1",)), 10010),
        (replace(KEY, ips=("10.0.0.1", "127.0.0.1")), 0),
    ],
)
def test_a_key_is_bound_to_time_and_address(key: ApiKey, code: int) -> None:
    """Expired is 33004, another address 10010."""
    assert checked(key) == code


@pytest.mark.parametrize(("name", "value", "code"), [
    ("X-BAPI-API-KEY", "", 10003),
    ("X-BAPI-API-KEY", "unknown", 10003),
    ("X-BAPI-TIMESTAMP", "", 10001),
    ("X-BAPI-TIMESTAMP", "soon", 10001),
    ("X-BAPI-RECV-WINDOW", "wide", 10001),
    ("X-BAPI-SIGN", "", 10004),
    ("X-BAPI-SIGN", "ä", 10004),
])  # fmt: skip
def test_a_bad_header_has_its_code(name: str, value: str, code: int) -> None:
    """Each is told apart."""
    with pytest.raises(VenueError) as caught:
        auth.check(KeyRing([KEY]), auth.headers({**signing(KEY, "", NOW), name: value}), "", NOW, "")
    assert caught.value.code == code


def test_a_secret_of_another_key_does_not_sign() -> None:
    """10004."""
    other = replace(KEY, secret=Secret("t"))
    with pytest.raises(VenueError) as caught:
        auth.check(KeyRing([KEY]), auth.headers(signing(other, "", NOW)), "", NOW, "")
    assert caught.value.code == 10004


@pytest_asyncio.fixture
async def main() -> AsyncIterator[Caller]:
    """Main at a venue of its own."""
    async with calling() as caller:
        yield caller


@pytest.mark.integration
@pytest.mark.parametrize("separators", [(", ", ": "), (",", ":")], ids=["pybit", "ccxt"])
async def test_a_body_is_verified_as_it_was_sent(main: Caller, separators: tuple[str, str]) -> None:
    """Pybit writes blanks, ccxt none: both sign what they send."""
    body = json.dumps(ORDER, separators=separators)
    answer, _ = await main.send("POST", "order/create", body, signing(main.key, body))
    assert answer["retCode"] == 0


@pytest.mark.integration
async def test_the_same_body_spaced_otherwise_is_not_what_was_signed(main: Caller) -> None:
    """The signature covers bytes, not meaning; nothing is placed."""
    signed = signing(main.key, json.dumps(ORDER))
    answer, _ = await main.send("POST", "order/create", json.dumps(ORDER, separators=(",", ":")), signed)
    assert answer["retCode"] == 10004
    assert not main.server.world.venue.state.accounts["main"].executions


@pytest.mark.integration
@pytest.mark.parametrize("query", [
    "category=linear&symbol=BTCUSDT",
    "symbol=BTCUSDT&category=linear",
    "symbol=BTCUSDT&category=linear&cursor=",
    "category=linear&symbol=BTC%55SDT",
])  # fmt: skip
async def test_a_query_is_verified_as_it_was_sent(main: Caller, query: str) -> None:
    """In any order, encoded or not."""
    answer, _ = await main.send("GET", "position/list", query, signing(main.key, query))
    assert [row["symbol"] for row in answer["result"]["list"]] == ["BTCUSDT"]


@pytest.mark.integration
async def test_a_query_in_another_order_is_not_what_was_signed(main: Caller) -> None:
    """10004."""
    signed = signing(main.key, "category=linear&symbol=BTCUSDT")
    answer, _ = await main.send("GET", "position/list", "symbol=BTCUSDT&category=linear", signed)
    assert answer["retCode"] == 10004


@pytest.mark.integration
async def test_an_old_request_names_both_clocks(main: Caller) -> None:
    """10002, with what the caller needs to find its offset (rel:F16)."""
    at = now() - 3_600_000
    answer, _ = await main.send("GET", "account/info", "", signing(main.key, "", at))
    assert answer["retCode"] == 10002
    assert f"req_timestamp[{at}]" in answer["retMsg"]
    assert "server_timestamp[" in answer["retMsg"]


@pytest.mark.integration
async def test_a_key_that_reads_may_not_trade() -> None:
    """10005 on a write, and a read goes on."""
    key = replace(KEY, read_only=True)
    reader = WireAccount(name="main", balance=Decimal(100), keys=(key,))
    async with calling(accounts=(reader,)) as caller:
        assert (await caller.post("order/create", **ORDER))["retCode"] == 10005
        assert (await caller.get("account/info"))["retCode"] == 0


@pytest.mark.integration
async def test_paths_methods_and_bodies_are_told_apart(main: Caller) -> None:
    """No such path is 404, GET with a body 403."""
    assert await main.status("GET", "/v5/no/such") == 404
    assert await main.status("GET", "/v5/order/create") == 404
    assert await main.status("GET", "/v5/market/time", b"{}") == 403
    assert await main.status("GET", "/v5/market/time") == 200


@pytest.mark.integration
@pytest.mark.parametrize("body", ["{", "[]", '"x"'])
async def test_a_body_that_is_no_object_is_refused(main: Caller, body: str) -> None:
    """10001, in the envelope."""
    answer, _ = await main.send("POST", "order/create", body, signing(main.key, body))
    assert answer["retCode"] == 10001
