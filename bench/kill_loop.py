"""Kills the real service again and again in the middle of its trades, and counts what that cost: `make kill-loop`.

The venue is a process of its own, and goes on while the service is dead. Prices and moments are drawn from --seed;
real time is not, so that no two runs are quite alike. Prints one JSON object; exit 1 when anything was wrong.
"""

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer

from bench.census import Finding, findings, sight
from bench.exchange import ACCOUNTS, VenueProcess
from bench.instance import Instance, Start
from bench.ledger import Ledger, ledger

PATIENCE = 90
"""Seconds in which a started service must be well, and all must hold."""
SLOWLY = 3
"""Seconds more for each trade that is opened at once: the venue takes ten orders a second of an account."""
LIFE = 1.5
EARLY = 0.25
"""So many of the kills come while the service starts."""
LEVELS = ("98", "96", "97", "100", "103", "105", "107", "101", "104", "99.5", "93", "109")
WEIGHTS = (6, 4, 4, 6, 6, 3, 2, 4, 3, 4, 2, 1)
REQUEST = """
symbol: {symbol}
side: long
entries: [market, 98, 96]
take_profits: [103, 105, 107, 109]
stop: 93
leverage: 10
margin_usdt: 1000
"""


@dataclass
class Stage:
    """The processes and what has been found so far."""

    venue: VenueProcess
    instance: Instance
    ledger: Ledger
    symbols: list[str]
    draw: random.Random
    aside: Path
    did: Counter[str] = field(default_factory=Counter)
    found: list[Finding] = field(default_factory=list)
    starts: list[Start] = field(default_factory=list)
    settled: list[float] = field(default_factory=list)

    def act(self) -> None:
        """Do one thing that a market or an operator does; while the service dies, what it was asked is lost."""
        symbol = self.draw.choice(self.symbols)
        status = self.instance.ask("status") if self.instance.alive else None
        live = {row["symbol"] for row in status["data"]["trades"]} if status is not None else set(self.symbols)
        if symbol not in live:
            self.open(symbol)
        elif status is not None and self.draw.random() < 0.1:
            self._operate(symbol)
        else:
            self.did["prices"] += 1
            self.venue.price(symbol, self.draw.choices(LEVELS, WEIGHTS)[0])

    def open(self, symbol: str) -> None:
        """Open a trade at 100, under an id of its own."""
        self.venue.price(symbol, "100")
        self.did["asked to open"] += 1
        identity = f"kill-{self.did['asked to open']}"
        answer = self.instance.ask("open", request=REQUEST.format(symbol=symbol), id=identity)
        self.did["opened" if answer is not None and answer["exit"] == 0 else "not opened"] += 1

    def enter(self, symbol: str) -> None:
        """Open a trade and wait until every account holds something: more at once than the venue takes expires."""
        self.open(symbol)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            accounts = self.venue.state()["accounts"]
            if all(any(row["symbol"] == symbol for row in accounts[name]["positions"]) for name in ACCOUNTS):
                return
            time.sleep(0.05)
        self.found.append(Finding("stuck", "", f"{symbol}: not entered on every account within {PATIENCE} s"))

    def _operate(self, symbol: str) -> None:
        kind = self.draw.choice(("close", "cancel_entries", "move_stop", "reduce"))
        price = "94" if kind == "move_stop" else None
        quantity = "0.3" if kind == "reduce" else None
        self.did[kind] += 1
        self.instance.ask("act", kind=kind, trade=symbol, by="bench", price=price, quantity=quantity)

    def start(self) -> None:
        """Start the service and wait until no account is unwell."""
        self.instance.start()
        try:
            self.starts.append(self.instance.well(PATIENCE))
        except RuntimeError as error:
            self.found.append(Finding("stuck", "", str(error)))

    def kill(self) -> None:
        """Kill it at a moment of its life or of its start; the market may go on without it."""
        if self.draw.random() < EARLY:
            self.did["killed while starting"] += 1
            self._die()
            self.instance.start()
            time.sleep(self.draw.uniform(0.1, 2))
            self._die()
        else:
            self._live(self.draw.uniform(0, LIFE))
        for _ in range(self.draw.choice((0, 0, 1, 3))):
            self.venue.price(self.draw.choice(self.symbols), self.draw.choices(LEVELS, WEIGHTS)[0])

    def _live(self, seconds: float) -> None:
        timer = Timer(seconds, self.instance.kill)
        timer.start()
        while self.instance.alive:
            self.act()
            time.sleep(self.draw.uniform(0, 0.05))
        timer.join()
        self._die()

    def _die(self) -> None:
        self.instance.kill()
        self.did["kills"] += 1
        self.found += [Finding("corrupt", "", each) for each in self.ledger.unsound(self.aside)]

    def check(self, patience: float = PATIENCE) -> None:
        """Look until everything holds; what still does not after a while is kept."""
        began = time.monotonic()
        wrong = [Finding("stuck", "", "the service does not answer")]
        while time.monotonic() < began + patience:
            seen = sight(self.venue, self.instance, self.ledger)
            wrong = findings(seen) if seen is not None else wrong
            if not wrong:
                self.settled.append(time.monotonic() - began)
                return
            time.sleep(0.1)
        self.found += wrong

    def conclude(self) -> None:
        """What is looked at once, at the end, through the command line as a person would."""
        self.found += [Finding("corrupt", "", each) for each in self.ledger.whole()]
        for words in (("verify",), ("mirror", "diff")):
            code, shown = self.instance.tandem(*words)
            if code:
                self.found.append(Finding("differs", "", f"tandem {' '.join(words)}: {shown}"))

    def figures(self) -> dict[str, object]:
        """What came of it."""
        by_kind = Counter(each.kind for each in self.found)
        return {
            "kills": self.did["kills"],
            **{kind: by_kind[kind] for kind in ("lost", "doubled", "corrupt", "unprotected", "orphan", "differs")},
            "stuck": by_kind["stuck"],
            "unprotected_ms": self.venue.state()["unprotected_ms"],
            "restarts": len(self.starts),
            "answer_seconds": quantiles([each.answered for each in self.starts]),
            "reconcile_seconds": quantiles([each.well for each in self.starts]),
            "reconcile_processor_seconds": quantiles([each.processor for each in self.starts]),
            "troubles_at_start": dict(Counter(" ".join(each.troubles) or "none seen" for each in self.starts)),
            "settle_seconds": quantiles(self.settled),
            "trades": len({trade for _, trade in self.ledger.plans}),
            "closed": self.ledger.ended(),
            "executions": len(self.ledger.booked),
            "journal_lines": self.ledger.lines,
            "did": dict(self.did),
            "violations": [f"{each.kind} {each.account} {each.detail}".replace("  ", " ") for each in self.found[:50]],
        }


