"""What people want to be told (D3): asked for, chosen, kept in the store, and applied to the outbox."""

import json
from collections.abc import Mapping

import structlog

from core.engine.control import GOOD, USAGE, Answer, Handler
from core.engine.outbox import Outbox
from core.preferences import ABOUT, ALWAYS_CRITICAL, KINDS, Preferences, Setting, problems
from ports.persistence import Store

log = structlog.get_logger("tandem.preferences")
NAME = "preferences"


class Preferring:
    """Answers for one outbox. What was chosen outlives restarts; the configuration has the defaults (J2)."""

    def __init__(self, store: Store, outbox: Outbox, defaults: Mapping[str, Setting]) -> None:
        """Nothing is read here."""
        self._store = store
        self._outbox = outbox
        outbox.preferences = Preferences(defaults=defaults)

    async def recall(self) -> None:
        """What was chosen before; a kind or setting that this version does not know is left out."""
        kept = await self._store.recall(NAME)
        found = _read(kept) if kept is not None else {}
        self._outbox.preferences = Preferences(found, self._outbox.preferences.defaults)

    def handlers(self) -> Mapping[str, Handler]:
        """Every command by its name."""
        return {"preferences": self.preferences, "prefer": self.prefer}

    async def preferences(self, arguments: Mapping[str, object]) -> Answer:
        """Every kind of alert with a sentence, its setting, and whether it can be switched off."""
        now = self._outbox.preferences
        return {
            "exit": GOOD,
            "data": [
                {
                    "kind": kind,
                    "about": ABOUT.get(kind, kind.replace("_", " ")),
                    "setting": now.of(kind).value,
                    "critical": kind in ALWAYS_CRITICAL,
                }
                for kind in KINDS
            ],
        }

    async def prefer(self, arguments: Mapping[str, object]) -> Answer:
        """Choose the *setting* of a *kind*; it holds at once, for alerts that wait too."""
        kind, wanted = str(arguments.get("kind")), str(arguments.get("setting"))
        if wanted not in list(Setting):
            return {"exit": USAGE, "error": [f"a setting is one of {', '.join(Setting)}, not {wanted!r}"]}
        wrong = problems({kind: Setting(wanted)})
        if wrong:
            return {"exit": USAGE, "error": list(wrong)}
        chosen = self._outbox.preferences.prefer(kind, Setting(wanted))
        await self._store.remember(NAME, json.dumps(chosen.chosen))
        self._outbox.preferences = chosen
        log.info("preference", kind=kind, setting=wanted, by=arguments.get("by"))
        return {"exit": GOOD, "data": {"kind": kind, "setting": wanted}}


def _read(kept: str) -> dict[str, Setting]:
    known = list(Setting)
    return {kind: Setting(each) for kind, each in json.loads(kept).items() if kind in KINDS and each in known}
