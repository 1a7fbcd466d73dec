"""The front desk: what is, what a request would do, and opening it, in plain JSON-able words. Numbers are text."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

import structlog

from core.account.effects import Reply
from core.account.state import AccountState
from core.alerts import Alert
from core.engine import views
from core.engine.balances import money, renewed
from core.engine.briefly import REMEMBERED, Briefly
from core.engine.control import GOOD, USAGE, WRONG, Answer, Handler
from core.engine.last_prices import LastPrices, holders
from core.engine.looking_up import looked_up
from core.engine.meant import account_meant
from core.engine.preview_rows import preview_data, terms_data
from core.engine.service import Service
from core.errors import ConfigError, TandemError, Unavailable
from core.facts import Wallet
from core.identity import trade_id
from core.plan import Refusal
from core.report import TradeReport
from core.reporting import report_json
from core.request import Merge, Request
from core.view import MarketStatus, ServiceStatus, as_json

log = structlog.get_logger("tandem.desk")

LATEST = 10
"""Alerts in a status."""
STORED_WITHIN = 1
"""Seconds that a status waits for what only the store knows."""
ReadRequest = Callable[[str, str, int], Request]


class Desk:
    """Answers for one service. *read_request* makes a request of YAML text, an id and a time."""

    def __init__(self, service: Service, read_request: ReadRequest, *, profile: str, version: str) -> None:
        """*profile* and *version* are shown in the status."""
        self._service = service
        self._read = read_request
        self._profile = profile
        self._version = version
        self.stored_within: float = STORED_WITHIN
        self.in_process = all(state.capabilities.lossless_stream for state in service.states.values())
        """Whether no look costs a call; then all that is shown is of one moment."""
        remembered = 0 if self.in_process else REMEMBERED
        self._last = LastPrices(service.exchanges, service.clock, remembered=remembered)
        self._money: Briefly[Wallet | None] = Briefly(service.clock, "money", remembered=remembered)

    def handlers(self) -> Mapping[str, Handler]:
        """Every command by its name."""
        return {
            "status": self.status,
            "preview": self.preview,
            "open": self.open,
            "terms": self.terms,
            "alerts": self.alerts,
            "closed": self.closed,
        }

    async def status(self, arguments: Mapping[str, object]) -> Answer:
        """Everything that is, at once; with *fresh* each account's money as the venue has it now.

        Streams tell of money when it changes by a fill; equity moves with every price.
        """
        return {"exit": GOOD, "data": as_json(await self.view(fresh=bool(arguments.get("fresh"))))}

    async def _fresh(self, view: ServiceStatus) -> ServiceStatus:
        """Only accounts with a live trade are asked; who doesn't answer in time stays as it was told last."""
        service = self._service
        asks = {
            name: partial(money, state, service.connections)
            for name, state in service.states.items()
            if state.boxes and name not in service.connections.down
        }
        found = await self._money.of(asks)
        accounts = tuple(renewed(each, service.states[each.account], found.get(each.account)) for each in view.accounts)
        return replace(view, accounts=accounts)

    async def view(self, *, fresh: bool = False) -> ServiceStatus:
        """Everything that is, as a view; see `status`."""
        service = self._service
        prices = await self._prices()
        latest, troubles = await self._latest()
        now = service.clock.now()
        view = replace(
            status_of(service.states, prices, now),
            running=True,
            version=self._version,
            profile=self._profile,
            started_at=service.started_at,
            alerts=tuple(views.alert_status(alert) for alert in latest),
            troubles=troubles,
        )
        return await self._fresh(view) if fresh else view

    async def _latest(self) -> tuple[tuple[Alert, ...], tuple[str, ...]]:
        """The latest alerts, or why they aren't known: a store that is away hides no trade from anybody (rel:F46)."""
        try:
            return await looked_up(self._service.store.alerts(LATEST), self.stored_within), ()
        except Unavailable as error:
            return (), (f"the latest alerts can't be shown: {error}",)

    async def _prices(self) -> dict[str, Decimal]:
        # Gathered before the first wait: trades open and close meanwhile.
        return await self._last.of(holders(self._service.states, self._service.connections.down))

    def _request(self, arguments: Mapping[str, object]) -> Request:
        """The request, with who asked for it and where answers go, where a front end said so (A9, D3)."""
        now = self._service.clock.now()
        identity = str(arguments.get("id") or f"cli-{now}")
        request = self._read(str(arguments["request"]), identity, now)
        stamped = {key: str(arguments[key]) for key in ("origin", "principal", "chat") if arguments.get(key)}
        merge = request.merge if arguments.get("merge") is None else _choice(arguments["merge"])
        accepted = request.confirmed or arguments.get("confirmed") is True
        return replace(request, merge=merge, confirmed=accepted, **stamped)  # type: ignore[arg-type] # all three are text

    def _leader(self, arguments: Mapping[str, object]) -> str:
        """The leading account that is meant; a mirror is none: who names one does not mean its leader too (A1)."""
        named = account_meant(arguments, self._service.states)
        leaders = [name for name, state in self._service.states.items() if state.following is None]
        if named is None:
            return leaders[0]
        leader = self._service.leader_of(named)
        if leader != named:
            raise ConfigError((f"{named} follows {leader}: a trade is opened on {leader}, with all its mirrors",))
        return leader

    async def terms(self, arguments: Mapping[str, object]) -> Answer:
        """What every account of a leader's group offers for a symbol now, the leader first; exit 1 when it offers none.

        Raises ConfigError for a symbol that the leader's venue doesn't know.
        """
        leader, symbol = self._leader(arguments), str(arguments["symbol"]).upper()
        group = [leader, *(name for name in self._service.states if self._service.leader_of(name) == leader != name)]
        rows = await asyncio.gather(*(self._terms(name, symbol) for name in group))
        return {"exit": WRONG if rows[0]["refused"] else GOOD, "data": rows}

    async def _terms(self, account: str, symbol: str) -> dict[str, object]:
        state = self._service.states[account]
        row: dict[str, object] = {
            "account": account,
            "environment": state.environment.value,
            "follows": state.following.leader if state.following is not None else None,
            "symbol": symbol,
            "refused": [],
        }
        try:
            terms = await self._service.connections.terms(account, symbol)
        except ConfigError as error:
            return {**row, "refused": list(error.problems)}
        except TandemError as error:
            return {**row, "refused": [str(error)]}
        return {**row, **terms_data(terms)}

    async def preview(self, arguments: Mapping[str, object]) -> Answer:
        """What each account would do for a request.

        Where it could be merged into a trade and does not say how, both ways are shown, and one must be chosen (B13).
        """
        request, leader = self._request(arguments), self._leader(arguments)
        if request.merge is None and await self._service.taken(request, leader):
            both = {way: await self._service.preview(replace(request, merge=way), leader) for way in Merge}
            rows = [preview_data(each, way) for way, found in both.items() for each in found]
            return {"exit": WRONG, "data": rows}
        found = await self._service.preview(request, leader)
        refused = isinstance(found[0].plan, Refusal)
        return {"exit": USAGE if refused else GOOD, "data": [preview_data(each, request.merge) for each in found]}

    async def open(self, arguments: Mapping[str, object]) -> Answer:
        """Open a request on the leader and its mirrors: exit 2 when nothing is open, 1 when a mirror did not follow.

        One that waits until it is well again (A9) did not either: it may, or be skipped, and its alerts say which.
        """
        request = self._request(arguments)
        replies = await self._service.open(request, self._leader(arguments))
        rows = [
            {
                "account": reply.account,
                "environment": self._service.states[reply.account].environment.value,
                "trade": reply.plan.trade if reply.plan is not None else None,
                "merged": bool(reply.plan is not None and reply.into(trade_id(self._service.salt, request.id))),
                "refused": list(reply.refusal.reasons) if reply.refusal is not None else [],
            }
            for reply in replies
        ]
        return {"exit": _opened(replies), "data": rows}

    async def alerts(self, arguments: Mapping[str, object]) -> Answer:
        """The latest alerts, newest first."""
        latest = await self._service.store.alerts(int(str(arguments.get("limit", 50))))
        return {"exit": GOOD, "data": [as_json(views.alert_status(alert)) for alert in latest]}

    async def closed(self, arguments: Mapping[str, object]) -> Answer:
        """Ended trades, newest first."""
        ended = await self._service.store.closed(None, int(str(arguments.get("limit", 50))))
        known = {name: state.environment.value for name, state in self._service.states.items()}
        rows = [
            {"account": report.account, "environment": known.get(report.account), **report_json(report),
             **_times(report)}
            for report in ended
        ]  # fmt: skip
        return {"exit": GOOD, "data": rows}


def _opened(replies: Sequence[Reply]) -> int:
    if replies[0].plan is None:
        return USAGE
    return GOOD if all(reply.plan is not None for reply in replies) else WRONG


def _times(report: TradeReport) -> dict[str, object]:
    return {"opened_at": report.opened_at, "closed_at": report.closed_at}


def _choice(chosen: object) -> Merge:
    known = [each.value for each in Merge]
    if chosen not in known:
        raise ConfigError((f"merge is {chosen!r}: choose {' or '.join(known)}",))
    return Merge(str(chosen))


def status_of(states: Mapping[str, AccountState], prices: Mapping[str, Decimal], now: int) -> ServiceStatus:
    """The status that machines show, running or recalled from the store."""
    return ServiceStatus(
        at=now,
        running=False,
        accounts=views.accounts(states, prices),
        markets=tuple(MarketStatus(symbol, last, now) for symbol, last in prices.items()),
        trades=views.trades(states, prices),
        positions=views.positions(states, prices),
        orders=views.orders(states),
        monitors=views.monitors(states),
    )
