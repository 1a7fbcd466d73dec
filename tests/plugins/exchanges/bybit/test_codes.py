"""Bybit's answers as outcomes (V5 error page, rel:F01 to F11)."""

import pytest

from core.commands import Code, Done, Refused, Unknown
from plugins.exchanges.bybit import codes
from plugins.exchanges.bybit.replies import Answered, Banned, Crowded, HttpRefused, Lost, NotSent

KEYS = tuple(f"t1-main-7K3QX9A2MD-E{number}-00" for number in (1, 2, 3))
LINKS = [{"orderLinkId": key} for key in KEYS]


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        (110001, "order not exists or too late to cancel", Code.GONE),
        (110072, "OrderLinkedID is duplicate", Code.DUPLICATE),
        (110017, "Reduce-only rule not satisfied", Code.QUOTA),
        (110017, "current position is zero, cannot fix reduce-only order qty", Code.FLAT),
        (110064, "new quantity", Code.BELOW_FILLED),
        (110007, "ab not enough for new order", Code.MARGIN),
        (110093, "expect Falling", Code.WRONG_SIDE),
        (110011, "Liquidation will be triggered immediately by this adjustment", Code.MARGIN),
        (110040, "The order will trigger a forced liquidation", Code.MARGIN),
        (10001, "StopLoss for Buy position should be lower than base_price", Code.WRONG_SIDE),
        (10001, "can not set tp/sl/ts for zero position", Code.FLAT),
        (10001, "position idx not match position mode", Code.MODE),
        (10001, "The number of contracts exceeds maximum limit allowed", Code.RULES),
        (34040, "not modified", Code.SAME),
        (10001, "position Idx not match position mode", Code.MODE),
        (10006, "Too many visits!", Code.RATE),
        (110079, "order processing", Code.BUSY),
        (10002, "recv_window", Code.CLOCK),
        (10006, "Too many visits: the request timed out in the queue", Code.RATE),
        (33004, "expired", Code.DENIED),
        (987654, "something new", Code.RULES),
    ],
)
def test_a_code_is_one_of_the_closed_list(code: int, message: str, expected: Code) -> None:
    """10001 is told apart by its words; what nobody knows is not worth repeating."""
    outcome = codes.outcome(Answered(code, message))
    assert isinstance(outcome, Refused)
    assert outcome.code is expected


@pytest.mark.parametrize(
    "reply",
    [
        Answered(10000, "Server Timeout"),
        Answered(10016, "error"),
        Answered(3400214, "Server error, please try again later"),
        Answered(10001, "Internal System Error."),
        Answered(170032, "Network error. Please try again later"),
        HttpRefused(502, "Bad Gateway"),
        HttpRefused(202, "Accepted"),
        HttpRefused(408, "Request Timeout"),
        HttpRefused(409, "Conflict"),
        HttpRefused(499, "client closed the request"),
        Lost("ReadTimeout"),
    ],
)
def test_what_may_have_been_carried_out_is_unknown(reply: Answered | HttpRefused | Lost) -> None:
    """rel:F02: never "failed"."""
    assert isinstance(codes.outcome(reply), Unknown)


@pytest.mark.parametrize("reply", [NotSent("refused"), Crowded("its turn did not come", 300), HttpRefused(429, "load")])
def test_what_was_not_sent_was_not_carried_out(reply: NotSent | Crowded | HttpRefused) -> None:
    """A definite refusal that may be repeated."""
    outcome = codes.outcome(reply)
    assert isinstance(outcome, Refused)
    assert outcome.code in (Code.BUSY, Code.RATE, Code.CROWDED)


def test_a_turn_that_did_not_come_is_no_refusal_of_the_venues_and_a_ban_is() -> None:
    """C4, C9, rel:F04: what only waited behind our own requests counts as no try and no failed call."""
    crowded, banned = codes.outcome(Crowded("its turn did not come", 300)), codes.outcome(Banned("banned", 600_000))

    assert crowded == Refused(Code.CROWDED, "not sent: its turn did not come", 300)
    assert banned == Refused(Code.RATE, "not sent: banned", 600_000)


def test_a_batch_is_told_part_by_part() -> None:
    """rel:F13b: 0 on top says nothing of them; an answer that does not fit leaves all unknown."""
    reply = Answered(0, "OK", items=({"code": 0, "msg": "OK"}, {"code": 110017, "msg": "Reduce-only"}))
    done, refused = codes.item_outcomes(reply, LINKS[:2])
    assert done == Done()
    assert isinstance(refused, Refused)
    assert all(isinstance(each, Unknown) for each in codes.item_outcomes(reply, LINKS))


@pytest.mark.parametrize(
    ("named", "known"),
    [
        ([{"orderLinkId": KEYS[0], "orderId": "o1"}, {"orderLinkId": KEYS[1], "orderId": ""}], True),
        ([{"orderLinkId": "", "orderId": "o1"}, {"orderLinkId": "", "orderId": ""}], True),
        ([{"orderLinkId": KEYS[1], "orderId": "o2"}, {"orderLinkId": KEYS[0], "orderId": "o1"}], False),
        ([{"orderLinkId": KEYS[1], "orderId": "o2"}, {"orderLinkId": "", "orderId": ""}], False),
        ([{"orderLinkId": KEYS[0], "orderId": "o1"}, {"orderLinkId": KEYS[2], "orderId": "o3"}], False),
    ],
)
def test_an_answer_is_never_given_to_another_order(named: list[dict[str, str]], known: bool) -> None:
    """rel:F13b: by place, as the venue says; where its rows name other orders there, nobody knows whose each is."""
    reply = Answered(0, "OK", {"list": named}, ({"code": 0, "msg": "OK"}, {"code": 110007, "msg": "ab not enough"}))
    outcomes = codes.item_outcomes(reply, LINKS[:2])

    assert [isinstance(each, Unknown) for each in outcomes] == [not known] * 2


def test_an_order_of_somebody_elses_is_known_by_the_venues_id() -> None:
    """A6, rel:F13b: what is cancelled goes by that, whatever id its own program gave it."""
    reply = Answered(0, "OK", {"list": [{"orderId": "o1", "orderLinkId": "x"}, {"orderId": "o3"}]}, ({"code": 0},) * 2)

    assert isinstance(codes.item_outcomes(reply, [{"orderId": "o1"}, {"orderId": "o3"}])[0], Done)
    assert isinstance(codes.item_outcomes(reply, [{"orderId": "o1"}, {"orderId": "o2"}])[0], Unknown)
