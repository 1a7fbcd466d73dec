"""Named situations: quiet stories told on purpose, for the crash sweep and for looking at one thing."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from config.simulation.story import OPENED, START, Does, Happening, Pace, Story
from config.simulation.telling import tell
from core.money import ZERO
from core.plan import KEEP, Rules, StopAfter, StopAfterKind
from core.request import EntrySpec, MarginPercent
from core.words import Side
from plugins.exchanges.paper.venue.policies import Passed, Policies

STEP = 20_000
"""Milliseconds between two prices: time enough to come back and look before the next."""
_QUIET = Pace(1, 1, 1, STEP, 5_000)
_BASE = tell(0, calm=True)


def _told(
    prices: tuple[object, ...],
    *,
    side: Side = Side.LONG,
    entries: tuple[object, ...] = ("market", 98, 95),
    rules: Rules | None = None,
    does: tuple[tuple[int, Does, int], ...] = (),
    accounts: tuple[str, ...] = ("main", "mirror"),
    jumps: tuple[int, ...] = (),
    passed: Passed = Passed.FIRES,
) -> Story:
    """A story on tick 0.01 and lots of 0.1. *does*: (step, what main's people do, number); *jumps*: gaps, by step."""
    levels = (104, 107, 110, 113) if side is Side.LONG else (96, 93, 90, 87)
    request = replace(
        _BASE.request,
        id="scenario",
        side=side,
        entries=tuple(EntrySpec(None if each == "market" else Decimal(str(each))) for each in entries),
        take_profits=tuple(map(Decimal, levels)),
        stop=Decimal(90 if side is Side.LONG else 110),
        size=MarginPercent(Decimal(5)),
        at=START + OPENED,
    )
    moves = [(OPENED + STEP * step, Decimal(str(price)), step in jumps) for step, price in enumerate(prices, 1)]
    path = ((0, Decimal(100), True), *moves)
    return replace(
        _BASE,
        accounts=tuple((name, Decimal(10_000 if name == "main" else 3_300)) for name in accounts),
        instrument=replace(_BASE.instrument, step=Decimal("0.1"), min_quantity=Decimal("0.1")),
        policies=Policies(passed=passed),
        hedge=False,
        rules=rules or Rules(),
        request=request,
        prices=path,
        happenings=tuple(Happening(OPENED + STEP * at + STEP // 2, what, "main", size) for at, what, size in does),
        pace=_QUIET,
        slippage=ZERO,
        down=(200,),
    )


_CLOSE, _REDUCE, _MOVE_STOP, _CANCEL = 500, 501, 72, 504
"""Numbers that choose the operator's act (`world`); the stop goes four below the price."""

_KEEP, _REPLACE = 539, 512
"""Numbers that choose what somebody adds (`merges`): at market and a limit 3 below; replacing puts the stop at 92."""

_CANCELS = tuple((step, Does.USER_CANCEL, 1) for step in range(3))
"""The user takes two orders away, the other two, and the first two once more, by when putting back takes a while."""

_TRAIL = (StopAfter(StopAfterKind.TRAIL, percent=Decimal(2)),)


def _gap(passed: Passed) -> Story:
    """Entries below the market, and a price that jumps over all of them and over the stop."""
    return _told((99.5, 85, 86, 84, 83), entries=(99, 97, 95), jumps=(2,), passed=passed)


SCENARIOS: dict[str, Callable[[], Story]] = {
    "all_targets": lambda: _told((97, 99, 105, 108, 111, 114)),
    "stop": lambda: _told((97, 94, 91, 89)),
    "breakeven": lambda: _told((97, 101, 105, 102, 96)),
    "short": lambda: _told((103, 95, 92, 99, 101), side=Side.SHORT, entries=("market", 102, 105)),
    "limits_only": lambda: _told((99, 96, 105, 114), entries=(99, 97, 95)),
    "missed": lambda: _told((102, 105, 99), entries=(98, 95)),
    "one_entry": lambda: _told((102, 105, 114), entries=("market",)),
    "keep_the_stop": lambda: _told((105, 99, 89), rules=Rules(stop_after=(KEEP,), cancel_limits_on_tp1=False)),
    "trail": lambda: _told((105, 106, 103, 101), rules=Rules(stop_after=_TRAIL)),
    "expired": lambda: _told((99, 98, 104, 114), rules=Rules(entry_ttl=25_000)),
    "close_by_hand": lambda: _told((97, 99, 101), does=((1, Does.OPERATOR, _CLOSE),)),
    "emergency": lambda: _told((97, 99, 101), does=((1, Does.EMERGENCY, 1),)),
    "part_by_hand": lambda: _told((97, 101, 105, 114), does=((1, Does.OPERATOR, _REDUCE),)),
    "stop_by_hand": lambda: _told((101, 97, 99, 95.5), does=((0, Does.OPERATOR, _MOVE_STOP),)),
    "entries_by_hand": lambda: _told((99, 97, 94, 105, 114), does=((0, Does.OPERATOR, _CANCEL),)),
    "added_keeping": lambda: _told((97, 93, 101, 105, 114), does=((1, Does.MERGE, _KEEP),)),
    "added_replacing": lambda: _told((99, 95, 91), does=((1, Does.MERGE, _REPLACE),)),
    "closed_in_the_app": lambda: _told((97, 99, 101), does=((1, Does.USER_CLOSE, 3),)),
    "cancelled_in_the_app": lambda: _told((101, 102, 101, 105, 114), entries=("market",), does=_CANCELS),
    "liquidated": lambda: _told((97, 99, 101), does=((1, Does.LIQUIDATE, 600),)),
    "gap_fires": lambda: _gap(Passed.FIRES),
    "gap_dropped": lambda: _gap(Passed.DROPPED),
    "gap_waits": lambda: _gap(Passed.WAITS),
    "two_mirrors": lambda: _told((97, 105, 108, 101, 99), accounts=("main", "mirror", "mirror2")),
}


def scenario(name: str) -> Story:
    """A named story; raises KeyError."""
    return SCENARIOS[name]()
