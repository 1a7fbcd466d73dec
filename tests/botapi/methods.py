"""Every method of the Bot API that the fake has: what it takes, and what it does."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from tests.botapi import about, editing, sending
from tests.botapi.params import Given
from tests.botapi.world import World

Act = Callable[[World, Given], object | Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Method:
    """One method; *floods* says that it counts against the flood limits."""

    name: str
    act: Act
    takes: frozenset[str]
    floods: bool = False


def _method(act: Act, name: str, takes: str = "", *, floods: bool = False) -> tuple[str, Method]:
    return name.lower(), Method(name, act, frozenset(takes.split()), floods)


_SENT = "chat_id message_thread_id disable_notification protect_content reply_parameters reply_markup parse_mode"
_EDITED = "chat_id message_id reply_markup"

METHODS: Mapping[str, Method] = dict(
    [
        _method(about.get_me, "getMe"),
        _method(about.get_updates, "getUpdates", "offset limit timeout allowed_updates"),
        _method(about.delete_webhook, "deleteWebhook", "drop_pending_updates"),
        _method(about.get_webhook_info, "getWebhookInfo"),
        _method(about.set_my_commands, "setMyCommands", "commands scope language_code"),
        _method(about.get_my_commands, "getMyCommands", "scope language_code"),
        _method(about.delete_my_commands, "deleteMyCommands", "scope language_code"),
        _method(about.get_chat, "getChat", "chat_id"),
        _method(about.get_file, "getFile", "file_id"),
        _method(about.answer, "answerCallbackQuery", "callback_query_id text show_alert cache_time"),
        _method(sending.send_message, "sendMessage", f"{_SENT} text entities link_preview_options", floods=True),
        _method(
            sending.send_photo,
            "sendPhoto",
            f"{_SENT} photo caption caption_entities show_caption_above_media has_spoiler",
            floods=True,
        ),
        _method(
            sending.send_document,
            "sendDocument",
            f"{_SENT} document caption caption_entities disable_content_type_detection",
            floods=True,
        ),
        _method(
            sending.send_media_group,
            "sendMediaGroup",
            "chat_id message_thread_id disable_notification protect_content reply_parameters media",
            floods=True,
        ),
        _method(sending.send_chat_action, "sendChatAction", "chat_id message_thread_id action"),
        _method(
            editing.edit_text,
            "editMessageText",
            f"{_EDITED} text parse_mode entities link_preview_options",
            floods=True,
        ),
        _method(
            editing.edit_caption,
            "editMessageCaption",
            f"{_EDITED} caption parse_mode caption_entities show_caption_above_media",
            floods=True,
        ),
        _method(editing.edit_media, "editMessageMedia", f"{_EDITED} media", floods=True),
        _method(editing.edit_markup, "editMessageReplyMarkup", _EDITED, floods=True),
        _method(editing.delete_message, "deleteMessage", "chat_id message_id"),
        _method(editing.pin, "pinChatMessage", "chat_id message_id disable_notification"),
        _method(editing.unpin, "unpinChatMessage", "chat_id message_id"),
    ]
)
"""By name in small letters: Telegram doesn't mind how a method is spelt."""
