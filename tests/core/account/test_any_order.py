"""Whatever the order in which it is heard what a slot lived through, the trade and the user hold the same (rel:F16)."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from core.facts import Cause, Filled, Funding, PositionIs
from core.words import OrderSide
from tests.core.account.test_sequences import opened
from tests.driving import SLOT, Driven

LADDER = (("TP1", 850), ("TP2", 50), ("TP3", 50), ("TP4", 50), ("E2", 1000))


def lived(run: Driven, chance: random.Random) -> Iterator[Filled | Funding]:
    """Eight seconds of a trade that holds 1,000: its own orders, the user's, an ADL, payments; it is never flat."""
    for seq in range(2, 10):
        run.later(1_000)
        kind = chance.choice(("E2", "TP1", "his", "sold", "adl", "paid"))
        quantity = chance.choice((50, 90, 120))
        ours = run.fill(kind if kind in ("E2", "TP1") else "TP2", quantity, 100 + seq, seq=seq)
        theirs = replace(ours, key=None, cause=Cause.ADL if kind == "adl" else Cause.FOREIGN)
        if kind == "paid":
            yield Funding(f"paid{seq}", SLOT, Decimal(2), run.now)
        elif kind in ("E2", "TP1"):
            yield ours
        else:
            yield replace(theirs, side=OrderSide.BUY) if kind == "his" else theirs


def looks(run: Driven, all_of: Sequence[Filled | Funding]) -> None:
    """Two looks that show what is held after so much, and list none of it."""
    fills = [each for each in all_of if isinstance(each, Filled)]
    size = 1000 + sum(each.quantity if each.side is OrderSide.BUY else -each.quantity for each in fills)
    for _ in range(2):
        shown = PositionIs(SLOT, Decimal(size), run.later(3_000).now, max((each.seq for each in fills), default=1))
        cut = run.cut(orders=[run.working(role, quantity) for role, quantity in LADDER])
        run.know(replace(cut, positions=(shown,)))


def held(run: Driven) -> tuple[Decimal, ...]:
    """What is whose, and what was paid for ours."""
    ledger = run.box_trade.ledger
    funding = ledger.funding.quantize(Decimal("0.000001"))
    return ledger.position, ledger.foreign, ledger.entered, ledger.exited, ledger.deleveraged, funding


def reborn(run: Driven) -> Driven:
    """Killed and started anew."""
    again = run.restarted()
    again.journal = run.journal
    again.step()
    return again


@pytest.mark.parametrize("seed", range(12))
def test_any_order_and_any_repetition_end_alike(seed: int) -> None:
    """rel:F16, rel:F15, rel:I6, rel:F22: shuffled, half of it twice, killed once in between."""
    chance = random.Random(seed)
    right, other = opened(), opened()
    story = list(lived(right, chance))
    right.know(*story)
    heard = [*story, *chance.sample(story, len(story) // 2)]
    chance.shuffle(heard)
    other.later(8_000).know(*heard[: len(heard) // 2])
    other = reborn(other)
    for each in heard[len(heard) // 2 :]:
        other.know(each)

    assert held(other) == held(right)


@pytest.mark.parametrize("seed", range(12))
def test_looks_in_between_that_list_nothing_change_nothing_in_the_end(seed: int) -> None:
    """C8, B11, rel:I6: half of it is heard at once; what looks explained gives way when the rest is listed."""
    chance = random.Random(seed)
    right, other = opened(), opened()
    story = [each for each in lived(right, chance) if isinstance(each, Filled)]
    right.know(*story)
    late = chance.sample(story, len(story) // 2)
    other.later(8_000)
    for number, each in enumerate(story, 1):
        other.know(*(each,) * (each not in late))
        if number % 3 == 0:
            looks(other, story[:number])
    other = reborn(other)
    other.know(*late)
    looks(other, story)

    assert held(other) == held(right) == held(reborn(other))
