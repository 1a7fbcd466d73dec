"""The demonstration: whole conservative trades on main and mirrors at the embedded venue, in virtual time.

Each case is a request and a price path; the seed picks one. Nothing is written or sent outside.
"""

import time
from dataclasses import dataclass
from decimal import Decimal

from config.virtual import VirtualAccount, compose
from core.engine.playback import Played, play
from core.errors import ConfigError
from core.mirror import Following
from core.request import EntrySpec, FixedQuantity, MarginPercent, Request, Size
from core.words import Side
from plugins.exchanges.paper.market.steps import Steps
from plugins.exchanges.paper.settings import PaperVenueSettings
from plugins.strategies.conservative.strategy import Conservative
from ports.ladder import LadderSettings

BEGINNING = 1_767_225_600_000
"""2026-01-01 00:00 UTC."""
STEP = 60_000
LEADER = "main"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One demonstration. *path* are the prices after the start, a minute apart; *mirrors* are names with balances."""

    name: str
    about: str
    symbol: str
    side: Side
    start: str
    entries: tuple[str, ...]
    targets: tuple[str, ...]
    stop: str
    size: Size
    path: tuple[str, ...]
    mirrors: tuple[tuple[str, str], ...] = (("mirror", "3300"),)


CASES = (
    Case(
        name="ladder",
        about="every entry fills, the take-profits grow to 2,125/125/125/125 of 2,500, all four are hit",
        symbol="XRPUSDT",
        side=Side.LONG,
        start="0.6000",
        entries=("market", "0.5900", "0.5800"),
        targets=("0.6200", "0.6300", "0.6400", "0.6500"),
        stop="0.5600",
        size=FixedQuantity(Decimal(2500)),
        path=("0.5890", "0.5790", "0.6100", "0.6210", "0.6150", "0.6310", "0.6410", "0.6520"),
    ),
    Case(
        name="runner",
        about="one limit fills, TP1 cancels the other, the rest runs to TP4",
        symbol="BTCUSDT",
        side=Side.LONG,
        start="60000",
        entries=("market", "59400", "58800"),
        targets=("61200", "61800", "62400", "63000"),
        stop="57600",
        size=MarginPercent(Decimal(20)),
        path=("59380", "60200", "61250", "60900", "61850", "62450", "63100"),
    ),
    Case(
        name="breakeven",
        about="one limit fills, TP1 is hit and cancels the other, the price comes back to the breakeven stop",
        symbol="BTCUSDT",
        side=Side.LONG,
        start="60000",
        entries=("market", "59400", "58800"),
        targets=("61200", "61800", "62400", "63000"),
        stop="57600",
        size=MarginPercent(Decimal(20)),
        path=("59380", "60200", "61250", "60400", "59000"),
    ),
    Case(
        name="short",
        about="a short: one limit fills, TP1 to TP4 are hit on the way down",
        symbol="ETHUSDT",
        side=Side.SHORT,
        start="3000",
        entries=("market", "3030", "3060"),
        targets=("2940", "2910", "2880", "2850"),
        stop="3120",
        size=MarginPercent(Decimal(20)),
        path=("3031", "2990", "2939", "2950", "2909", "2879", "2840"),
    ),
    Case(
        name="two_mirrors",
        about="main with two mirrors of different size, back to breakeven after TP1",
        symbol="SOLUSDT",
        side=Side.LONG,
        start="150",
        entries=("market", "148.5", "147"),
        targets=("153", "154.5", "156", "157.5"),
        stop="144",
        size=MarginPercent(Decimal(20)),
        path=("148.4", "150.5", "153.1", "151", "147"),
        mirrors=(("mirror", "3300"), ("second", "1200")),
    ),
)


def case_for(seed: int, name: str | None) -> Case:
    """The case named, else the one that the seed picks; raises ConfigError for an unknown name."""
    if name is None:
        return CASES[seed % len(CASES)]
    for case in CASES:
        if case.name == name:
            return case
    known = ", ".join(case.name for case in CASES)
    raise ConfigError((f"there is no demo case {name!r}; there are {known}",))


def request_of(case: Case) -> Request:
    """The case's request."""
    return Request(
        id=f"demo-{case.name}",
        strategy="conservative",
        symbol=case.symbol,
        side=case.side,
        entries=tuple(EntrySpec(None if price == "market" else Decimal(price)) for price in case.entries),
        take_profits=tuple(Decimal(price) for price in case.targets),
        stop=Decimal(case.stop),
        leverage=Decimal(10),
        size=case.size,
        at=BEGINNING,
        origin="demo",
    )


def demonstrate(case: Case) -> Played:
    """Play a case; the result is checked like any other run's."""
    began = time.process_time()
    instruments = {name: each.instrument(name) for name, each in PaperVenueSettings().all_instruments().items()}
    accounts = [VirtualAccount(name=LEADER, balance=Decimal(10_000))]
    accounts += [
        VirtualAccount(name=name, balance=Decimal(balance), following=Following(leader=LEADER))
        for name, balance in case.mirrors
    ]
    strategies = {"conservative": Conservative("conservative", LadderSettings().rules())}
    world, run = compose(accounts, instruments, strategies)
    prices = [Decimal(case.start), *(Decimal(price) for price in case.path)]
    world.mover.add(Steps(case.symbol, prices, BEGINNING, STEP))
    played = play(run, request_of(case), LEADER)
    played.bars = len(prices)
    played.cpu_seconds = f"{time.process_time() - began:.3f}"
    return played
