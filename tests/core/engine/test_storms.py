"""Seeded storms: random trades with latency, thin volume, hedge mode, operators, users and liquidations in between."""

import random
from decimal import Decimal

import pytest

from core.account.inputs import Operate
from core.facts import ActKind
from core.plan import BREAKEVEN, KEEP, Rules, StopAfter, StopAfterKind
from core.request import FixedQuantity
from core.words import Side
from plugins.exchanges.paper.venue.orders import NewOrder
from plugins.exchanges.paper.venue.words import VenueError
from tests.staging import SYMBOL, Stage, instrument, request, stage

TRAIL = (
    StopAfter(StopAfterKind.ENTRY),
    StopAfter(StopAfterKind.TARGET, level=1),
    StopAfter(StopAfterKind.TRAIL, percent=Decimal(2)),
)


def begun(draw: random.Random) -> Stage:
    """A random trade on main and mirror under random conditions."""
    side = draw.choice(list(Side))
    sign = 1 if side is Side.LONG else -1
    rules = Rules(
        cancel_limits_on_tp1=draw.random() < 0.7,
        entry_ttl=draw.choice([None, 5_000]),
        time_limit=draw.choice([None, None, 20_000]),
        stop_after=draw.choice([(BREAKEVEN,), (KEEP,), TRAIL]),
    )
    played = stage(
        rules=rules,
        traded=instrument(step=draw.choice(["1", "0.1", "5"])),
        balances=(("main", 1_000_000), ("mirror", draw.choice([300, 100_000, 330_000]))),
        latency=draw.choice([0, 0, 100, 700, 2_500]),
        hedge=draw.random() < 0.3,
    )
    played.world.venue.state.slippage = Decimal(draw.choice([0, 0, 5]))
    asked = request(
        ("market", 100 - 3 * sign, 100 - 6 * sign),
        targets=[100 + each * sign for each in (6, 12, 18, 24)],
        stop=100 - 10 * sign,
        side=side,
        size=FixedQuantity(Decimal(draw.randint(1, 900) * 5)),
    )
    played.open(asked)
    return played


def volume(played: Stage, amount: int | None) -> None:
    """What may still be traded; None = anything."""
    state = played.world.venue.state
    state.volume.pop(SYMBOL, None)
    if amount is not None:
        state.volume[SYMBOL] = Decimal(amount)
    state.dirty.add(SYMBOL)


def operator(played: Stage, draw: random.Random) -> None:
    """A random act on main's trade; what it refuses, it refuses."""
    box = next(iter(played.run.machines["main"].state.boxes.values()), None)
    if box is None:
        return
    kind = draw.choice(list(ActKind))
    act = Operate(
        box.id,
        kind,
        "me",
        role=draw.choice(["TP1", "TP2", "TP4"]) if kind is ActKind.MOVE_TARGET else "",
        price=Decimal(draw.randint(85, 125)) if kind in (ActKind.MOVE_TARGET, ActKind.MOVE_STOP) else None,
        quantity=Decimal(draw.randint(1, 200) * 5) if kind is ActKind.REDUCE else None,
    )
    played.run.operate("main", act)


def user(played: Stage, draw: random.Random) -> None:
    """A market order of the user's own, as far as the venue takes it."""
    name = draw.choice(["main", "mirror"])
    hedge = SYMBOL in played.world.venue.state.accounts[name].hedge
    quantity, index = Decimal(draw.randint(1, 40) * 5), draw.choice([1, 2]) if hedge else 0
    order = NewOrder(symbol=SYMBOL, side=draw.choice(["Buy", "Sell"]), quantity=quantity, index=index)
    try:
        played.world.venue.place(name, order)
    except VenueError as refusal:
        assert refusal.code  # noqa: PT017 - a refusal is as good as an order here
    played.run.settle()


def vandal(played: Stage, draw: random.Random) -> None:
    """Somebody cancels orders of ours by hand."""
    for order in list(played.world.venue.state.accounts["main"].orders.values())[: draw.randint(1, 2)]:
        played.world.venue.cancel("main", order.id)
    played.run.settle()


def taken_over(played: Stage, draw: random.Random) -> None:
    """The venue liquidates main."""
    if draw.random() < 0.3:
        played.world.venue.liquidate("main", SYMBOL)
        played.run.settle()


@pytest.mark.parametrize("seed", range(150))
def test_every_storm_ends_without_a_violation(seed: int) -> None:
    """rel:I1, I2, I4, I6: whatever happened in between, a minute of quiet later venue, ledger and wishes agree."""
    draw = random.Random(seed)
    played = begun(draw)
    for _ in range(draw.randint(2, 12)):
        volume(played, draw.randint(0, 900) if draw.random() < 0.25 else None)
        played.go(draw.randint(84, 128))
        draw.choices([operator, user, vandal, taken_over, lambda *_: None], [30, 15, 5, 10, 40])[0](played, draw)
    volume(played, None)
    played.run.run(until=played.world.now + 60_000)

    assert played.run.violations() == ()
    for account in played.world.venue.state.accounts.values():
        assert account.wallet == account.deposits + account.realised - account.fees - account.funding
