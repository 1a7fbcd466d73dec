"""Where in a configuration a chat is named, as a person finds it there."""

from collections.abc import Iterator

from pydantic import BaseModel

from config.models import Settings


def chat_places(settings: Settings, chat: str) -> tuple[str, ...]:
    """The keys under which this chat's number stands, such as `frontends.telegram.chats`."""
    parts: list[tuple[str, BaseModel]] = [("alerts", settings.top.alerts)]
    parts += [(f"notifiers.{each.name}", each.settings) for each in settings.notifiers]
    parts += [(f"frontends.{each.name}", each.settings) for each in settings.frontends]
    return tuple(f"{name}.{key}" for name, model in parts for key in _keys(model, chat))


def _keys(model: BaseModel, chat: str) -> Iterator[str]:
    for key in type(model).model_fields:
        value = getattr(model, key)
        if chat in (map(str, value) if isinstance(value, list | tuple) else (str(value),)):
            yield key
