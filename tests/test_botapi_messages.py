"""The fake Bot API, asked without a library: what it carries out, what a person sees, what it refuses."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from tests.botapi.asking import asking, picture
from tests.botapi.chats import Kind
from tests.botapi.refusals import NOT_MODIFIED

GO = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}


async def test_a_message_is_seen() -> None:
    """A person sees text, entities and buttons; silence is kept."""
    async with asking() as bot:
        alice = bot.api.person(7, "Alice")
        sent = await bot.get(
            "sendMessage", chat_id=7, text="<b>Hi</b>", parse_mode="HTML", reply_markup=GO, disable_notification=True
        )

        assert (alice.last.text, alice.last.marks, alice.last.labels) == ("Hi", (("bold", "Hi"),), (("Go",),))
        assert alice.last.silent
        assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 2}]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": "\n \u2028"}, "text must be non-empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "🚀" * 2049}, "message is too long"),
        (
            {"text": "<b>x", "parse_mode": "HTML"},
            "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        ({"text": "x", "chat_id": 8}, "chat not found"),
        ({"text": "x", "chat_id": "@nobody"}, "chat not found"),
        ({"text": "x", "chat_id": ""}, "chat_id is empty"),
        ({"text": "x", "reply_parameters": {"message_id": 9}}, "message to be replied not found"),
        ({"text": "x", "message_thread_id": 3}, "message thread not found"),
        ({"text": "x", "reply_markup": []}, "object expected as reply markup"),
        (
            {"text": "x", "parsemode": "HTML"},
            "the strict fake refuses this: sendMessage takes no parameter 'parsemode'",
        ),
        ({"text": "x", "disable_notification": "maybe"}, "neither true nor false"),
    ],
)
async def test_what_sending_refuses(fields: dict[str, Any], words: str) -> None:
    """Telegram's own words, and nothing is seen in the chat."""
    async with asking() as bot:
        alice = bot.api.person(7)

        assert words in await bot.refusal("sendMessage", **({"chat_id": 7} | fields))
        assert alice.sees == []


async def test_tags_do_not_count() -> None:
    """4,096 characters are counted after parsing."""
    async with asking() as bot:
        alice = bot.api.person(7)
        await bot.get("sendMessage", chat_id=7, text="<b>" + "&lt;" * 4096 + "</b>", parse_mode="HTML")

        assert alice.last.text == "<" * 4096


async def test_who_cannot_be_written_to() -> None:
    """A stranger, one who blocked the bot, a group it was kicked from, a group that moved."""
    async with asking() as bot:
        bot.api.person(6, knows_bot=False)
        bot.api.person(7).block()
        bot.api.group(-100).kick_bot(bot.api.person(8).user)
        bot.api.group(-5, kind=Kind.GROUP).become(bot.api.group(-1005).chat)
        answers = [await bot.ask("sendMessage", chat_id=chat, text="x") for chat in (6, 7, -100, -5)]

        assert [answer["description"] for answer in answers] == [
            "Bad Request: chat not found",
            "Forbidden: bot was blocked by the user",
            "Forbidden: bot was kicked from the supergroup chat",
            "Bad Request: group chat was upgraded to a supergroup chat",
        ]
        assert answers[3]["parameters"] == {"migrate_to_chat_id": -1005}


async def test_edits() -> None:
    """An edit replaces text and buttons; the same again is no edit."""
    async with asking() as bot:
        alice = bot.api.person(7)
        sent = await bot.get("sendMessage", chat_id=7, text="one", reply_markup=GO)
        place = {"chat_id": 7, "message_id": sent["message_id"]}
        await bot.get("editMessageText", **place, text="two")

        assert (alice.last.text, alice.last.labels) == ("two", ())
        assert [each.text for each in alice.chat.versions[sent["message_id"]]] == ["one", "two"]
        assert await bot.refusal("editMessageText", **place, text=" two ") == f"Bad Request: {NOT_MODIFIED}"
        assert await bot.refusal("editMessageReplyMarkup", **place) == f"Bad Request: {NOT_MODIFIED}"
        assert await bot.refusal("editMessageText", **place, text="x" * 4097) == "Bad Request: MESSAGE_TOO_LONG"


