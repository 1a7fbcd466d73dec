"""Named situations: quiet stories told on purpose, for the crash sweep and for looking at one thing."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from config.simulation.retelling import timed, with_more
from config.simulation.story import OPENED, START, Does, Happening, Pace, Story
from config.simulation.telling import tell
from core.money import ZERO
from core.plan import KEEP, Rules, StopAfter, StopAfterKind
from core.request import EntrySpec, FixedQuantity, MarginPercent, Size
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
    does: tuple[tuple[float, Does, int], ...] = (),
    accounts: tuple[str, ...] = ("main", "mirror"),
    jumps: tuple[int, ...] = (),
    passed: Passed = Passed.FIRES,
) -> Story:
    """A story on tick 0.01 and lots of 0.1; *jumps*: gaps, by step.

    *does*: (step, what main's people, its venue or the network do, number), half a step after the price.
    """
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
        happenings=tuple(Happening(OPENED + int(STEP * at) + STEP // 2, what, "main", size) for at, what, size in does),
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

_SOLD_AND_CANCELLED = (
    (0.45, Does.THIN, 26_005), (2, Does.USER_CANCEL, 1), (2.45, Does.THIN, 35_005), (2.46, Does.UNLISTED, 30_000),
    (3.6, Does.USER_CANCEL, 1), (3.65, Does.USER_CANCEL, 1),
)  # fmt: skip
"""Five lots of TP1 execute for want of volume, then the user takes it away; so with the next one, unlisted."""
_FILLED_AFTER = ((0, Does.OPERATOR, _CANCEL), (0.5, Does.GHOST, 1))
"""An entry is cancelled, its trade is over and reported; then it executes all the same (rel:F31)."""


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
    "filled_after_its_end": lambda: _told((99, 99.5, 101), entries=(98,), does=_FILLED_AFTER),
    "sold_and_cancelled": lambda: _told(
        (104.5, 101, 104.5, 101, 101, 102), entries=("market",), does=_SOLD_AND_CANCELLED
    ),
    "two_mirrors": lambda: _told((97, 105, 108, 101, 99), accounts=("main", "mirror", "mirror2")),
}

_TWO_BELOW, _THREE_BELOW, _SEVEN_BELOW = 72, 73, 76
"""Numbers that put a stop so far below the market (`acts`)."""

_DEAD_AND_FILLED = (
    (0, Does.DISK_FULL, 1_500), (0, Does.OPERATOR, _MOVE_STOP), (0.01, Does.USER_CANCEL, 1), (0.02, Does.GHOST, 1),
    (1, Does.KILL, 1),
)  # fmt: skip
"""What comes while an act waits for a full disk is taken together: an entry's end, and that it executed all the same.

Each journal line by itself would have ended the trade before the next one.
"""
_FILLED_WHILE_CANCELLED = (
    (0, Does.MUTE, 5_000), (0, Does.OPERATOR, _CANCEL), (0.01, Does.KILL, 1), (0.015, Does.GHOST, 1),
)  # fmt: skip
"""An entry's end is shown and its cancel has no answer when the process dies; then it executes all the same."""
_MIRROR_REFUSED = Happening(OPENED + STEP // 2, Does.BUSY, "mirror", 1_500)
_MOVED = ((0.01, Does.MOVE_STOP, _TWO_BELOW), (0.12, Does.MOVE_STOP, _THREE_BELOW))
"""The leader moves its stop while its mirror's venue refuses everything, and once more when it doesn't any longer."""
_PAUSED = ((-0.51, Does.BUSY, 2_000), (-0.46, Does.PAUSE, 1))
"""New entries are paused while those of a trade are refused for a moment: they wait until their time is over."""
_REFUSED = ((1.4, Does.BUSY, 70_000),)
"""The second entry fills when the venue refuses everything for more than a minute."""
_COARSER = 581
"""A tick of 0.25, a step of 1, and no order under 2 (`rules_turns`)."""
_SMALL, _FOUR = FixedQuantity(Decimal("2.9")), FixedQuantity(Decimal(4))
_CLOSED_UNSEEN = ((0.99, Does.UNLISTED, 40_000), (0.995, Does.STREAM_DOWN, 1_500), (1, Does.USER_ORDER, 28))
"""The user sells all of it while the stream is down, and no list shows for a while what did it: only that it's flat."""
_ADDED_LATE = (Happening(OPENED + STEP + STEP // 2 - 200, Does.STREAM_DOWN, "mirror", 3_000),)
_ADDED_AND_MOVED = ((1, Does.MERGE, _REPLACE), (1.02, Does.MOVE_STOP, _TWO_BELOW))
"""Somebody adds to the trade, replacing its prices, and then moves the stop: the mirror hears of the move first."""
_TARGET_MOVED = (Happening(OPENED + STEP // 2, Does.USER_TARGET, "mirror", 1),)
_MOVED_BACK = (Happening(OPENED + 2 * STEP + STEP // 2, Does.MOVE_STOP, "mirror", _SEVEN_BELOW),)
"""The mirror's user has its TP1 two further away: the leader's moves its stop, and then an operator moves it back."""
_GROWS = OPENED + STEP // 2
_GROWING = (
    Happening(_GROWS - 100, Does.BUSY, "main", 3_000), Happening(_GROWS + 5_000, Does.STALL, "main", 3_000),
    Happening(_GROWS + 5_000, Does.MUTE, "main", 5_000), Happening(_GROWS + 5_000, Does.THIN, "main", 3_025),
    Happening(_GROWS + 7_000, Does.USER_CANCEL, "main", 2),
)  # fmt: skip
_GROWN = ((_GROWS, 98), (_GROWS + 4_000, 103), (_GROWS + 6_500, 104), (_GROWS + 7_500, 103), (_GROWS + STEP, 101))
"""TP1 grows when its venue lets it, which nothing shows; it executes more than it was, and the user takes it away."""

HISTORIES: dict[str, Callable[[], Story]] = {
    "dead_and_filled": lambda: _told((99, 99.5, 101), entries=(98,), does=_DEAD_AND_FILLED),
    "filled_while_cancelled": lambda: _told((99, 99.5, 101), entries=(98,), does=_FILLED_WHILE_CANCELLED),
    "moved_while_refused": lambda: with_more(_told((101, 101.5), entries=("market",), does=_MOVED), (_MIRROR_REFUSED,)),
    "paused_while_refused": lambda: _told((99.5, 101, 101), rules=Rules(entry_ttl=25_000), does=_PAUSED),
    "closed_unseen": lambda: _sized(_told((99, 101, 101, 101, 101), entries=("market",), does=_CLOSED_UNSEEN), _SMALL),
    "added_late_and_moved": lambda: with_more(_told((99, 99, 99.5), does=_ADDED_AND_MOVED), _ADDED_LATE),
    "moved_after_leaders_tp1": lambda: with_more(
        _told((101, 105, 104.5, 105), entries=("market",)), (*_TARGET_MOVED, *_MOVED_BACK)
    ),
    "cancelled_while_growing": lambda: with_more(
        timed(_sized(_told((98,), entries=("market", 98), accounts=("main",)), _FOUR), _GROWN), _GROWING
    ),
    "new_rules": lambda: _told((97, 101, 105, 102, 96), does=((0, Does.NEW_RULES, _COARSER),)),
    "not_rebalanced": lambda: _told((101, 97.5, 99, 99, 99, 99), does=_REFUSED),
}
"""Situations whose end depends on what was known when the process died: judged at every moment, ends not compared."""


def _sized(story: Story, size: Size) -> Story:
    return replace(story, request=replace(story.request, size=size))


def scenario(name: str) -> Story:
    """A named story; raises KeyError."""
    return {**SCENARIOS, **HISTORIES}[name]()
