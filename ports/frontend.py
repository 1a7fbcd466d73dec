"""The Frontend port: what people hold in their hands, and the one application that every front end speaks to."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from ports.clock import Clock

Answer = dict[str, object]
"""`exit` (0 good, 1 something wrong, 2 asked wrongly) with `data`, or with `error`: a list of sentences for a person.

An answer that only says what would be done may carry `revision`: an act given it back is refused when that is no
longer what would be done.
"""


class Role(StrEnum):
    """What somebody may do: a viewer reads, a trader acts too (E1)."""

    VIEWER = "viewer"
    TRADER = "trader"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who asks. *front* is the front end's kind (telegram, cli), *user* its id there, *chat* where answers go."""

    front: str
    user: str
    role: Role
    name: str = ""
    chat: str = ""

    @property
    def by(self) -> str:
        """As written into journals and alerts: who acted, from where.

        >>> Principal(front="telegram", user="7", role=Role.TRADER, name="Alice").by
        'Alice (telegram 7)'
        """
        where = f"{self.front} {self.user}".strip()
        return f"{self.name} ({where})" if self.name else where


class Application(Protocol):
    """The application service: everything that may be asked of Tandem and done with it, in JSON-able words."""

    clock: Clock
    zone: str
    """By which clock people read times (`timezone`)."""

    async def do(self, who: Principal, command: str, arguments: Mapping[str, object]) -> Answer:
        """Carry one command out for *who*, or say why not; every act is authorised and kept in the audit trail.

        Raises nothing that a person could have caused: refusals, time-outs and unreachable venues are answers.
        """
        ...

    async def recall(self, name: str) -> str | None:
        """A front end's own durable text (a draft, a button, a high-water mark); None when unset."""
        ...

    async def remember(self, name: str, value: str) -> None:
        """Keep such a text durably. Raises Unavailable while the store refuses."""
        ...

    async def tell(self, what: str, detail: str) -> None:
        """Tell people elsewhere that this front end is not as it should be (*detail* "" = it is well again)."""
        ...


class Frontend(Protocol):
    """A front end. Constructors do no I/O."""

    name: str

    async def start(self, application: Application) -> None:
        """Open what it needs; raises Stopped with what would mend it. An unreachable network is no reason to raise."""
        ...

    async def run(self) -> None:
        """Serve people until cancelled. It ends early only when it may not go on (a second poller); trading does."""
        ...

    async def finish(self) -> None:
        """Take nothing new and return once what is under way has ended: the service is about to stop.

        It is given some seconds; what has not ended by then is cut off by `close`.
        """
        ...

    async def close(self) -> None:
        """Release what it opened; safe to call twice."""
        ...


@runtime_checkable
class Listing(Protocol):
    """What a front end offers besides, when it serves the people of a list: `users` in its settings, ids with roles.

    Another list then holds as soon as the configuration is read again (J2).
    """

    async def serve_only(self, users: Mapping[str, Role]) -> None:
        """Serve just these people, in these roles. Safe to repeat, also before `start` and after `close`.

        Whoever left the list is refused before anything is awaited, with what they began and have not confirmed yet.
        Raises Unavailable when somebody new can't be served yet.
        """
        ...


@runtime_checkable
class Private(Protocol):
    """What a front end offers besides, when people open trades from chats of their own.

    Alerts that name the own chat of somebody whom no front end lists any more go where alerts go that name none (E1).
    Both are asked for every alert, so they only look at what is in memory, before `start` and after `close`, too.
    """

    def private(self, notifier: str, chat: str) -> bool:
        """Whether *chat* is one person's own, among the chats to which this notifier and this front end write."""
        ...

    def lists(self, chat: str) -> bool:
        """Whether the one whose own chat this is may be served."""
        ...
