"""SIGHUP (J2): the configuration read again while the service runs; what may change does, the rest is named.

Applied: who is served, the log, alerts' chat, notifiers by the names they had, strategies for new trades, protections,
on_stop. Live trades keep the rules in their plans; all else of front ends waits for a restart. A file with a problem
changes nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from config.container import build_strategies
from config.differing import ROOTED, fronts, plain_all, rooted, same, same_names, users_of
from config.lasting import STARTS_WITHIN, unstarted
from config.load import load
from config.models import Chosen, LogSettings, Settings
from config.registry import Registry
from core.engine.control import GOOD, USAGE, WRONG, Answer, Handler
from core.engine.guarded import guarded
from core.engine.looking_up import looked_up
from core.engine.outbox import Outbox
from core.engine.service import Service
from core.engine.stranded import MEND as HAND_ON
from core.engine.stranded import sentences
from core.errors import ConfigError, TandemError, Unavailable
from core.strategy import Strategy
from ports.frontend import Frontend, Listing, Role
from ports.notifier import Moving, Notifier

Relog = Callable[[LogSettings], None]
AtEnd = Callable[[Callable[[], Awaitable[None]]], object]

STORED_WITHIN = 2
"""Seconds that a reload waits for what only the store knows."""
LOOK = "`tandem doctor` tells after the restart"


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What came of it, a place of the configuration each: what holds now, and what needs a restart."""

    applied: tuple[str, ...]
    needs_restart: tuple[str, ...]


