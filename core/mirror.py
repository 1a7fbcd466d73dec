"""What makes a mirror: a size of its own balance (A2), joining late (A9), closing with its leader (A4)."""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import assert_never

from core.money import HUNDRED, ONE
from core.plan import Refusal
from core.request import FixedQuantity, MarginPercent, Request, RiskPercent, Size
from core.sizing import largest_total, wished_total
from core.terms import Terms


class Sizing(StrEnum):
    """What becomes of a leader's fixed amount."""

    RATIO = "ratio"
    """It is scaled by the ratio of available balances."""
    SAME = "same"
    """It is the same on the mirror."""


class CloseWithMain(StrEnum):
    """Whether a mirror closes when its leader's trade does."""

    YES = "yes"
    NO = "no"
    ALWAYS = "always"
    """Also for reasons that are the leader account's own."""


class TooSmall(StrEnum):
    """What a mirror does that is too small for a leg (A3)."""

    REJECT = "reject"
    FEWER_LEGS = "fewer_legs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """How one account follows another.

    *max_margin_percent* (of the mirror's available balance) and *max_notional* (USDT) cap what *scale* gave, None = no
    cap. A late mirror may join within both *late_join_seconds* and *late_join_bps*.
    """

    leader: str
    scale: Decimal = ONE
    sizing: Sizing = Sizing.RATIO
    close_with_main: CloseWithMain = CloseWithMain.YES
    sync_stop: bool = True
    max_margin_percent: Decimal | None = None
    max_notional: Decimal | None = None
    too_small: TooSmall = TooSmall.REJECT
    late_join_seconds: int = 30
    late_join_bps: Decimal = Decimal(20)


LEADERS_OWN = frozenset({"liquidation", "adl"})
"""Closing reasons that say something about the leader's account, not about the trade."""

_BASIS_POINTS = Decimal(10_000)


def scaled(request: Request, leader: Terms, mirror: Terms, following: Following) -> Request | Refusal:
    """The leader's request as the mirror opens it: same prices, shares and leverage, its own size.

    A share stays that share of the mirror's own balance; an amount or a quantity goes by the ratio of what is available
    on both, unless the mirror's sizing is "same". Then *scale* multiplies, then the caps hold. A capped size becomes
    the largest quantity under the cap, counted in lots. The request is validated only when it is planned.
    """
    fixed = not isinstance(request.size, MarginPercent | RiskPercent)
    by_ratio = fixed and following.sizing is Sizing.RATIO
    if by_ratio and leader.available <= 0:
        found = f"nothing is available on {leader.account}, so its fixed size has no ratio"
        mend = "give a share, or set the mirror's `sizing: same`"
        return Refusal((f"{mirror.account} {request.symbol}: {found}: {mend}",))
    above, below = (mirror.available, leader.available) if by_ratio else (ONE, ONE)
    size = _times(request.size, following.scale * above, below)
    return capped(replace(request, size=size), mirror, following)


def follows_close(reason: str, following: Following) -> bool:
    """Whether the mirror closes when its leader's trade closed for *reason* (G2)."""
    match following.close_with_main:
        case CloseWithMain.NO:
            return False
        case CloseWithMain.ALWAYS:
            return True
        case CloseWithMain.YES:
            return reason not in LEADERS_OWN
        case _:
            assert_never(following.close_with_main)


def may_join(following: Following, filled_at: int, filled_price: Decimal, now: int, last: Decimal) -> bool:
    """Whether a mirror may still open at *now* and *last*, measured from the leader's first fill (A9).

    Within both limits, the price on either side: a market that left the leader's entry is another trade.
    """
    in_time = now <= filled_at + following.late_join_seconds * 1_000
    return in_time and abs(last - filled_price) * _BASIS_POINTS <= following.late_join_bps * filled_price


def _times(size: Size, above: Decimal, below: Decimal) -> Size:
    return replace(size, value=size.value * above / below)


def capped(request: Request, mirror: Terms, following: Following) -> Request:
    """The request at no more than the mirror's caps, by the mean price of its entries: others may need less (A2)."""
    caps = []
    if following.max_notional is not None:
        caps.append(following.max_notional)
    if following.max_margin_percent is not None:
        caps.append(following.max_margin_percent * mirror.available * request.leverage / HUNDRED)
    if not caps:
        return request
    most = largest_total(request, mirror, min(caps))
    if wished_total(request, mirror) <= most:
        return request
    return replace(request, size=FixedQuantity(most))
