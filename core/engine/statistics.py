"""Statistics for every front end (G1): shown and exported from the store alone, begun anew by a running service."""

import asyncio
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

from core.account.state import AccountState
from core.days import Offset, day
from core.engine.balances import balance, money
from core.engine.caution import backed_up
from core.engine.control import GOOD, Answer, Handler
from core.engine.export import Table
from core.engine.last_prices import LastPrices, holders
from core.engine.meant import account_meant
from core.engine.pages import ended
from core.engine.periods import ALL, begun, chosen, keep, periods
from core.engine.service import Service
from core.errors import ConfigError, TandemError, Unavailable
from core.stats import counts
from core.stats_book import Book, Period
from core.stats_json import period_json, statistics_json
from ports.persistence import Store

LOOK = 5_000
"""Milliseconds between two looks for balances that a period doesn't know yet."""
LONGEST_LABEL = 40

Arguments = Mapping[str, object]


class Statistics:
    """Answers for one service, and notes what each account held when the period began."""

    def __init__(self, service: Service) -> None:
        """Nothing is read here."""
        self._service = service
        self._last = LastPrices(service.exchanges, service.clock)
        self._alone = asyncio.Lock()
        self._too_late: set[str] = set()
        self._told: dict[tuple[str, str], tuple[tuple[int, int, int], Answer]] = {}
        self._changes = 0

    def handlers(self) -> Mapping[str, Handler]:
        """Every command by its name."""
        return {"stats": self.stats, "stats_reset": self.reset, "stats_export": self.export}

    async def stats(self, arguments: Arguments) -> Answer:
        """The figures of the period that goes on, or of the one named; of one account when it is named."""
        now, service = self._service.clock.now(), self._service
        asked = str(arguments.get("period")), str(arguments.get("account"))
        stamp = service.writer.closed, self._changes, day(now, self._offset())
        known = self._told.get(asked)
        if known is not None and known[0] == stamp:
            return known[1]  # nothing has ended since: a dashboard that is watched asks every minute
        leaders = [name for name, state in service.states.items() if state.following is None]
        answer = await shown(service.store, arguments, leaders, service.states, self._offset(), now)
        if isinstance(data := answer.get("data"), dict):
            data["environments"] = sorted({state.environment.value for state in service.states.values()})
        self._told = {name: each for name, each in self._told.items() if each[0] == stamp}
        self._told[asked] = stamp, answer
        return answer

    async def export(self, arguments: Arguments) -> Answer:
        """The period's trades as CSV."""
        return await exported(self._service.store, arguments, self._service.states)

    async def reset(self, arguments: Arguments) -> Answer:
        """Begin a new period, the old ones are kept; with `dry_run` only say what it would begin with."""
        async with self._alone:
            known = await periods(self._service.store)
            made, unknown = await self._begun(known, arguments)
            data: dict[str, object] = {"period": period_json(made), "ends": known[-1].label, "balance_unknown": unknown}
            if not arguments.get("dry_run"):
                data["backup"] = await backed_up(self._service.store)
                closed = replace(known[-1], end=made.start)
                await keep(self._service.store, (*known[:-1], closed, made))
                self._too_late.clear()
                self._changes += 1
        return {"exit": GOOD, "data": data}

    async def _begun(self, known: tuple[Period, ...], arguments: Arguments) -> tuple[Period, dict[str, str]]:
        made = begun(known, self._service.clock.now(), _label(known, arguments.get("label")))
        found = await self._balances(self._service.states)
        balances = {name: each for name, each in found.items() if isinstance(each, Decimal)}
        unknown = {name: each for name, each in found.items() if isinstance(each, str)}
        return replace(made, balances=balances, by=str(arguments.get("by", "cli"))), unknown

    async def _balances(self, states: Mapping[str, AccountState]) -> dict[str, Decimal | str]:
        """What each of them holds, or why that isn't known. Venues are asked only where a trade is live."""
        prices = await self._last.of(holders(states, self._service.connections.down))
        found = await asyncio.gather(*(self._balance(each, prices) for each in states.values()))
        return dict(zip(states, found, strict=True))

    async def _balance(self, state: AccountState, prices: Mapping[str, Decimal]) -> Decimal | str:
        try:
            held = await money(state, self._service.connections)
        except TandemError as error:
            return f"its balance can't be read now: {error}"
        return balance(state, held, prices)

    def _offset(self) -> Offset:
        return next(iter(self._service.states.values())).offset

    async def run(self) -> None:
        """Note balances until cancelled; a store that refuses is asked again."""
        while True:
            with suppress(Unavailable):
                await self.note()
            await self._service.clock.sleep(LOOK)

    async def note(self) -> None:
        """Note what accounts hold that the period doesn't know yet: on first sight, before a trade of theirs ended."""
        async with self._alone:
            known = await periods(self._service.store)
            seen = {name: state for name, state in self._service.states.items() if state.wallet is not None}
            missing = seen.keys() - known[-1].balances.keys() - self._too_late
            found = await self._balances({name: seen[name] for name in missing})
            fresh = {name: each for name, each in found.items() if isinstance(each, Decimal)}
            if not fresh:
                return
            async for report in ended(self._service.store, known[-1].start):
                if counts(report) and fresh.pop(report.account, None) is not None:
                    self._too_late.add(report.account)
            if fresh:
                current = replace(known[-1], balances={**known[-1].balances, **fresh})
                await keep(self._service.store, (*known[:-1], current))
                self._changes += 1


def _label(known: tuple[Period, ...], wanted: object) -> str:
    label = "" if wanted is None else str(wanted).strip()
    if len(label) > LONGEST_LABEL or not label.isprintable():
        raise ConfigError((f"a label has up to {LONGEST_LABEL} letters on one line",))
    if label == ALL or any(label in (each.label, str(each.number)) for each in known):
        raise ConfigError((f"there is a statistic period {label!r} already; give this one another name",))
    return label


async def shown(
    store: Store, arguments: Arguments, leaders: Collection[str], accounts: Collection[str], offset: Offset, now: int
) -> Answer:
    """The statistics that *arguments* ask for, from what is stored."""
    account = account_meant(arguments, accounts)
    known = await periods(store)
    period = chosen(known, arguments.get("period"))
    book = Book(period, leaders, mirrors=set(accounts) - set(leaders), account=account, offset=offset)
    async for report in ended(store, period.start, period.end):
        book.add(report)
    data = statistics_json(book.statistics(now))
    return {"exit": GOOD, "data": {**data, "account": account, "periods": [period_json(each) for each in known]}}


async def exported(store: Store, arguments: Arguments, accounts: Collection[str]) -> Answer:
    """The trades that *arguments* ask for, as CSV."""
    account = account_meant(arguments, accounts)
    period = chosen(await periods(store), arguments.get("period"))
    table = Table()
    async for report in ended(store, period.start, period.end):
        if account in (None, report.account):
            table.add(report)
    which = period.label if period.label == ALL else period.number
    name = f"tandem-trades-{which}.csv"
    return {"exit": GOOD, "data": {"csv": table.text, "rows": table.rows, "name": name, "period": period.label}}
