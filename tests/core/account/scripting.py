"""What the scripts of an account's stories share: the usual trade, answers by role, and where they are kept."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from core.account.inputs import Operate
from core.commands import Command, Done, Outcome, SetStop
from core.facts import (
    ActKind,
    Cause,
    Filled,
    PositionIs,
)
from core.request import FixedQuantity
from core.words import OrderSide
from tests.core.account.telling import Told, told
from tests.driving import LOSSY, SLOT
from tests.staging import number, request

SCRIPTS: dict[str, Callable[[], Told]] = {}
TWO_LEGS = request(("market", 98), size=FixedQuantity(Decimal(2000)))
LOSSLESS = replace(LOSSY, lossless_stream=True)


def script(tell: Callable[[], Told]) -> Callable[[], Told]:
    """Keep a story's script under its function's name."""
    SCRIPTS[tell.__name__] = tell
    return tell


def opened(run: Told | None = None, *, quietly: bool = True) -> Told:
    """E1 filled 1,000 at 100 with the stop shown, E2 rests at 98, the ladder works 850/50/50/50."""
    run = run or told()
    run.accept(run.open(TWO_LEGS))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    if quietly:
        run.lines[:] = ["-- opened: E1 filled 1000 at 100, the stop shown, E2 rests at 98, the ladder works"]
    return run


def answers(run: Told, commands: Sequence[Command], **outcomes: Outcome) -> list[Command]:
    """Answer by role ("stop" for a stop), Done for all the rest; nothing where there is nothing to answer."""
    given = [outcomes.get(role_of(each), Done()) for each in commands]
    return run.answer(commands, *given) if commands else []


def role_of(command: Command) -> str:
    """The role that a command is about; "stop" or "leverage" for the others."""
    key = getattr(command, "key", "")
    if key:
        return key.split("-")[3] if key.startswith("t1-") else key
    return "stop" if isinstance(command, SetStop) else "leverage"


def operate(run: Told, kind: ActKind, **given: object) -> list[Command]:
    """An operator's act on the only trade at a price of 100."""
    return run.step(Operate(run.box_trade.plan.trade, kind, "ann", Decimal(100), **given))  # type: ignore[arg-type]


def until(run: Told, *moments: int) -> Told:
    """Let time pass in steps, nothing else happening."""
    for moment in moments:
        run.later(moment).step()
    return run


def foreign(run: Told, side: OrderSide, quantity: int, seq: int, cause: Cause = Cause.FOREIGN) -> Filled:
    """An execution at 100 of an order that isn't ours."""
    run.seq = max(run.seq, seq)
    return Filled(f"u{seq}", SLOT, None, side, Decimal(quantity), Decimal(100), Decimal(1), cause, run.now, seq)


def held(run: Told, size: object, seq: int | None = None, liquidation: object | None = None) -> PositionIs:
    """What the venue says the slot holds."""
    at = None if liquidation is None else number(liquidation)
    return PositionIs(SLOT, number(size), run.now, run.seq if seq is None else seq, at)
