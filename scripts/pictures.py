"""The two pictures in docs/pictures, made anew: `python -m scripts.pictures`.

A replay over a seeded walk, with the live code on the embedded venue: nothing in them is made up, and the same commit
always paints the same.
"""

import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from config.commands.benching import walk
from config.registry import registry
from config.replay import ReplayOptions, Stage, play_candles
from config.virtual import VirtualAccount
from core.candle import Candle
from core.charts import MINUTE, PositionChart, position_chart
from core.engine import views
from core.engine.playback import Played
from core.equity import EquityChart, equity_chart
from core.facts import Filled
from core.gate import Limits
from core.mirror import Following
from core.request import EntrySpec, MarginPercent, Request
from core.stops import breakeven_now
from core.words import Environment, Side
from plugins.exchanges.paper.settings import PaperVenueSettings
from plugins.strategies.conservative.strategy import Conservative
from ports.ladder import LadderSettings
from ports.painter import Painter

SYMBOL = "BTCUSDT"
TRADE_SEED = 90
MONTH_SEED = 1
BEFORE = 30
BARS = 130
DAYS = 30
TARGET = Path(__file__).resolve().parent.parent / "docs" / "pictures"


def position(seed: int = TRADE_SEED) -> PositionChart:
    """A long in the middle of its life."""
    candles = walk(BARS, seed)
    played = _played(candles[BEFORE:], (4, 8, 12, 16), repeat=False)
    state = played.run.machines["main"].state
    box = next(iter(state.boxes.values()))
    last = candles[-1].close
    return position_chart(
        views.trade(state, box, {SYMBOL: last}),
        [fact for _, _, fact in box.history if isinstance(fact, Filled)],
        candles,
        interval=1,
        at=candles[-1].at + MINUTE,
        breakeven=breakeven_now(box.trade.plan, box.trade.ledger),
    )


def equity(seed: int = MONTH_SEED) -> EquityChart:
    """A month of the same request, opened again whenever nothing is open."""
    candles = walk(DAYS * 1_440, seed)
    tapes = _played(candles, (6, 10, 14, 18), repeat=True).run.tape.accounts
    reports, until = list(tapes["main"].closed), candles[-1].at
    return equity_chart(reports, accounts=("main",), environment=Environment.PAPER, days=DAYS, until=until)


def _played(candles: Sequence[Candle], targets: Sequence[int], *, repeat: bool) -> Played:
    instruments = PaperVenueSettings().all_instruments()
    stage = Stage(
        accounts=(
            VirtualAccount(name="main", balance=Decimal(10_000)),
            VirtualAccount(name="mirror", balance=Decimal(3_300), following=Following(leader="main")),
        ),
        leader="main",
        instruments={SYMBOL: instruments[SYMBOL].instrument(SYMBOL)},
        strategies={"conservative": Conservative("conservative", LadderSettings().rules())},
        limits=Limits(),
    )
    return play_candles(_request(candles[0].open, targets), candles, stage, ReplayOptions(repeat=repeat))


def _request(price: Decimal, targets: Sequence[int]) -> Request:
    """A long at market and below; *targets* in thousandths above."""

    def off(permille: int) -> Decimal:
        return (price * (1000 + permille) / 1000).quantize(Decimal("0.1"))

    return Request(
        id="picture",
        strategy="conservative",
        symbol=SYMBOL,
        side=Side.LONG,
        entries=(EntrySpec(None), EntrySpec(off(-4)), EntrySpec(off(-8))),
        take_profits=tuple(off(each) for each in targets),
        stop=off(-15),
        leverage=Decimal(10),
        size=MarginPercent(Decimal(10)),
        at=0,
    )


def main() -> int:
    """Write both."""
    adapter = registry(third_party=False).find("painters", "pillow")
    if adapter is None:
        sys.stderr.write("there is no painter called pillow\n")
        return 1
    painter: Painter = adapter.build(adapter.settings())
    TARGET.mkdir(exist_ok=True)
    for name, png in (("position", painter.position(position())), ("equity", painter.equity(equity()))):
        path = TARGET / f"{name}.png"
        path.write_bytes(png)
        sys.stdout.write(f"{path}: {len(png)} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