def quantiles(values: list[float]) -> dict[str, float]:
    """Median, 99th percentile and the worst."""
    if not values:
        return {}
    ordered = sorted(values)
    p99 = ordered[min(len(ordered) * 99 // 100, len(ordered) - 1)]
    return {"p50": round(ordered[len(ordered) // 2], 3), "p99": round(p99, 3), "max": round(ordered[-1], 3)}


@contextmanager
def stage(asked: argparse.Namespace, symbols: list[str]) -> Iterator[Stage]:
    """A venue, an empty store and a service that is not started yet; everything is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="tandem-kill-") as name:
        folder = Path(name)
        venue = VenueProcess(folder / "venue", symbols, latency_ms=asked.latency_ms, limits=not asked.no_limits)
        try:
            with ledger(asked.store, folder / "service") as store:
                instance = Instance(folder / "service", venue, store.section, mirror=asked.mirror)
                draw = random.Random(asked.seed)
                found = Stage(venue, instance, store, symbols, draw, folder / "aside")
                try:
                    yield found
                finally:
                    instance.kill()
                    if found.found and asked.keep is not None:
                        asked.keep.mkdir(parents=True, exist_ok=True)
                        (asked.keep / "venue.json").write_text(json.dumps(venue.state()), "utf-8")
                        shutil.copytree(
                            folder / "service", asked.keep / "service", ignore=shutil.ignore_patterns("*.sock")
                        )
        finally:
            venue.end()


def kill_loop(asked: argparse.Namespace) -> dict[str, object]:
    """Kill *asked.kills* times."""
    with stage(asked, [f"S{number:03d}USDT" for number in range(asked.symbols)]) as found:
        found.start()
        until = time.monotonic() + asked.minutes * 60
        while found.did["kills"] < asked.kills and not found.found and time.monotonic() < until:
            found.kill()
            found.start()
            found.check()
            sys.stderr.write(f"\r{found.did['kills']} kills, {len(found.found)} findings ")
        found.conclude()
        return {"store": asked.store, "mirror": asked.mirror, "seed": asked.seed, **found.figures()}


def restarts(asked: argparse.Namespace) -> dict[str, object]:
    """Restart *asked.restarts* times with so many trades open on each account."""
    symbols = [f"S{number:03d}USDT" for number in range(asked.trades)]
    with stage(asked, symbols) as found:
        found.start()
        for symbol in symbols:
            found.enter(symbol)
        found.check(PATIENCE + len(symbols) * SLOWLY)
        found.settled.clear()
        found.starts.clear()
        for _ in range(asked.restarts):
            found.instance.kill()
            found.did["kills"] += 1
            found.start()
            found.check()
        found.conclude()
        return {"store": asked.store, "mirror": asked.mirror, "trades_open": len(symbols), **found.figures()}


def arguments(words: list[str]) -> argparse.Namespace:
    """What was asked for."""
    told = argparse.ArgumentParser(prog="kill_loop", description=__doc__)
    told.add_argument("--kills", type=int, default=200, help="how often")
    told.add_argument("--minutes", type=float, default=24 * 60, help="and no longer than that")
    told.add_argument("--store", choices=("sqlite", "postgres"), default="sqlite", help="where the service keeps")
    told.add_argument("--mirror", choices=("bybit", "ccxt"), default="bybit", help="the mirror's adapter")
    told.add_argument("--symbols", type=int, default=4, help="trades at once")
    told.add_argument("--seed", type=int, default=1, help="what happens, and when")
    told.add_argument("--latency-ms", type=int, default=0, help="the round trip that the venue adds")
    told.add_argument("--no-limits", action="store_true", help="a venue without rate limits")
    told.add_argument("--trades", type=int, default=0, help="instead, restart with so many trades open on each account")
    told.add_argument("--restarts", type=int, default=5, help="how often, with --trades")
    told.add_argument("--keep", type=Path, help="a folder that gets what a run with findings leaves: log, store, venue")
    return told.parse_args(words)


def main(words: list[str]) -> int:
    """Run, print, and say by the exit code whether all was well."""
    asked = arguments(words)
    began = time.monotonic()
    figures = restarts(asked) if asked.trades else kill_loop(asked)
    sys.stdout.write(json.dumps({**figures, "seconds": round(time.monotonic() - began, 1)}, indent=1) + "\n")
    return 1 if figures["violations"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
