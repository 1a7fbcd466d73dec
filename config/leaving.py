"""Who is served no more, by what every front end says of its list of people (E1)."""

from collections.abc import Iterable

import structlog

from core.engine.carrying import Left
from ports.frontend import Frontend, Private

log = structlog.get_logger("tandem.run")


def left(frontends: Iterable[Frontend]) -> Left:
    """Whether a notifier's chat is somebody's own whom no front end lists any more."""
    asked: list[object] = list(frontends)
    private = [each for each in asked if isinstance(each, Private)]

    def gone(notifier: str, chat: str) -> bool:
        try:
            listed = [each.lists(chat) for each in private if each.private(notifier, chat)]
        except Exception:
            log.exception("a front end cannot say whom it serves", chat=chat)  # a plugin's bug silences no alert
            return False
        return bool(listed) and not any(listed)

    return gone
