"""The terms an account offers for one symbol at one moment: all that a strategy may look at when it makes a plan."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from core.instrument import Instrument
from core.money import ZERO, ceil_to
from core.words import Environment, MarginMode, PositionMode


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a venue can do; the machine and the strategies adapt to it, they never guess.

    Times in milliseconds. *request_lifetime*: how long after sending a request may still be executed (recv_window).
    *attached_stop_resets*: an entry fill puts its attached stop in place of the position's. *reduce_only_quota*: all
    reduce-only orders together may not exceed the position. *lossless_stream*: no event is ever lost or late, so no
    timers are needed. *notional_binds_exits*: the minimum notional also binds reduce-only orders. *closes_whole*: an
    order can close all that a slot holds, under the smallest order and off the step too.
    """

    max_batch: int = 10
    attached_stop_resets: bool = True
    amend_in_place: bool = True
    reduce_only_quota: bool = True
    notional_binds_exits: bool = False
    lossless_stream: bool = False
    closes_whole: bool = False
    request_lifetime: int = 2_000
    max_orders: int = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One account's terms for one symbol.

    *taker* and *maker* are fee rates as fractions (0.00055). *available* and *equity* are quote units. *last* is the
    last traded price. *maintenance_held* is the maintenance margin of the account's other positions, *free_orders* the
    order slots left on the symbol. *foreign* describes a position or stop in the slot that is not ours ("" = none, A7).
    """

    account: str
    environment: Environment
    instrument: Instrument
    taker: Decimal
    maker: Decimal
    available: Decimal
    equity: Decimal
    last: Decimal
    at: int
    mode: PositionMode = PositionMode.ONE_WAY
    margin_mode: MarginMode = MarginMode.CROSS
    capabilities: Capabilities = Capabilities()
    maintenance_held: Decimal = ZERO
    free_orders: int = 500
    foreign: str = ""

    def for_exits(self, prices: Iterable[Decimal]) -> Instrument:
        """The rules for take-profits at *prices*: a minimum notional that binds exits is their least quantity (B6)."""
        return for_exits(self.instrument, self.capabilities, prices)


def for_exits(rules: Instrument, capabilities: Capabilities, prices: Iterable[Decimal]) -> Instrument:
    """See Terms.for_exits."""
    lowest = min(prices, default=ZERO)
    if not capabilities.notional_binds_exits or lowest <= 0:
        return rules
    return replace(rules, min_quantity=max(rules.min_quantity, ceil_to(rules.min_notional / lowest, rules.step)))