async def test_what_cannot_be_edited() -> None:
    """Messages of others, messages that are gone, and the wrong kind of message."""
    async with asking() as bot:
        alice = bot.api.person(7)
        alice.say("mine")
        sent = await bot.get("sendMessage", chat_id=7, text="one")

        async def edit(method: str, number: int, **more: str) -> str:
            return await bot.refusal(method, chat_id=7, message_id=number, **more)

        assert await edit("editMessageText", alice.sees[0].id, text="x") == "Bad Request: message can't be edited"
        assert await edit("editMessageText", 99, text="x") == "Bad Request: message to edit not found"
        assert "there is no caption" in await edit("editMessageCaption", sent["message_id"], caption="x")
        assert await bot.get("deleteMessage", chat_id=7, message_id=sent["message_id"])
        assert "to edit not found" in await edit("editMessageText", sent["message_id"], text="x")
        assert "to delete not found" in await edit("deleteMessage", sent["message_id"])


async def test_edits_bring_inline_buttons_only() -> None:
    """A keyboard in place of the person's own can't come with an edit; a new message shows it."""
    async with asking() as bot:
        alice = bot.api.person(7)
        markup = {"keyboard": [["Yes", {"text": "No"}]], "resize_keyboard": True}
        sent = await bot.get("sendMessage", chat_id=7, text="one", reply_markup=markup)
        place = {"chat_id": 7, "message_id": sent["message_id"]}

        assert alice.chat.reply_keyboard.rows == (("Yes", "No"),)
        assert "inline keyboard expected" in await bot.refusal(
            "editMessageText", **place, text="x", reply_markup=markup
        )


async def test_old_messages_stay() -> None:
    """After 48 hours a message can't be deleted."""
    async with asking() as bot:
        bot.api.person(7)
        sent = await bot.get("sendMessage", chat_id=7, text="one")
        bot.api.world.clock.let_pass(48 * 3600 + 2)

        assert "can't be deleted" in await bot.refusal("deleteMessage", chat_id=7, message_id=sent["message_id"])


async def test_pictures() -> None:
    """An uploaded picture is seen as it was sent, and sent again by its id."""
    async with asking() as bot:
        alice = bot.api.person(7)
        sent = await bot.get("sendPhoto", {"photo": picture()}, chat_id=7, caption="<i>c</i>", parse_mode="HTML")
        file_id = sent["photo"][-1]["file_id"]

        assert (alice.last.picture, alice.last.marks) == (picture(), (("italic", "c"),))
        again = await bot.get("sendPhoto", chat_id=7, photo=file_id)
        assert again["photo"] == sent["photo"]
        assert "no text in the message" in await bot.refusal(
            "editMessageText", chat_id=7, message_id=sent["message_id"], text="x"
        )


async def test_another_picture() -> None:
    """A picture is replaced in place; the same one again is no edit."""
    async with asking() as bot:
        alice = bot.api.person(7)
        sent = await bot.get("sendPhoto", {"photo": picture()}, chat_id=7)
        media = '{"type": "photo", "media": "attach://chart", "caption": "new"}'
        place = {"chat_id": 7, "message_id": sent["message_id"], "media": media}
        await bot.get("editMessageMedia", {"chart": picture(colour="red")}, **place)

        assert (alice.last.picture, alice.last.text) == (picture(colour="red"), "new")
        assert NOT_MODIFIED in await bot.refusal("editMessageMedia", {"chart": picture(colour="red")}, **place)


