"""What one chat remembers, over restarts: a screen's own things, and the shell's (names with an underscore)."""

import json
from dataclasses import dataclass, field

import structlog

from plugins.frontends.telegram.turn import Memory
from ports.errors import TandemError
from ports.frontend import Application

log = structlog.get_logger("tandem.telegram")


@dataclass(slots=True)
class ChatMemory:
    """One chat's memory; *kept* is the text of it that the store has."""

    chat: int
    values: Memory = field(default_factory=dict)
    kept: str = ""

    @property
    def name(self) -> str:
        """What the store knows it by."""
        return f"telegram:chat:{self.chat}"

    async def load(self, application: Application) -> None:
        """Read it; what can't be read is begun anew."""
        text = await application.recall(self.name)
        if text is None:
            return
        try:
            found = json.loads(text)
        except ValueError:
            found = None
        if isinstance(found, dict):
            self.values, self.kept = found, text
        else:
            log.warning("chat memory begun anew", chat=self.chat)

    async def keep(self, application: Application) -> None:
        """Write it when it changed. A store that refuses stops nobody: the memory of this process goes on."""
        text = json.dumps(self.values, separators=(",", ":"), sort_keys=True)
        if text == self.kept:
            return
        try:
            await application.remember(self.name, text)
        except TandemError as error:
            log.warning("chat memory not kept", chat=self.chat, reason=str(error))
        else:
            self.kept = text
