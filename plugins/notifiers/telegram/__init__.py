"""Telegram as a notifier. The library is imported when the first bot is built, not before."""

from typing import TYPE_CHECKING

from plugins.notifiers.telegram.settings import TelegramSettings
from ports.hooks import Adapter, hookimpl

if TYPE_CHECKING:
    from plugins.notifiers.telegram.notifier import TelegramNotifier


def build(settings: TelegramSettings, *, name: str) -> "TelegramNotifier":
    """A bot's notifier of this name."""
    from plugins.notifiers.telegram.notifier import TelegramNotifier

    return TelegramNotifier(settings, name=name)


@hookimpl
def tandem_notifiers() -> tuple[Adapter, ...]:
    """``use: telegram``."""
    return (Adapter("telegram", TelegramSettings, build),)
