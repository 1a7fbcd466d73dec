"""Words for trades that the store has lost: made again, or left to a person."""

from decimal import Decimal
from typing import assert_never

from core.alert_text.said import Said, at_price, counted, orders, wrapped
from core.alerts import TradeRebuilt, TradeUnknown
from core.money import text
from core.money_text import price_text

LossBody = TradeRebuilt | TradeUnknown


def said(body: LossBody) -> Said:
    """The words for one body."""
    match body:
        case TradeRebuilt():
            return Said(
                "trade made again from the venue",
                (
                    "The store had lost it; it goes on",
                    f"Holds {text(body.position)} {at_price(body.average)}, stop {price_text(body.stop)}",
                    *orders(body.targets),
                    *orders(body.entries),
                    "Rules are the strategy's of today; check them",
                ),
            )
        case TradeUnknown():
            return _unknown(body)
        case _:
            assert_never(body)


def _unknown(body: TradeUnknown) -> Said:
    reasons = tuple(line for reason in body.reasons for line in wrapped(reason))
    return Said(
        "TRADE LOST BY THE STORE",
        (
            *reasons,
            f"Held {text(body.position)}, {_stop(body.stop)}",
            f"{counted(len(body.keys), 'order', 'orders')} of it left untouched",
            "Do: end it in the app, or `tandem adopt` what no trade has",
        ),
    )


def _stop(stop: Decimal | None) -> str:
    return "no stop" if stop is None else f"stop {price_text(stop)}"