@pytest.mark.parametrize(
    ("body", "caption", "words"),
    [
        (b"no picture", "", "IMAGE_PROCESS_FAILED"),
        (picture(4000, 100), "", "PHOTO_INVALID_DIMENSIONS"),
        (picture(9000, 1001), "", "PHOTO_INVALID_DIMENSIONS"),
        (picture(), "x" * 1025, "message caption is too long"),
    ],
)
async def test_what_pictures_refuse(body: bytes, caption: str, words: str) -> None:
    """No picture, a strip, a caption over 1,024 characters."""
    async with asking() as bot:
        bot.api.person(7)

        assert await bot.refusal("sendPhoto", {"photo": body}, chat_id=7, caption=caption) == f"Bad Request: {words}"


async def test_a_picture_needs_a_file() -> None:
    """Neither a file nor an id that Telegram knows."""
    async with asking() as bot:
        bot.api.person(7)

        assert "there is no photo in the request" in await bot.refusal("sendPhoto", chat_id=7)
        assert "wrong file identifier" in await bot.refusal("sendPhoto", chat_id=7, photo="AgACnone")


async def test_downloads() -> None:
    """What a person sends is fetched as the JPEG that Telegram made of it, no wider than 1,280."""
    async with asking() as bot:
        update = bot.api.person(7).send_photo(picture(2000, 1000))
        assert update is not None
        sizes: Any = update.body["photo"]
        found = await bot.get("getFile", file_id=sizes[-1]["file_id"])
        async with bot.http.get(f"{bot.api.base_file_url}{bot.api.token}/{found['file_path']}") as answer:
            image = Image.open(BytesIO(await answer.read()))

        assert (image.format, image.size, len(sizes)) == ("JPEG", (1280, 640), 4)
        assert await bot.refusal("getFile", file_id="x") == "Bad Request: invalid file_id"


async def test_what_is_too_big_to_download() -> None:
    """A bot gets no file over 20 MB."""
    async with asking() as bot:
        update = bot.api.person(7).send_file(bytes(20 * 1024 * 1024 + 1), "log.txt")
        assert update is not None
        document: Any = update.body["document"]

        assert await bot.refusal("getFile", file_id=document["file_id"]) == "Bad Request: file is too big"


async def test_wrong_tokens_and_methods() -> None:
    """Another token is nobody's; what could be no token is not found; what the fake hasn't got it says (S5)."""
    async with asking() as bot:
        async with bot.http.get(f"{bot.api.base_url}1:other/getMe") as other:
            assert await other.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}
        async with bot.http.get(f"{bot.api.base_url}nonsense/getMe") as nonsense:
            assert nonsense.status == 404
        assert await bot.refusal("sendDice", chat_id=7) == "Not Implemented: the fake has no method sendDice"
        assert (await bot.get("GETME"))["is_bot"] is True


async def test_commands() -> None:
    """The menu is kept by scope; a bad name is refused."""
    async with asking() as bot:
        listed = [{"command": "start", "description": "Begin"}]
        await bot.get("setMyCommands", commands=listed)

        assert bot.api.world.commands == {("default", ""): listed}
        bad = [{"command": "Start!", "description": "Begin"}]
        assert await bot.refusal("setMyCommands", commands=bad) == "Bad Request: BOT_COMMAND_INVALID"
        assert await bot.get("getMyCommands", scope={"type": "all_private_chats"}) == []


async def test_actions_chats_and_replies() -> None:
    """Typing is seen, a chat can be asked for, a reply knows what it answers."""
    async with asking() as bot:
        alice = bot.api.person(7, "Alice")
        alice.say("ping")
        await bot.get("sendChatAction", chat_id=7, action="typing")
        sent = await bot.get("sendMessage", chat_id=7, text="pong", reply_parameters={"message_id": 1})

        assert alice.chat.actions == ["typing"]
        wrong = {"message_id": 1, "quote": "pang"}
        assert "QUOTE_TEXT_INVALID" in await bot.refusal("sendMessage", chat_id=7, text="x", reply_parameters=wrong)
        assert sent["reply_to_message"]["text"] == "ping"
        assert (await bot.get("getChat", chat_id=7))["first_name"] == "Alice"
        assert "wrong parameter action" in await bot.refusal("sendChatAction", chat_id=7, action="sleeping")
