"""Methods that change or take away what is in a chat."""

from dataclasses import replace

from tests.botapi.chats import Json, Message
from tests.botapi.keyboards import Keyboard, only_inline, read_markup
from tests.botapi.params import Given
from tests.botapi.refusals import NOT_MODIFIED, bad
from tests.botapi.sending import caption_of, read_media, text_of
from tests.botapi.world import World


def edit_text(world: World, given: Given) -> Json:
    """Other words; buttons that aren't brought again go."""
    content = text_of(given)
    keyboard = _keyboard(given)
    old = _old(world, given)
    if old.has_media():
        raise bad("there is no text in the message to edit")
    return _changed(world, old, replace(old, content=content, keyboard=keyboard))


def edit_caption(world: World, given: Given) -> Json:
    """Other words under a picture."""
    keyboard = _keyboard(given)
    content = caption_of(given)
    old = _old(world, given)
    if not old.has_media():
        raise bad("there is no caption in the message to edit")
    return _changed(world, old, replace(old, content=content, keyboard=keyboard))


def edit_media(world: World, given: Given) -> Json:
    """Another picture, with its caption; a text message becomes one too."""
    keyboard = _keyboard(given)
    given.needed("media")
    photo, content = read_media(world, given, given.read("media"))
    old = _old(world, given)
    return _changed(world, old, replace(old, content=content, photo=photo, document=None, keyboard=keyboard))


def edit_markup(world: World, given: Given) -> Json:
    """Other buttons, or none."""
    keyboard = _keyboard(given)
    old = _old(world, given)
    return _changed(world, old, replace(old, keyboard=keyboard))


def delete_message(world: World, given: Given) -> bool:
    """Take a message away."""
    message = world.deletable(given.text("chat_id"), given.number("message_id"))
    world.chats[message.chat].deleted.add(message.id)
    world.bell.ring()
    return True


def pin(world: World, given: Given) -> bool:
    """Pin a message."""
    chat = world.writable(given.text("chat_id"))
    message = chat.find(given.number("message_id"))
    if message is None:
        raise bad("message to pin not found")
    chat.pinned.append(message.id)
    return True


def unpin(world: World, given: Given) -> bool:
    """Unpin a message, or the latest."""
    chat = world.writable(given.text("chat_id"))
    number = given.number("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if number not in chat.pinned:
        raise bad("message to unpin not found")
    chat.pinned.remove(number)
    return True


def _keyboard(given: Given) -> Keyboard:
    return only_inline(read_markup(given.read("reply_markup")))


def _old(world: World, given: Given) -> Message:
    if not given.text("chat_id") and not given.number("message_id"):
        raise bad("message identifier is not specified")
    return world.editable(given.text("chat_id"), given.number("message_id"))


def _changed(world: World, old: Message, new: Message) -> Json:
    if new.essence() == old.essence():
        raise bad(NOT_MODIFIED)
    return world.json(world.edit(new))
