"""The application as those on the list may use it: the list may change while something of theirs is under way (E1)."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from ports.frontend import Answer, Application, Principal, Role

GONE = "you are not served here any more: the list of users was changed. Nothing was done"


class Admitted:
    """See Application. Whoever asks has the role that the list gives them at that moment, or is refused."""

    def __init__(self, application: Application, users: Callable[[], Mapping[int, Role]]) -> None:
        """*users* gives the list as it is now."""
        self.clock = application.clock
        self.zone = application.zone
        self._application = application
        self._users = users

    async def do(self, who: Principal, command: str, arguments: Mapping[str, object]) -> Answer:
        """See Application.do."""
        role = self._users().get(int(who.user))
        if role is None:
            return {"exit": 2, "error": [GONE]}
        return await self._application.do(replace(who, role=role), command, arguments)

    async def recall(self, name: str) -> str | None:
        """See Application.recall."""
        return await self._application.recall(name)

    async def remember(self, name: str, value: str) -> None:
        """See Application.remember."""
        await self._application.remember(name, value)

    async def tell(self, what: str, detail: str) -> None:
        """See Application.tell."""
        await self._application.tell(what, detail)
