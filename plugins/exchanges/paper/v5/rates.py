"""How often a user may call: a rolling second per user and endpoint, and a count per address (V5 rate limit page)."""

from collections import deque
from dataclasses import dataclass

WINDOW = 1_000
IP_REQUESTS, IP_WINDOW = 600, 5_000
IP_BAN = 600_000

TRADING, READING = 10, 50
_LIMITS = {
    "/v5/account/fee-rate": 5,
    "/v5/account/instruments-info": 10,
    "/v5/user/query-api": 10,
    "/v5/order/realtime": READING,
    "/v5/order/history": READING,
    "/v5/execution/list": READING,
    "/v5/position/list": READING,
    "/v5/position/closed-pnl": READING,
    "/v5/account/wallet-balance": READING,
    "/v5/account/info": READING,
}


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a call got: *granted* of its units, the cap, what is left, and when the second is over."""

    granted: int
    cap: int
    left: int
    reset: int


class Rates:
    """All buckets of a venue. *scale* multiplies every cap; None = nothing is limited."""

    def __init__(self, scale: int | None = 1) -> None:
        """Empty buckets."""
        self._scale = scale
        self._calls: dict[tuple[str, str], deque[int]] = {}
        self._addresses: dict[str, deque[int]] = {}
        self._banned: dict[str, int] = {}
        self.breaches = 0
        """How often a call, or a part of one, was refused."""

    def ask(self, uid: str, path: str, units: int, now: int) -> Allowance:
        """Take up to *units* of a user's bucket; a batch may be granted only in part."""
        if self._scale is None:
            return Allowance(units, 1_000_000, 1_000_000, now)
        cap = _LIMITS.get(path, TRADING) * self._scale
        calls = self._calls.setdefault((uid, path), deque())
        while calls and calls[0] <= now - WINDOW:
            calls.popleft()
        granted = min(units, cap - len(calls))
        calls.extend([now] * granted)
        if granted < units:
            self.breaches += 1
        reset = calls[0] + WINDOW if granted < units and calls else now
        return Allowance(granted, cap, cap - len(calls), reset)

    def admits(self, address: str, now: int) -> bool:
        """Whether an address may call at all: 600 requests in 5 s, then a ban of 10 minutes."""
        if self._scale is None:
            return True
        if self._banned.get(address, 0) > now:
            return False
        calls = self._addresses.setdefault(address, deque())
        while calls and calls[0] <= now - IP_WINDOW:
            calls.popleft()
        calls.append(now)
        if len(calls) > IP_REQUESTS * self._scale:
            self._banned[address] = now + IP_BAN
            return False
        return True
