"""The front desk: what every front end may ask of and do with the service, in plain JSON-able words.

Acts preview first: with `dry_run` they say what they would do and do nothing. Numbers are text.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

import structlog

from core.account.inputs import Operate
from core.account.state import AccountState
from core.engine import views
from core.engine.control import GOOD, USAGE, WRONG, Answer, Handler
from core.engine.last_prices import LastPrices
from core.engine.service import Preview, Service
from core.errors import ConfigError
from core.facts import ActKind
from core.money import decimal
from core.plan import Refusal
from core.preview import preview_json
from core.reporting import report_json
from core.request import Request
from core.view import MarketStatus, ServiceStatus, as_json

log = structlog.get_logger("tandem.desk")

ReadRequest = Callable[[str, str, int], Request]


class Desk:
    """Answers for one service. *read_request* makes a request of YAML text, an id and a time."""

    def __init__(self, service: Service, read_request: ReadRequest, *, profile: str, version: str) -> None:
        """*profile* and *version* are shown in the status."""
        self._service = service
        self._read = read_request
        self._profile = profile
        self._version = version
        self._last = LastPrices(service.exchanges, service.clock)

    def handlers(self) -> Mapping[str, Handler]:
        """Every command by its name."""
        return {
            "status": self.status,
            "preview": self.preview,
            "open": self.open,
            "act": self.act,
            "pause": self.pause,
            "alerts": self.alerts,
            "closed": self.closed,
        }

    async def status(self, arguments: Mapping[str, object]) -> Answer:
        """Everything that is, at once."""
        return {"exit": GOOD, "data": as_json(await self.view())}

    async def view(self) -> ServiceStatus:
        """Everything that is, as a view."""
        service = self._service
        prices = await self._prices()
        now = service.clock.now()
        latest = await service.store.alerts(10)
        return replace(
            status_of(service.states, prices, now),
            running=True,
            version=self._version,
            profile=self._profile,
            started_at=service.started_at,
            alerts=tuple(views.alert_status(alert) for alert in latest),
        )

    async def _prices(self) -> dict[str, Decimal]:
        # Gathered before the first wait: trades open and close meanwhile.
        holders: dict[str, str] = {}
        for name, state in self._service.states.items():
            for box in state.boxes.values():
                holders.setdefault(box.trade.plan.symbol, name)
        return await self._last.of(holders)

    def _request(self, arguments: Mapping[str, object]) -> Request:
        now = self._service.clock.now()
        identity = str(arguments.get("id") or f"cli-{now}")
        return self._read(str(arguments["request"]), identity, now)

    def _leader(self, arguments: Mapping[str, object]) -> str:
        named = arguments.get("account")
        leaders = [name for name, state in self._service.states.items() if state.following is None]
        if named is None:
            return leaders[0]
        if named not in self._service.states:
            raise ConfigError((f"there is no account {named!r}; there are {', '.join(self._service.states)}",))
        return self._service.leader_of(str(named))

    async def preview(self, arguments: Mapping[str, object]) -> Answer:
        """What each account would do for a request."""
        request = self._request(arguments)
        found = await self._service.preview(request, self._leader(arguments))
        refused = isinstance(found[0].plan, Refusal)
        return {"exit": USAGE if refused else GOOD, "data": [preview_data(each) for each in found]}

    async def open(self, arguments: Mapping[str, object]) -> Answer:
        """Open a request on the leader and its mirrors."""
        request = self._request(arguments)
        replies = await self._service.open(request, self._leader(arguments))
        rows = [
            {
                "account": reply.account,
                "trade": reply.plan.trade if reply.plan is not None else None,
                "refused": list(reply.refusal.reasons) if reply.refusal is not None else [],
            }
            for reply in replies
        ]
        return {"exit": GOOD if replies[0].plan is not None else USAGE, "data": rows}

    async def act(self, arguments: Mapping[str, object]) -> Answer:
        """An operator's act on a trade, on every account that holds it (or the one named)."""
        kind = ActKind(str(arguments["kind"]))
        named = arguments.get("account")
        targets = self._targets(str(arguments["trade"]), None if named is None else str(named))
        if arguments.get("dry_run"):
            return {"exit": GOOD, "data": [self._would(kind, name, trade, arguments) for name, trade in targets]}
        rows: list[dict[str, object]] = []
        for name, trade in targets:
            reply = await self._service.operate(name, _operate(kind, trade, arguments))
            reasons = list(reply.refusal.reasons) if reply.refusal is not None else []
            rows.append({"account": name, "trade": trade, "refused": reasons})
        return {"exit": WRONG if any(row["refused"] for row in rows) else GOOD, "data": rows}

    def _targets(self, wanted: str, account: str | None) -> list[tuple[str, str]]:
        """(account, trade) pairs that *wanted*, a trade id or a symbol, names.

        Mirrors come first: what a leader's act causes on them would otherwise meet the act itself.
        """
        followers_first = sorted(self._service.states.items(), key=lambda pair: pair[1].following is None)
        found = [
            (name, box.id)
            for name, state in followers_first
            for box in state.boxes.values()
            if account in (None, name) and wanted.upper() in (box.id, box.trade.plan.symbol)
        ]
        if not found:
            live = sorted({box.id for state in self._service.states.values() for box in state.boxes.values()})
            where = f" on {account}" if account is not None else ""
            raise ConfigError((f"no live trade {wanted!r}{where}; live are {', '.join(live) or 'none'}",))
        return found

    def _would(self, kind: ActKind, name: str, trade: str, arguments: Mapping[str, object]) -> dict[str, object]:
        box = self._service.states[name].boxes[trade]
        live = [line.key for line in box.trade.lines.values() if line.live]
        return {
            "account": name,
            "trade": trade,
            "would": kind.value,
            "price": arguments.get("price"),
            "quantity": arguments.get("quantity"),
            "position": str(box.trade.ledger.position),
            "orders": live,
        }

    async def pause(self, arguments: Mapping[str, object]) -> Answer:
        """Take no new entries on one account or all, or again."""
        named = arguments.get("account")
        accounts = list(self._service.states) if named is None else [str(named)]
        paused = bool(arguments["paused"])
        for name in accounts:
            if name not in self._service.states:
                raise ConfigError((f"there is no account {name!r}; there are {', '.join(self._service.states)}",))
            self._service.pause(name, str(arguments.get("by", "cli")), paused=paused)
        return {"exit": GOOD, "data": [{"account": name, "paused": paused} for name in accounts]}

    async def alerts(self, arguments: Mapping[str, object]) -> Answer:
        """The latest alerts, newest first."""
        latest = await self._service.store.alerts(int(str(arguments.get("limit", 50))))
        return {"exit": GOOD, "data": [as_json(views.alert_status(alert)) for alert in latest]}

    async def closed(self, arguments: Mapping[str, object]) -> Answer:
        """Ended trades, newest first."""
        ended = await self._service.store.closed(None, int(str(arguments.get("limit", 50))))
        rows = [{"account": report.account, **report_json(report)} for report in ended]
        return {"exit": GOOD, "data": rows}


def _operate(kind: ActKind, trade: str, arguments: Mapping[str, object]) -> Operate:
    price, quantity = arguments.get("price"), arguments.get("quantity")
    try:
        return Operate(
            trade,
            kind,
            str(arguments.get("by", "cli")),
            role=str(arguments.get("role", "")),
            price=None if price is None else decimal(str(price)),
            quantity=None if quantity is None else decimal(str(quantity)),
            reason=str(arguments.get("reason", "manual")),
        )
    except ValueError as error:
        raise ConfigError((str(error),)) from None


def preview_data(each: Preview) -> dict[str, object]:
    """One account's part of a preview."""
    plan = each.plan
    if isinstance(plan, Refusal):
        return {"account": each.account, "refused": list(plan.reasons), "ask": list(plan.ask)}
    return {"account": each.account, "refused": [], "plan": preview_json(plan, each.terms)}


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
