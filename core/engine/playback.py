"""One request (or one after another) played through a virtual run, and what came of it as one JSON-able object."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal

from core.account.effects import Reply
from core.account.reporting import trade_report
from core.alert_text import text as alert_text
from core.desired import Phase
from core.engine.tape import AccountTape
from core.engine.virtual import VirtualRun
from core.invariants import Violation
from core.money import ZERO, text
from core.report import TradeReport
from core.reporting import report_json
from core.request import EntrySpec, Request
from core.words import iso

CENT = Decimal("0.01")


@dataclass(slots=True)
class Played:
    """What a playback gave. *replies* are the answers to the first request."""

    request: Request
    run: VirtualRun
    replies: list[Reply]
    violations: list[Violation]
    bars: int = 0
    cpu_seconds: str = "0"

    @property
    def refused(self) -> tuple[str, ...]:
        """Why the leader refused the request, () when it opened."""
        first = self.replies[0]
        return first.refusal.reasons if first.refusal is not None else ()


def play(run: VirtualRun, request: Request, leader: str) -> Played:
    """Open *request* now and go on until the path ends; a trade still open then stays open."""
    replies = run.open(request, leader)
    run.run()
    return Played(request, run, replies, list(run.violations()))


def play_repeatedly(run: VirtualRun, request: Request, leader: str, next_open: Callable[[], int | None]) -> Played:
    """Open *request*, and again whenever no trade is live, its prices re-based to where the next one opens.

    *next_open* gives the time of the next bar's open, None at the end of the path.
    """
    base = run.market.last(request.symbol)
    first: list[Reply] | None = None
    found: list[Violation] = []
    number = 0
    while True:
        number += 1
        last = run.market.last(request.symbol)
        at = run.market.now
        again = request if number == 1 else rebased(request, base, last, run, leader)
        replies = run.open(replace(again, id=f"{request.id}-{number}", at=at), leader)
        first = replies if first is None else first
        run.run_until_idle()
        found += run.violations()
        due = next_open()
        if run.open_trades() or due is None:
            break
        run.run(until=due)
    return Played(request, run, first or [], found)


def rebased(request: Request, base: Decimal, last: Decimal, run: VirtualRun, leader: str) -> Request:
    """The request with its prices as the same ratios to *last* as they were to *base*, on the tick (half even)."""
    tick = run.exchanges[leader].terms(request.symbol).instrument.tick

    def moved(price: Decimal) -> Decimal:
        return (price * last / base / tick).to_integral_value(ROUND_HALF_EVEN) * tick

    return replace(
        request,
        entries=tuple(
            EntrySpec(None if spec.price is None else moved(spec.price), spec.weight) for spec in request.entries
        ),
        take_profits=tuple(moved(price) for price in request.take_profits),
        stop=None if request.stop is None else moved(request.stop),
    )


def played_json(played: Played, request_data: object) -> dict[str, object]:
    """The object that `demo --json` and `replay --json` print."""
    run = played.run
    return {
        "request": request_data,
        "accounts": {name: _account(run, name, tape) for name, tape in run.tape.accounts.items()},
        "alerts": [
            {"account": alert.account, "kind": alert.kind, "text": alert_text(alert), "at": iso(alert.at)}
            for alert in run.tape.alerts
        ],
        "violations": [
            {"account": each.account, "invariant": each.invariant, "detail": each.detail} for each in played.violations
        ],
        "bars": played.bars,
        "cpu_seconds": played.cpu_seconds,
    }


def _account(run: VirtualRun, name: str, tape: AccountTape) -> dict[str, object]:
    trades = reports(run, name)
    calls = tape.calls
    return {
        "trade": report_json(trades[-1]) if trades else None,
        "trades": [report_json(report) for report in trades],
        "timeline": tape.timeline,
        "calls": {
            "place": calls.place,
            "amend": calls.amend,
            "cancel": calls.cancel,
            "batches": calls.batches,
            "set_stop": calls.set_stop,
        },
    }


def reports(run: VirtualRun, name: str) -> list[TradeReport]:
    """Every trade of an account, ended ones first, in order."""
    live = [
        trade_report(box.trade, box.phase, "", box.last_stop, run.market.now)
        for box in run.machines[name].state.boxes.values()
    ]
    return [*run.tape.accounts[name].closed, *live]


def summary(played: Played) -> list[str]:
    """A few lines for a person: how each account's trades ended, and what several came to."""
    lines = []
    for name in played.run.tape.accounts:
        found = reports(played.run, name)
        for report in found:
            ended = report.reason if report.phase is Phase.CLOSED else f"open, {report.phase.value}"
            hit = sum(1 for target in report.targets if target.hit)
            lines.append(
                f"{name:<8} {report.symbol} {report.side.value:<5} in {text(report.entered)} "
                f"· TPs {hit}/{len(report.targets)} · net {text(report.net.quantize(CENT))} USDT · {ended}"
            )
        if len(found) > 1:
            net = sum((report.net for report in found), ZERO)
            lines.append(f"{name:<8} {len(found)} trades · net {text(net.quantize(CENT))} USDT")
    return lines
