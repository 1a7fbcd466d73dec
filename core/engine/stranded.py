"""Alerts that wait for a notifier which isn't configured any more (J2, D2): taken out, or renamed. Nothing is lost."""

from collections.abc import Iterable, Mapping, Sequence

from core.engine.control import GOOD, WRONG, Answer, Handler
from core.engine.service import Service

NOTIFIER = "notifier"
MEND = (
    "put it back under that name and restart, or `tandem doctor --fix`: what nobody else had to tell is then told by "
    "the notifiers that are there"
)


def sentences(found: Iterable[tuple[str, int]]) -> tuple[str, ...]:
    """One for each notifier, of what the store counts.

    >>> sentences([("chat", 2)])
    ('nobody is told by chat (not in the configuration), for which alerts wait: 2; `tandem alerts` shows them',)
    """
    return tuple(
        f"nobody is told by {name} (not in the configuration), for which alerts wait: {count}; "
        "`tandem alerts` shows them"
        for name, count in found
    )


class Stranded:
    """Tells of them at the start of one service, and hands them on when somebody asks."""

    def __init__(self, service: Service, notifiers: Sequence[str]) -> None:
        """*notifiers* are those that are configured. Nothing is looked at here."""
        self._service = service
        self._notifiers = notifiers
        self.said: tuple[str, ...] = ()

    def handlers(self) -> Mapping[str, Handler]:
        """Every command by its name."""
        return {"hand_on": self.hand_on}

    async def tell(self) -> None:
        """Look, and tell people at every start until somebody has seen to it."""
        self.said = sentences(await self._service.store.stranded(self._notifiers))
        if self.said:
            await self._service.tell(NOTIFIER, f"{'; '.join(self.said)}. Mend: {MEND}")

    async def hand_on(self, arguments: Mapping[str, object]) -> Answer:
        """Let the notifiers that are there tell what nobody else had to; exit 1 where there is none."""
        store = self._service.store
        before = await store.stranded(self._notifiers)
        await store.hand_on(self._notifiers)
        self._service.stored()
        left = sentences(await store.stranded(self._notifiers))
        return {"exit": WRONG if left else GOOD, "data": {"handed_on": sentences(before), "left": left}}
