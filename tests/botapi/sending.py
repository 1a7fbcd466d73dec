"""Methods that put something new into a chat."""

from collections.abc import Mapping
from types import MappingProxyType

from tests.botapi.chats import Chat, Json, Message
from tests.botapi.entities import Formatted
from tests.botapi.files import Document, Photo
from tests.botapi.keyboards import Keyboard, ReplyKeyboard, read_markup
from tests.botapi.params import Given
from tests.botapi.refusals import bad, not_modelled, strict
from tests.botapi.texts import read_text
from tests.botapi.world import World

ACTIONS = {
    *("typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document"),
    *("choose_sticker", "find_location", "record_video_note", "upload_video_note"),
}
_REPLY_KEYS = {
    *("message_id", "chat_id", "allow_sending_without_reply"),
    *("quote", "quote_parse_mode", "quote_entities", "quote_position"),
}
_MEDIA_KEYS = {"type", "media", "caption", "parse_mode", "caption_entities", "has_spoiler", "show_caption_above_media"}
_PREVIEW_KEYS = {"is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text"}


def send_message(world: World, given: Given) -> Json:
    """A text."""
    content = text_of(given)
    markup = read_markup(given.read("reply_markup"))
    return _sent(world, given, markup, content)


def send_photo(world: World, given: Given) -> Json:
    """A picture, uploaded or known, with a caption."""
    photo = photo_of(world, given, given.text("photo"), "photo")
    content = caption_of(given)
    return _sent(world, given, read_markup(given.read("reply_markup")), content, photo=photo)


def send_document(world: World, given: Given) -> Json:
    """A file, uploaded or known, with a caption."""
    upload = given.files.get("document")
    if upload is None and not given.text("document"):
        raise bad("there is no document in the request")
    known = world.files.known_document
    document = world.files.document(upload.body, upload.name, upload.kind) if upload else known(given.text("document"))
    content = caption_of(given)
    return _sent(world, given, read_markup(given.read("reply_markup")), content, document=document)


def send_media_group(world: World, given: Given) -> list[Json]:
    """Several pictures as one album; each may have its caption."""
    given.needed("media")
    media = given.read("media")
    if not isinstance(media, list) or not 2 <= len(media) <= 10:
        raise strict("an album has two to ten items")
    read = [read_media(world, given, each) for each in media]
    more = {"media_group_id": str(world.clock.date())}
    return [_sent(world, given, None, content, photo=photo, more=more) for photo, content in read]


def send_chat_action(world: World, given: Given) -> bool:
    """What the bot is seen to be doing."""
    action = given.text("action").lower()
    if action not in ACTIONS:
        raise bad("wrong parameter action in request")
    world.writable(given.text("chat_id")).actions.append(action)
    world.bell.ring()
    return True


def text_of(given: Given) -> Formatted:
    """The text of a message, sent or edited."""
    if not given.text("text"):
        raise bad("message text is empty")
    preview = given.read("link_preview_options")
    if isinstance(preview, Mapping) and (unknown := sorted(preview.keys() - _PREVIEW_KEYS)):
        raise strict(f"LinkPreviewOptions with the field {unknown[0]!r}")
    return read_text(given.text("text"), given.text("parse_mode"), given.read("entities"))


def caption_of(given: Given) -> Formatted:
    """What is written under a picture; may be nothing."""
    return read_text(given.text("caption"), given.text("parse_mode"), given.read("caption_entities"))


def read_media(world: World, given: Given, media: object) -> tuple[Photo, Formatted]:
    """A picture and its caption, from an InputMedia."""
    if not isinstance(media, Mapping):
        raise bad("can't parse InputMedia: expected an Object")
    if unknown := sorted(media.keys() - _MEDIA_KEYS):
        raise strict(f"InputMedia with the field {unknown[0]!r}")
    if media.get("type") != "photo":
        raise not_modelled(f"media of type {media.get('type')!r}")
    caption, mode = str(media.get("caption", "")), str(media.get("parse_mode", ""))
    content = read_text(caption, mode, media.get("caption_entities"))
    return photo_of(world, given, str(media.get("media", "")), "media"), content


def photo_of(world: World, given: Given, named: str, field: str) -> Photo:
    """The picture: a file of the request, named by attach:// or by its field, or one that Telegram has."""
    upload = given.files.get(named.removeprefix("attach://") if named else field)
    if upload is not None:
        return world.files.photo(upload.body)
    if not named:
        raise bad(f"there is no {field} in the request")
    if named.startswith(("http:", "https:")):
        raise bad("failed to get HTTP URL content")
    return world.files.known_photo(named)


def _sent(
    world: World,
    given: Given,
    markup: Keyboard | ReplyKeyboard | None,
    content: Formatted,
    *,
    photo: Photo | None = None,
    document: Document | None = None,
    more: Mapping[str, object] = MappingProxyType({}),
) -> Json:
    chat = world.writable(given.text("chat_id"))
    thread = _thread(chat, given)
    message = Message(
        id=0,
        chat=chat.id,
        date=world.clock.date(),
        sender=world.bot,
        content=content,
        photo=photo,
        document=document,
        keyboard=markup if isinstance(markup, Keyboard) else Keyboard(),
        silent=given.flag("disable_notification"),
        protected=given.flag("protect_content"),
        thread=thread,
        reply_to=_reply_to(chat, given),
        more=more,
    )
    posted = world.post(message)
    if isinstance(markup, ReplyKeyboard):
        chat.reply_keyboard = markup
    return world.json(posted)


def _thread(chat: Chat, given: Given) -> int:
    thread = given.number("message_thread_id")
    if thread and thread not in chat.threads:
        raise bad("message thread not found")
    return thread


def _reply_to(chat: Chat, given: Given) -> int:
    """The message that is answered; 0 when there is none, or when it is gone and that is allowed."""
    asked = given.read("reply_parameters")
    if asked is None:
        return 0
    if not isinstance(asked, Mapping) or not isinstance(asked.get("message_id"), int):
        raise bad("can't parse reply parameters: message_id must be an Integer")
    if unknown := sorted(asked.keys() - _REPLY_KEYS):
        raise strict(f"ReplyParameters with the field {unknown[0]!r}")
    if str(asked.get("chat_id", chat.id)) != str(chat.id):
        raise not_modelled("reply to a message of another chat")
    replied = chat.find(asked["message_id"])
    if replied is not None:
        if str(asked.get("quote", "")) not in replied.text:
            raise bad("QUOTE_TEXT_INVALID")
        return replied.id
    if asked.get("allow_sending_without_reply"):
        return 0
    raise bad("message to be replied not found")
