"""Methods about the bot itself, its updates, chats, files, and the answers to presses."""

import re
from collections.abc import Mapping

from tests.botapi.chats import Json, Kind
from tests.botapi.entities import units
from tests.botapi.params import Given
from tests.botapi.refusals import bad, strict, webhook_set
from tests.botapi.world import World

TOAST_LIMIT = 200
SCOPES = {
    "default": set[str](),
    "all_private_chats": set[str](),
    "all_group_chats": set[str](),
    "all_chat_administrators": set[str](),
    "chat": {"chat_id"},
    "chat_administrators": {"chat_id"},
    "chat_member": {"chat_id", "user_id"},
}


def get_me(world: World, _: Given) -> Json:
    """The bot."""
    can = {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}
    return world.bot.as_json() | can


async def get_updates(world: World, given: Given) -> list[Json]:
    """What happened, as soon as something did."""
    if world.webhook:
        raise webhook_set()
    allowed = given.read("allowed_updates")
    if isinstance(allowed, list):
        world.updates.allow([str(kind) for kind in allowed])
    limit = min(max(given.number("limit", 100), 1), 100)
    return await world.updates.poll(given.number("offset"), limit, given.number("timeout"))


def delete_webhook(world: World, given: Given) -> bool:
    """Updates are fetched from now on."""
    world.webhook = ""
    if given.flag("drop_pending_updates"):
        world.updates.drop()
    return True


def get_webhook_info(world: World, _: Given) -> Json:
    """Where updates go."""
    waiting = len(world.updates.waiting)
    return {"url": world.webhook, "has_custom_certificate": False, "pending_update_count": waiting}


def set_my_commands(world: World, given: Given) -> bool:
    """The menu of commands."""
    given.needed("commands")
    listed = given.read("commands")
    if not isinstance(listed, list):
        raise bad("expected an Array of BotCommand")
    if len(listed) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    world.commands[_menu(world, given)] = [_command(each) for each in listed]
    world.bell.ring()
    return True


def get_my_commands(world: World, given: Given) -> list[Json]:
    """The menu of commands, as it was set for just this scope and language."""
    return world.commands.get(_menu(world, given), [])


def delete_my_commands(world: World, given: Given) -> bool:
    """No menu for this scope and language."""
    world.commands.pop(_menu(world, given), None)
    return True


def get_chat(world: World, given: Given) -> Json:
    """A chat that the bot knows."""
    chat = world.find_chat(given.text("chat_id"))
    more: Json = {"accent_color_id": 1, "max_reaction_count": 11, "accepted_gift_types": _NO_GIFTS}
    return chat.as_json() | more | ({"permissions": {}} if chat.kind is Kind.SUPERGROUP else {})


def get_file(world: World, given: Given) -> Json:
    """Where a file can be fetched."""
    stored = world.files.asked(given.text("file_id"))
    described = {name: value for name, value in stored.as_json().items() if name not in ("width", "height")}
    return described | {"file_path": stored.path}


def answer(world: World, given: Given) -> bool:
    """The answer to a press: each gets one, in time."""
    text = given.text("text")
    press = world.answerable(given.text("callback_query_id"))
    if units(text) > TOAST_LIMIT:
        raise bad("MESSAGE_TOO_LONG")
    press.answered, press.toast, press.alert = True, text, given.flag("show_alert")
    if text and press.chat in world.chats:
        world.chats[press.chat].toasts.append(text)
    world.bell.ring()
    return True


_NO_GIFTS = dict.fromkeys(
    ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
)


def _menu(world: World, given: Given) -> tuple[str, str]:
    """The scope as text, and the language."""
    scope = given.read("scope") or {"type": "default"}
    kind = scope.get("type") if isinstance(scope, Mapping) else None
    if kind not in SCOPES:
        raise bad("can't parse BotCommandScope: unsupported type specified")
    if scope.keys() != SCOPES[kind] | {"type"}:
        raise strict(f"the scope {kind} takes {sorted(SCOPES[kind]) or 'nothing'} besides its type")
    if "chat_id" in scope:
        world.find_chat(str(scope["chat_id"]))
    return " ".join(str(scope[name]) for name in ("type", "chat_id", "user_id") if name in scope), given.text(
        "language_code"
    )


def _command(given: object) -> Json:
    if not isinstance(given, Mapping):
        raise bad("can't parse BotCommand: expected an Object")
    for name in ("command", "description"):
        if not isinstance(given.get(name), str):
            raise bad(f"can't parse BotCommand: Can't find field \"{name}\"")
    if re.fullmatch(r"[a-z0-9_]{1,32}", given["command"]) is None:
        raise bad("BOT_COMMAND_INVALID")
    if not 1 <= len(given["description"]) <= 256:
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": given["command"], "description": given["description"]}
