"""Watches what people asked to be told of (D1): every 30 s, never in the way of a trade; durable over restarts."""

import asyncio
import hashlib
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

import structlog

from core.alerts import Alert, UserAlert
from core.engine import views
from core.engine.balances import fresh
from core.engine.control import GOOD, Answer, Handler
from core.engine.last_prices import LastPrices, holders
from core.engine.rules import Rules, keep, recall, rule_json
from core.engine.service import Service
from core.errors import ConfigError, Unavailable
from core.money import decimal
from core.user_alert_rules import KINDS, LONGEST_NOTE, MOST, problems
from core.user_alerts import PRICES, Hit, Rule, Sight, Watched, awake, look
from core.words import Environment
from ports.persistence import Batch

log = structlog.get_logger("tandem.alerting")

EVERY = 30_000
HOUR = 3_600_000
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Of which ids are made: nothing that can be misread."""

Arguments = Mapping[str, object]


class UserAlerts:
    """The rules of one service."""

    def __init__(self, service: Service) -> None:
        """Nothing is read here."""
        self._service = service
        self._last = LastPrices(service.exchanges, service.clock)
        self._alone = asyncio.Lock()
        self._kept: Rules | None = None
        self._seen: dict[str, deque[tuple[int, Decimal]]] = {}

    def handlers(self) -> Mapping[str, Handler]:
        """Every command by its name."""
        return {
            "user_alerts": self.list,
            "user_alert_add": self.add,
            "user_alert_change": self.change,
            "user_alert_remove": self.remove,
        }

    async def list(self, arguments: Arguments) -> Answer:
        """Every rule, and every kind that there is."""
        kinds = [
            {"kind": watched.value, "group": kind.group, "about": kind.about, "unit": kind.unit,
             "needs_symbol": watched in PRICES}
            for watched, kind in KINDS.items()
        ]  # fmt: skip
        rules = (await self._rules()).rules
        return {"exit": GOOD, "data": {"rules": [rule_json(each) for each in rules], "kinds": kinds}}

    async def add(self, arguments: Arguments) -> Answer:
        """A new rule; every reason against it at once."""
        async with self._alone:
            known = await self._rules()
            rule = await self._made(arguments, known.rules)
            await self._keep(replace(known, rules=(*known.rules, rule)))
        return {"exit": GOOD, "data": rule_json(rule)}

    async def change(self, arguments: Arguments) -> Answer:
        """Switch a rule on or off, give it another value, let it repeat or not. Switched on it is awake at once."""
        async with self._alone:
            known = await self._rules()
            rule = _named(known.rules, arguments)
            value = _value(arguments["value"]) if "value" in arguments else rule.value
            self._refuse(rule.watched, value, rule.symbol, rule.account)
            changed = replace(
                rule,
                value=value,
                enabled=bool(arguments.get("enabled", rule.enabled)),
                repeat=bool(arguments.get("repeat", rule.repeat)),
                above=rule.above if value == rule.value else None,
                fired_at=None,
            )
            await self._keep(replace(known, rules=tuple(changed if each is rule else each for each in known.rules)))
        return {"exit": GOOD, "data": rule_json(changed)}

    async def remove(self, arguments: Arguments) -> Answer:
        """Forget a rule."""
        async with self._alone:
            known = await self._rules()
            rule = _named(known.rules, arguments)
            await self._keep(replace(known, rules=tuple(each for each in known.rules if each is not rule)))
        return {"exit": GOOD, "data": rule_json(rule)}

    async def _made(self, arguments: Arguments, known: tuple[Rule, ...]) -> Rule:
        owner, now = str(arguments.get("by", "cli")), self._service.clock.now()
        watched = _watched(arguments.get("kind"))
        symbol = str(arguments.get("symbol") or "").strip().upper()
        account = str(arguments.get("account") or "")
        value, note = _value(arguments.get("value")), str(arguments.get("note") or "").strip()
        if sum(1 for each in known if each.owner == owner) >= MOST:
            raise ConfigError((f"you have {MOST} alerts already: remove one first",))
        if len(note) > LONGEST_NOTE:
            raise ConfigError((f"a note has at most {LONGEST_NOTE} letters, not {len(note)}",))
        self._refuse(watched, value, symbol, account)
        if symbol:
            await self._service.connections.terms(account or self._leader(), symbol)  # an unknown one is refused
        return Rule(
            id=_id(f"{self._service.salt}:{owner}:{now}:{len(known)}", {each.id for each in known}),
            watched=watched,
            value=value,
            symbol=symbol,
            account=account,
            owner=owner,
            chat=str(arguments.get("chat") or ""),
            note=note,
            repeat=bool(arguments.get("repeat", True)),
            made_at=now,
        )

    def _refuse(self, watched: Watched, value: Decimal, symbol: str, account: str) -> None:
        against = tuple(problems(watched, value, symbol, account, tuple(self._service.states)))
        if against:
            raise ConfigError(against)

    def _leader(self) -> str:
        """A leader whose venue can be asked, the first one otherwise."""
        leaders = [name for name, state in self._service.states.items() if state.following is None]
        return next((name for name in leaders if name not in self._service.connections.down), leaders[0])

    async def _rules(self) -> Rules:
        if self._kept is None:
            self._kept = await recall(self._service.store)
        return self._kept

    async def _keep(self, rules: Rules) -> None:
        if rules != self._kept:
            await keep(self._service.store, rules)
            self._kept = rules

    async def run(self) -> None:
        """Look until cancelled; a store that refuses is asked again at the next look."""
        while True:
            with suppress(Unavailable):
                await self.look()
            await self._service.clock.sleep(EVERY)

    async def look(self) -> None:
        """Look once, and tell what fired. Where nothing is asked for, nothing is asked of any venue."""
        async with self._alone:
            known = await self._rules()
            now = self._service.clock.now()
            enabled = tuple(each for each in known.rules if each.enabled)
            if not enabled:
                self._seen.clear()
                await self._keep(replace(known, peaks={}))
                return
            sight = await self._sight(enabled, known.peaks, now)
            fired, rules = look(known.rules, sight, now)
            alerts = tuple(self._alert(rule, hit, now) for rule, hit in fired)
            if alerts and not await self._service.writer.durable(Batch(alerts=alerts)):
                log.warning("alerts wait for the store", rules=len(alerts))
            await self._keep(Rules(rules, sight.peaks))

    async def _sight(self, rules: tuple[Rule, ...], peaks: Mapping[str, Decimal], now: int) -> Sight:
        states, leader, down = self._service.states, self._leader(), self._service.connections.down
        wanted = {each.symbol: leader for each in rules if each.watched in PRICES and leader not in down}
        prices = await self._last.of({**wanted, **holders(states, down)})
        self._remember({name: last for name, last in prices.items() if name in wanted}, now)
        accounts = views.accounts(states, prices)
        falls = [each for each in rules if each.watched is Watched.DRAWDOWN]
        if any(awake(each, now) for each in falls):
            accounts = tuple(await asyncio.gather(*(fresh(each, self._service) for each in accounts)))
            tops = {each.account: each.equity for each in accounts if each.equity is not None}
            peaks = {**peaks, **{name: max(top, peaks.get(name, top)) for name, top in tops.items()}}
        return Sight(
            trades=views.trades(states, prices),
            accounts=accounts,
            prices=prices,
            ranges={
                name: (min(each for _, each in seen), max(each for _, each in seen))
                for name, seen in self._seen.items()
                if seen
            },
            peaks=peaks if falls else {},
        )

    def _remember(self, prices: Mapping[str, Decimal], now: int) -> None:
        """Keep an hour of each watched price."""
        self._seen = {name: self._seen.get(name, deque()) for name in prices}
        for name, last in prices.items():
            seen = self._seen[name]
            seen.append((now, last))
            while seen[0][0] < now - HOUR:
                seen.popleft()

    def _alert(self, rule: Rule, hit: Hit, now: int) -> Alert:
        state = self._service.states.get(hit.account or self._leader())
        body = UserAlert(rule.id, rule.watched, rule.value, hit.figure, hit.last, rule.repeat, rule.note)
        return Alert(
            body=body,
            account=hit.account,
            environment=state.environment if state is not None else Environment.PAPER,
            at=now,
            cause=f"{rule.id}:{rule.made_at}:{rule.fired}",
            symbol=hit.symbol,
            side=hit.side,
            trade=hit.trade,
            chat=rule.chat,
        )


def _watched(kind: object) -> Watched:
    try:
        return Watched(str(kind))
    except ValueError:
        raise ConfigError((f"there is no alert on {str(kind)[:40]!r}; there are {', '.join(Watched)}",)) from None


def _value(written: object) -> Decimal:
    try:
        return decimal(str(written).strip().removesuffix("%").rstrip())
    except ValueError:
        raise ConfigError((f"{str(written)[:40]!r} is not a number to watch for",)) from None


def _named(rules: tuple[Rule, ...], arguments: Arguments) -> Rule:
    wanted = str(arguments.get("id", "")).upper()
    for rule in rules:
        if rule.id == wanted:
            return rule
    raise ConfigError((f"there is no alert {wanted[:40]!r} of anybody's; see the list",))


def _id(seed: str, taken: set[str]) -> str:
    """Eight letters that no rule has yet."""
    while True:
        seed = hashlib.sha256(seed.encode()).hexdigest()
        found = "".join(_LETTERS[int(seed[at : at + 4], 16) % len(_LETTERS)] for at in range(0, 32, 4))
        if found not in taken:
            return found
