"""How often one may call: a rolling second per user and endpoint (V5 rate limit page; rel:F13)."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from plugins.exchanges.paper.v5.rates import IP_BAN, Rates
from tests.signed import Caller, calling, now, signing

CREATE, BATCH, READ = "/v5/order/create", "/v5/order/create-batch", "/v5/order/realtime"
NOW = 1_700_000_000_000
PART = {"symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit", "qty": "0.001", "price": "50000"}


def granted(rates: Rates, times: int, *, uid: str = "1", path: str = CREATE, at: int = NOW) -> int:
    """How many of so many single calls are let in."""
    return sum(rates.ask(uid, path, 1, at).granted for _ in range(times))


@pytest.mark.parametrize(
    ("path", "most"),
    [
        (CREATE, 10),
        ("/v5/position/trading-stop", 10),
        (READ, 50),
        ("/v5/execution/list", 50),
        ("/v5/account/fee-rate", 5),
    ],
)
def test_each_endpoint_has_its_cap(path: str, most: int) -> None:
    """Bybit's defaults; a refusal is counted."""
    rates = Rates()
    assert granted(rates, most + 3, path=path) == most
    assert rates.breaches == 3


def test_the_second_rolls() -> None:
    """What was called a second ago is free again, call by call."""
    rates = Rates()
    assert (granted(rates, 5), granted(rates, 5, at=NOW + 600)) == (5, 5)
    assert granted(rates, 9, at=NOW + 999) == 0
    assert granted(rates, 9, at=NOW + 1_000) == 5


def test_users_and_endpoints_have_buckets_of_their_own() -> None:
    """A batch bucket is not the single one's; a mirror has its own ten."""
    rates = Rates()
    assert granted(rates, 11) == 10
    assert granted(rates, 11, path=BATCH) == 10
    assert granted(rates, 11, uid="2") == 10


def test_a_batch_is_granted_in_part() -> None:
    """It counts by its orders: the first ones go through, the rest don't (rel:F13b)."""
    rates = Rates()
    first, second = rates.ask("1", BATCH, 7, NOW), rates.ask("1", BATCH, 7, NOW + 1)
    assert (first.granted, first.left, second.granted, second.left) == (7, 3, 3, 0)


def test_the_reset_is_now_unless_the_cap_was_exceeded() -> None:
    """Else when the oldest call of the second is over, which is never past (pybit sleeps until then)."""
    rates = Rates()
    assert rates.ask("1", CREATE, 10, NOW).reset == NOW
    assert rates.ask("1", CREATE, 1, NOW + 300).reset == NOW + 1_000


def test_a_scale_raises_every_cap_and_none_lifts_them() -> None:
    """As a VIP's, or for what is not about rates."""
    assert granted(Rates(2), 30) == 20
    assert granted(Rates(None), 1_000) == 1_000


def test_an_address_that_hammers_is_banned_for_ten_minutes() -> None:
    """600 requests in five seconds; others go on."""
    rates = Rates()
    assert all(rates.admits("a", NOW) for _ in range(600))
    assert not rates.admits("a", NOW + 4_999)
    assert rates.admits("b", NOW + 4_999)
    assert not rates.admits("a", NOW + 4_999 + IP_BAN - 1)
    assert rates.admits("a", NOW + 4_999 + IP_BAN)


def test_an_address_within_its_count_is_not_banned() -> None:
    """The five seconds roll too."""
    rates = Rates()
    assert all(rates.admits("a", NOW) for _ in range(600))
    assert rates.admits("a", NOW + 5_000)


@pytest_asyncio.fixture
async def main() -> AsyncIterator[Caller]:
    """Main at a venue of its own, whose limits are Bybit's and whose clock stands still."""
    at = now()
    async with calling(clock=lambda: at) as caller:
        yield caller


@pytest.mark.integration
async def test_every_answer_tells_the_budget(main: Caller) -> None:
    """Cap, what is left, and when the second is over; not on public ones."""
    _, headers = await main.send("GET", "account/info", "", signing(main.key, "", main.server.desk.now()))
    assert (headers["X-Bapi-Limit"], headers["X-Bapi-Limit-Status"]) == ("50", "49")
    assert int(headers["X-Bapi-Limit-Reset-Timestamp"]) == main.server.desk.now()
    _, headers = await main.send("GET", "market/time", "", {})
    assert "X-Bapi-Limit" not in headers


@pytest.mark.integration
async def test_too_many_visits_are_refused_in_the_envelope(main: Caller) -> None:
    """HTTP 200 and 10006, with a reset that is not past when it is sent."""
    query = "category=linear"
    for _ in range(5):
        answer, _ = await main.send("GET", "account/fee-rate", query, signing(main.key, query, main.server.desk.now()))
        assert answer["retCode"] == 0
    answer, headers = await main.send(
        "GET", "account/fee-rate", query, signing(main.key, query, main.server.desk.now())
    )
    assert answer["retCode"] == 10006
    assert headers["X-Bapi-Limit-Status"] == "0"
    assert int(headers["X-Bapi-Limit-Reset-Timestamp"]) == answer["time"] + 1_000


@pytest.mark.integration
async def test_a_batch_beyond_the_cap_is_cut(main: Caller) -> None:
    """The first ten stand, the others are 10006 part by part, and 0 stays on top (rel:F13b)."""
    parts = [{**PART, "orderLinkId": f"r-{number}"} for number in range(12)]
    answer = await main.post("order/create-batch", category="linear", request=parts)
    assert answer["retCode"] == 0
    assert [each["code"] for each in answer["retExtInfo"]["list"]] == [0] * 10 + [10006] * 2
    assert answer["result"]["list"][11]["orderLinkId"] == "r-11"
    assert len(main.server.world.venue.state.accounts["main"].orders) == 10


@pytest.mark.integration
async def test_a_refused_call_does_nothing(main: Caller) -> None:
    """The eleventh order of a second is not placed, and its client id stays free."""
    for number in range(10):
        await main.post("order/create", category="linear", orderLinkId=f"s-{number}", **PART)
    answer = await main.post("order/create", category="linear", orderLinkId="s-10", **PART)
    assert answer["retCode"] == 10006
    assert "s-10" not in main.server.world.venue.state.accounts["main"].links
