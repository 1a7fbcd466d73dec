"""What an operator asks of a live trade in a storm (B14): the number of a happening chooses what, and how much."""

from decimal import Decimal

from config.simulation.story import Does, Happening, Story
from core.account.inputs import Operate
from core.facts import ActKind
from core.money import floor_to
from core.words import Side

BY = "operator"
_KINDS = (ActKind.CLOSE, ActKind.REDUCE, ActKind.MOVE_STOP, ActKind.MOVE_TARGET, ActKind.CANCEL_ENTRIES)
_NEAR = tuple(map(Decimal, ("0.05", "0.5", "2", "3", "4", "5", "7")))
"""How far from the market stops are moved to."""


def act_of(each: Happening, trade: str, story: Story, last: Decimal, held: Decimal) -> Operate:
    """The act; *last* is the market's price now, *held* what the trade holds."""
    step = story.instrument.step
    match each.what:
        case Does.MOVE_STOP:
            away = _NEAR[each.size % len(_NEAR)] * (1 if story.side(each) is Side.LONG else -1)
            return Operate(trade, ActKind.MOVE_STOP, BY, last=last, price=floor_to(last - away, story.instrument.tick))
        case Does.REDUCE:
            quantity = max(floor_to(held * (each.size % 90 + 5) / 100, step), step) + (
                step / 2 if each.size % 4 == 0 else 0
            )
            return Operate(trade, ActKind.REDUCE, BY, last=last, quantity=quantity)
        case _:
            return _any(each, trade, step, last)


def _any(each: Happening, trade: str, step: Decimal, last: Decimal) -> Operate:
    kind = _KINDS[each.size % len(_KINDS)]
    return Operate(
        trade,
        kind,
        BY,
        last=last,
        role="TP2" if kind is ActKind.MOVE_TARGET else "",
        price=last + each.size % 17 - 8 if kind in (ActKind.MOVE_STOP, ActKind.MOVE_TARGET) else None,
        quantity=step * (1 + each.size % 40) if kind is ActKind.REDUCE else None,
    )
