"""The application service (`ports.frontend.Application`): the one door through which every front end asks and acts.

A command goes to the same handler that the control socket uses. Here it is decided who may, what is kept of it, and
that a person's mistake is an answer and never an error of the program.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial

import structlog

from core.engine.control import GOOD, USAGE, WRONG, Answer, Handler, answered
from core.engine.service import Tell
from ports.clock import Clock
from ports.frontend import Principal, Role
from ports.persistence import Audited, Store

log = structlog.get_logger("tandem.application")

READS = frozenset(
    {
        *("status", "terms", "choices", "preview", "alerts", "closed", "verify", "mirror_diff", "probe", "health"),
        *("stats", "stats_export", "chart", "equity", "user_alerts", "preferences", "report", "audited", "settings"),
    }
)
"""What a viewer may ask; every other command is an act, unless it only says what it would do."""
DRY = frozenset({"act", "pause", "emergency", "mode", "adopt", "release", "clean_up", "stats_reset", "import_env"})
"""Acts that know a dry run."""
KEPT_WITHIN = 2
"""Seconds that an answer waits for the audit trail: it is about what was done already."""
KEPT = 2_000
"""Characters of an act's arguments that are kept."""
BROKEN_OFF = "it broke off in the middle: what came of it is not known"


class FrontDoor:
    """One service's application service."""

    def __init__(
        self, handlers: Mapping[str, Handler], store: Store, clock: Clock, tell: Tell, zone: str = "UTC"
    ) -> None:
        """*tell* takes what a front end says of itself; *zone* is where people read times."""
        self.clock = clock
        self.zone = zone
        self.kept_within: float = KEPT_WITHIN
        self._tell = tell
        self._handlers = {**handlers, "audited": self._audited}
        self._store = store

    def handlers(self, who: Principal) -> Mapping[str, Handler]:
        """Every command as *who* gives it: for a front end that only passes on, such as the control socket."""
        return {name: partial(self.do, who, name) for name in self._handlers}

    async def do(self, who: Principal, command: str, arguments: Mapping[str, object]) -> Answer:
        """See Application.do."""
        handler = self._handlers.get(command)
        if handler is None:
            return {
                "exit": USAGE,
                "error": [f"this Tandem does not know {command!r}; is the front end of its version?"],
            }
        if acts(command, arguments) and who.role is not Role.TRADER:
            log.warning("refused", by=who.by, command=command)
            return {"exit": USAGE, "error": ["you may look, not act: your role here is viewer"]}
        asked = {**arguments, "by": who.by, "principal": who.by, "origin": who.front, "chat": who.chat}
        if not acts(command, arguments):
            return await answered(handler, asked)
        return await self._acted(who, command, asked, handler)

    async def _acted(self, who: Principal, command: str, asked: Mapping[str, object], handler: Handler) -> Answer:
        """Act, and keep who did what. That it can't be kept now stops nobody from closing a trade."""
        log.info("act", by=who.by, command=command)
        try:
            answer = await answered(handler, asked)
        except BaseException:  # cut off by a stop, or a bug: some of it may have been done
            await self._keep(who, command, asked, WRONG, BROKEN_OFF)
            raise
        told = answer.get("error", ())
        detail = "; ".join(str(each) for each in told) if isinstance(told, list) else ""
        await self._keep(who, command, asked, int(str(answer["exit"])), detail)
        return answer

    async def _keep(self, who: Principal, command: str, asked: Mapping[str, object], code: int, detail: str) -> None:
        entry = Audited(
            at=self.clock.now(),
            by=who.by,
            command=command,
            arguments=_kept(asked),
            exit=code,
            detail=detail[:KEPT],
        )
        try:
            async with asyncio.timeout(self.kept_within):
                await self._store.audit(entry)
        except Exception as error:  # noqa: BLE001 - a store is somebody's plugin, and the act is done
            reason = str(error) or f"not within {self.kept_within} s"
            log.warning("act not kept in the audit trail", by=who.by, command=command, reason=reason)

    async def _audited(self, arguments: Mapping[str, object]) -> Answer:
        """The latest acts, newest first."""
        return {"exit": GOOD, "data": await acts_of(self._store, arguments)}

    async def tell(self, what: str, detail: str) -> None:
        """See Application.tell."""
        await self._tell(what, detail)

    async def recall(self, name: str) -> str | None:
        """See Application.recall."""
        return await self._store.recall(f"frontend:{name}")

    async def remember(self, name: str, value: str) -> None:
        """See Application.remember."""
        await self._store.remember(f"frontend:{name}", value)


def acts(command: str, arguments: Mapping[str, object]) -> bool:
    """Whether a command changes anything.

    >>> acts("status", {}), acts("act", {}), acts("act", {"dry_run": True}), acts("open", {"dry_run": True})
    (False, True, False, True)
    """
    return command not in READS and not (command in DRY and arguments.get("dry_run"))


def _kept(asked: Mapping[str, object]) -> str:
    """The arguments as they were asked; who and where stand beside them already."""
    shown = {key: value for key, value in asked.items() if key not in ("by", "principal", "chat")}
    return json.dumps(shown, default=str)[:KEPT]


async def acts_of(store: Store, arguments: Mapping[str, object]) -> list[dict[str, object]]:
    """The latest acts in a store, newest first: when, who, what with which arguments (JSON text), what came of it."""
    return [asdict(each) for each in await store.audited(int(str(arguments.get("limit") or 20)))]
