"""What ccxt's errors and answers say of a command: refused only where that is sure."""

import json

import ccxt
import pytest

from core.commands import Code, Done, Refused, Unknown
from plugins.exchanges.ccxt import outcomes

pytestmark = pytest.mark.integration


def answered(status: int, body: object) -> Exception:
    """What ccxt's Bybit makes of an answer."""
    text = json.dumps(body)
    with pytest.raises(ccxt.BaseError) as caught:
        ccxt.bybit().handle_errors(status, "", "https://x/v5/order/create", "POST", {}, text, body, {}, "")
    error: Exception = caught.value
    return error


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (502, {"message": "Internal server error"}),
        (504, {"code": 504, "message": "Endpoint request timed out"}),
        (200, {}),
        (200, {"retCode": 10000, "retMsg": "Server Timeout"}),
        (200, {"retCode": 10016, "retMsg": "System error"}),
    ],
)
def test_an_answer_that_is_not_the_venues_says_nothing(status: int, body: object) -> None:
    """rel:F01, rel:F02: a gateway's 5xx was taken for a refusal, and the order for never sent."""
    assert isinstance(outcomes.of_error(answered(status, body)), Unknown)


@pytest.mark.parametrize("kind", [ccxt.ExchangeError, ccxt.BadResponse, ccxt.RequestTimeout, ccxt.ExchangeNotAvailable])
def test_an_error_that_may_come_after_sending_says_nothing(kind: type[Exception]) -> None:
    """rel:F02: only what ccxt raises before it sends anything is a refusal."""
    assert isinstance(outcomes.of_error(kind("bybit")), Unknown)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ccxt.InvalidOrder("amount must be greater"), Code.RULES),
        (ccxt.RateLimitExceeded("429"), Code.RATE),
        (ccxt.InsufficientFunds("oc_diff"), Code.MARGIN),
        (answered(200, {"retCode": 110017, "retMsg": "current position is zero"}), Code.FLAT),
        (answered(200, {"retCode": 110006, "retMsg": "wallet balance is insufficient"}), Code.MARGIN),
        (answered(200, {"retCode": 10429, "retMsg": "system level frequency protection"}), Code.RATE),
        (answered(200, {"retCode": 987654, "retMsg": "something new"}), Code.RULES),
    ],
)
def test_what_is_sure_is_refused(error: Exception, code: Code) -> None:
    """The other way round: the venue's own code, or ccxt itself before sending, ends all doubt."""
    outcome = outcomes.of_error(error)

    assert isinstance(outcome, Refused)
    assert outcome.code is code


def test_a_part_without_a_code_and_without_an_id_is_unknown() -> None:
    """rel:F13b: fewer codes than orders: what has neither was taken for placed."""
    parts: list[dict[str, object]] = [{"orderId": "7"}, {"orderId": "", "code": 110017}, {"orderId": ""}]
    taken, refused, silent = (outcomes.of_part({"info": part}) for part in parts)

    assert taken == Done()
    assert isinstance(refused, Refused)
    assert isinstance(silent, Unknown)
