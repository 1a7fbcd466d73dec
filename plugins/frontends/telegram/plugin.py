"""``use: telegram`` among the front ends."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from plugins.frontends.telegram.shell.settings import TelegramFrontendSettings
from ports.hooks import Adapter, hookimpl
from ports.notifier import Notifier

if TYPE_CHECKING:
    from plugins.frontends.telegram.shell.frontend import TelegramFrontend


def build(settings: TelegramFrontendSettings, *, name: str, notifiers: Mapping[str, Notifier]) -> "TelegramFrontend":
    """A Telegram front end of this name, with every screen there is."""
    from plugins.frontends.telegram import menu
    from plugins.frontends.telegram.shell.frontend import TelegramFrontend

    return TelegramFrontend(name, settings, notifiers, menu.screens(), menu.COMMANDS, menu.ACTING)


@hookimpl
def tandem_frontends() -> tuple[Adapter, ...]:
    """``use: telegram``."""
    return (Adapter("telegram", TelegramFrontendSettings, build),)
