"""What must hold after a kill, counted at the venue and in the store, never asked of the service alone."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bench.exchange import ACCOUNTS, VenueProcess
from bench.instance import Instance
from bench.ledger import Ledger
from core.identity import Key, parse_key

_OVER = ("CLOSING", "CLOSED")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that must not be. *kind*: lost, doubled, corrupt, unprotected, orphan, differs or stuck."""

    kind: str
    account: str
    detail: str


@dataclass(frozen=True, slots=True)
class Sight:
    """The venue, the store and the service at one moment."""

    venue: Mapping[str, Any]
    executions: Mapping[str, Mapping[str, Mapping[str, Any]]]
    status: Mapping[str, Any]
    ledger: Ledger


def sight(venue: VenueProcess, instance: Instance, ledger: Ledger) -> Sight | None:
    """Look; None when the service does not answer. The store is read last: it may only know more."""
    state = venue.state()
    executions = {name: venue.executions(name) for name in ACCOUNTS}
    answer = instance.ask("status")
    if answer is None:
        return None
    ledger.read()
    return Sight(state, executions, answer["data"], ledger)


def findings(seen: Sight) -> list[Finding]:
    """All that is wrong. What only lags behind is gone at the next look; what is lost or doubled stays."""
    naked = seen.venue["unprotected_ms"]
    found = [Finding("unprotected", "", f"a position was without a stop for {naked} ms")] if naked else []
    found += [Finding("doubled", "", each) for each in seen.ledger.twice]
    for name in ACCOUNTS:
        for part in (_executions, _entries, _orders, _positions, _health):
            found += part(seen, name)
    return found


def _executions(seen: Sight, name: str) -> Iterator[Finding]:
    """Each execution is booked as it was, and none that was never made."""
    made = seen.executions[name]
    booked = {execution: fill for (account, execution), fill in seen.ledger.booked.items() if account == name}
    for execution in made.keys() - booked.keys():
        yield Finding("lost", name, f"{made[execution]['orderLinkId'] or 'stop'}: {execution} is not booked")
    for execution in booked.keys() - made.keys():
        yield Finding("doubled", name, f"{booked[execution].key}: {execution} was never made")
    for execution in made.keys() & booked.keys():
        if Decimal(made[execution]["execQty"]) != booked[execution].quantity:
            yield Finding("corrupt", name, f"{execution}: {made[execution]['execQty']} is booked as other")


def _entries(seen: Sight, name: str) -> Iterator[Finding]:
    """No leg of a plan is entered beyond what was planned, over all revisions of its order."""
    entered: Counter[tuple[str, str]] = Counter()
    for row in seen.executions[name].values():
        key = parse_key(row["orderLinkId"])
        if key is not None:
            entered[key.trade, key.role] += Decimal(row["execQty"])  # type: ignore[assignment] # counts of any number
    for (account, trade), plan in seen.ledger.plans.items():
        for leg in plan.legs if account == name else ():
            if entered[trade, leg.role] > leg.quantity:
                yield Finding("doubled", name, f"{trade} {leg.role}: {entered[trade, leg.role]} of {leg.quantity}")


def _orders(seen: Sight, name: str) -> Iterator[Finding]:
    """One order a role, none without a live trade, and take-profits over all that is held."""
    live = {row["trade"]: row for row in seen.status["trades"] if row["account"] == name}
    roles: Counter[tuple[str, str]] = Counter()
    resting: Counter[str] = Counter()
    for key, row in _ours(seen.venue["accounts"][name]["orders"]):
        roles[key.trade, key.role] += 1
        if key.trade not in live:
            yield Finding("orphan", name, f"{row['orderLinkId']} works and its trade is over")
        if key.role.startswith("TP"):
            resting[key.trade] += Decimal(row["leavesQty"])  # type: ignore[assignment] # counts of any number
    for (trade, role), count in roles.items():
        if count > 1:
            yield Finding("doubled", name, f"{count} orders work as {trade} {role}")
    for trade, row in live.items():
        held = abs(Decimal(row["position"]))
        if row["phase"] not in _OVER and resting[trade] != held:
            yield Finding("differs", name, f"{trade}: take-profits {resting[trade]} over a position of {held}")


def _positions(seen: Sight, name: str) -> Iterator[Finding]:
    """What is held is what was booked, has its stop, and belongs to a live trade."""
    live = {row["symbol"]: row for row in seen.status["trades"] if row["account"] == name}
    held = {row["symbol"]: row for row in seen.venue["accounts"][name]["positions"]}
    for symbol in seen.venue["prices"]:
        row = held.get(symbol)
        size = Decimal(0) if row is None else Decimal(row["size"]) * (1 if row["side"] == "Buy" else -1)
        if size != seen.ledger.net(name, symbol):
            yield Finding("lost", name, f"{symbol}: {size} is held, {seen.ledger.net(name, symbol)} is booked")
        if row is not None and not row["stopLoss"]:
            yield Finding("unprotected", name, f"{symbol}: {size} is held without a stop")
        shown = Decimal(live[symbol]["position"]) if symbol in live else None
        if (shown or Decimal(0)) != size:  # a trade of which nothing is filled yet holds nothing
            told = "no trade" if shown is None else shown
            yield Finding("differs", name, f"{symbol}: {size} is held, the service shows {told}")


def _health(seen: Sight, name: str) -> Iterator[Finding]:
    for row in seen.status["accounts"]:
        if row["account"] == name and row["troubles"]:
            yield Finding("stuck", name, f"unwell: {', '.join(row['troubles'])}")
    for row in seen.status["monitors"]:
        if row["account"] == name and row["differences"]:
            yield Finding("stuck", name, f"{row['symbol']}: {'; '.join(row['differences'])}")


def _ours(rows: list[Mapping[str, Any]]) -> Iterator[tuple[Key, Mapping[str, Any]]]:
    for row in rows:
        key = parse_key(row["orderLinkId"])
        if key is not None:
            yield key, row
