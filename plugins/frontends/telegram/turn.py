"""One turn of a conversation: who said or pressed what, what this chat remembers, and the way to the application."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from plugins.frontends.telegram.screen import Screen
from ports.frontend import Answer, Application, Principal

Memory = dict[str, Any]
"""What a chat remembers between turns and over restarts: JSON-able values only, kept by the shell after every turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """*arguments* are the button's or the waiting question's; *text* is what was typed (after a command's name).

    *now* is milliseconds; *identity* is unique to this update, the same when Telegram delivers it twice: make the
    request ids of trades from it.
    """

    who: Principal
    application: Application
    now: int
    identity: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    memory: Memory = field(default_factory=dict)

    @property
    def zone(self) -> str:
        """By which clock people read times."""
        return self.application.zone

    async def ask(self, command: str, **arguments: object) -> Answer:
        """The application's answer to a command."""
        return await self.application.do(self.who, command, arguments)

    async def data(self, command: str, **arguments: object) -> Any:
        """The data of an answer. Raises Refused with its sentences when there is none."""
        answer = await self.ask(command, **arguments)
        if "error" in answer:
            raise Refused(tuple(cast("list[str]", answer["error"])))
        return answer["data"]


class Refused(Exception):
    """The application said no; *reasons* are sentences for the person. The shell shows them with a way back."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        """Keep the sentences."""
        self.reasons = reasons
        super().__init__("; ".join(reasons))


Handler = Callable[[Turn], Awaitable[Screen]]