class Reloading:
    """Reads the configuration of one running service again. *settings* are those in force."""

    def __init__(
        self,
        settings: Settings,
        registry: Registry,
        service: Service,
        outbox: Outbox,
        notifiers: dict[str, Notifier],
        frontends: Mapping[str, Frontend],
        relog: Relog,
        at_end: AtEnd,
    ) -> None:
        """Nothing is read here. *at_end* is told what to close when the service stops."""
        self.settings = settings
        self._begun = settings
        self._registry = registry
        self._service = service
        self._outbox = outbox
        self._notifiers = notifiers
        self._listing = {name: each for name, each in frontends.items() if isinstance(each, Listing)}
        self._relog = relog
        self._at_end = at_end
        self._turn = asyncio.Lock()
        self.starts_within: float = STARTS_WITHIN
        self.stored_within: float = STORED_WITHIN

    def handlers(self) -> Mapping[str, Handler]:
        """Every command by its name."""
        return {"reload": self.answer}

    async def answer(self, arguments: Mapping[str, object]) -> Answer:
        """As `reload`, for the control socket."""
        try:
            done = await self.reload()
        except ConfigError as error:
            return {"exit": USAGE, "error": list(error.problems)}
        except TandemError as error:
            return {"exit": WRONG, "error": [f"at most who is served has changed: {error}"]}
        return {"exit": GOOD, "data": {"applied": list(done.applied), "needs_restart": list(done.needs_restart)}}

    async def reload(self) -> Reloaded:
        """Read the file and apply what may change; raises ConfigError, having changed nothing, when it is wrong.

        One after the other: what was read last holds last. Whatever else fails, all but the people is as it was.
        """
        async with self._turn:
            old, new = self.settings, load(Path(self.settings.path), self._registry, sample=True)
            waits = [*rooted(old, new), *fronts(self._begun, new, self._listing), *self._missing(new)]
            applied = [each async for each in self._people(new)]  # first: no failure lets anybody in for longer
            strategies = self._built(old, new)
            fresh = [(name, await self._fresh(name, chosen)) for name, chosen in same_names(old, new)]
            applied += [*self._top(old, new), *self._strategies(strategies)]
            for name, notifier in fresh:
                self._renew(name, notifier)
                applied.append(f"notifiers.{name}")
            self.settings = self._in_force(old, new)
            waits += await self._left_behind(old, new)
            return Reloaded(tuple(applied), tuple(waits))

    def _in_force(self, old: Settings, new: Settings) -> Settings:
        """What holds now: the old where a restart is needed, so that nobody is shown what isn't so (J2)."""
        renewed = dict(same_names(old, new))
        return replace(
            new,
            accounts=old.accounts,
            strategies=old.strategies if any(self._missing(new)) else new.strategies,
            notifiers=tuple(renewed.get(each.name, each) for each in old.notifiers),
            frontends=self.settings.frontends,
            store=old.store,
            painter=old.painter,
            sections=old.sections,
            top=new.top.model_copy(update={key: getattr(old.top, key) for key in ROOTED}),
        )

    async def _people(self, new: Settings) -> AsyncIterator[str]:
        """The new lists of people, where a front end that is still there takes one while it serves (E1)."""
        for place, chosen in enumerate(self.settings.frontends):
            users = next((users_of(each) for each in new.frontends if same(each, chosen)), None)
            listing = self._listing.get(chosen.name)
            if listing is None or users is None or users == users_of(chosen):
                continue
            try:
                await listing.serve_only({str(user): Role(str(role)) for user, role in users.items()})
            finally:
                self._outbox.reroute()  # whoever left is out even where somebody new can't be served yet
            served = list(self.settings.frontends)
            served[place] = replace(chosen, settings=chosen.settings.model_copy(update={"users": users}))
            self.settings = replace(self.settings, frontends=tuple(served))
            yield f"frontends.{chosen.name}.users"

    def _top(self, old: Settings, new: Settings) -> Iterator[str]:
        before, after = old.top, new.top
        if before.log != after.log:
            self._relog(after.log)
            yield "log"
        if before.alerts != after.alerts:
            self._outbox.change_fallback(after.alerts.default_chat)
            self._outbox.preferences = replace(self._outbox.preferences, defaults=after.alerts.preferences)
            yield "alerts"
        if before.limits != after.limits:
            for state in self._service.states.values():
                state.limits = after.limits.limits()
                state.timings = replace(state.timings, audit=after.limits.audit)
            yield "limits"
        if before.on_stop != after.on_stop:
            yield "on_stop"

    def _built(self, old: Settings, new: Settings) -> Mapping[str, Strategy] | None:
        """New strategies for new trades; none while one is missing that a live trade was planned by."""
        if any(self._missing(new)) or plain_all(old.strategies) == plain_all(new.strategies):
            return None
        return build_strategies(new, self._registry)

    def _strategies(self, built: Mapping[str, Strategy] | None) -> Iterator[str]:
        if built is None:
            return
        for state in self._service.states.values():
            state.strategies = dict(built)
            state.strategies = guarded(state, self._service.bounded)
        yield "strategies"

    def _missing(self, new: Settings) -> Iterator[str]:
        """A live trade's strategy must stay: after a restart nobody else could read its plan."""
        for state in self._service.states.values():
            for box in state.boxes.values():
                name = box.trade.plan.request.strategy
                if name not in new.strategies:
                    yield f"strategies: {name} is gone, and {box.id} on {state.account} lives by it"

    async def _left_behind(self, old: Settings, new: Settings) -> tuple[str, ...]:
        """What a notifier that is taken out or renamed has not delivered yet: after the restart nobody does."""
        kept = {each.name for each in new.notifiers}
        gone = [each.name for each in old.notifiers if each.name not in kept]
        if not gone:
            return ()
        try:
            waiting = await looked_up(self._service.store.stranded(sorted(kept)), self.stored_within)
        except Unavailable as error:
            return (f"notifiers: {', '.join(gone)}: whether alerts wait there isn't known ({error}); {LOOK}",)
        found = sentences((name, count) for name, count in waiting if name in gone)
        return tuple(f"notifiers: from then on {each}. Mend: {HAND_ON}" for each in found)

    async def _fresh(self, name: str, chosen: Chosen) -> Notifier:
        """A notifier with new settings, at work. It is somebody's plugin: raises Unavailable whatever it meets."""
        adapter = self._registry.find("notifiers", chosen.use)
        if adapter is None:
            raise LookupError(chosen.use)
        fresh: Notifier = adapter.build(chosen.settings, name=name)
        self._at_end(fresh.close)
        why = await unstarted(name, fresh.start(), self.starts_within)
        if why:
            raise Unavailable(f"{why}; the one before goes on")
        return fresh

    def _renew(self, name: str, fresh: Notifier) -> None:
        """Put it in place of the old one, which may still be delivering: that closes last."""
        before: object = self._notifiers[name]
        if isinstance(before, Moving) and isinstance(fresh, Moving):
            for chat, to in before.moved.items():  # else nobody is served in a moved group until it is told again
                fresh.follow(chat, to)
        self._notifiers[name] = fresh


def told(answer: Answer) -> list[str]:
    """What came of it, for a person."""
    if "error" in answer:
        changed = "nothing has changed" if answer["exit"] == USAGE else "see what follows"
        return [f"the configuration was not taken over, {changed}:", *cast("list[str]", answer["error"])]
    data = cast("dict[str, list[str]]", answer["data"])
    lines = [f"holds now: {', '.join(data['applied'])}"] if data["applied"] else []
    lines += [f"needs a restart: {each}" for each in data["needs_restart"]]
    return lines or ["the configuration says what it said before"]
