"""Taps and words, through Telegram's own protocol: what a button does, and that it does it once (E6, S3, rel:F53)."""

import asyncio
from collections.abc import Mapping
from html import escape

import pytest

from plugins.frontends.telegram.screen import Button, Goes, Screen, go, row
from plugins.frontends.telegram.turn import Handler, Refused, Turn
from tests.botapi.chats import Chat
from tests.botapi.people import Person
from tests.botapi.server import bot_api
from tests.plugins.frontends.telegram.talking import Talking, talking

pytestmark = pytest.mark.integration


class Desk:
    """A menu, an act that counts, a question and a broken screen."""

    def __init__(self) -> None:
        self.acts: list[tuple[str, str]] = []
        self.drawn = 0

    async def menu(self, turn: Turn) -> Screen:
        """What /start shows."""
        confirm = Button("Confirm", Goes("act", {"what": "close"}), once=True, revision="r1")
        dangerous = Button("Switch", Goes("act", {"what": "mode"}), once=True, code=True)
        return Screen(
            "<b>Menu</b>",
            (row(confirm, dangerous), row(go("Ask", "ask"), go("Break", "broken"), go("No", "no")),
             row(go("Far", "far", where="x" * 90))),
        )  # fmt: skip

    async def act(self, turn: Turn) -> Screen:
        """Does it."""
        self.acts.append((turn.arguments["what"], turn.arguments.get("revision", "")))
        return Screen(f"Done {len(self.acts)}", toast="done")

    async def ask(self, turn: Turn) -> Screen:
        """Waits for a word."""
        return Screen(
            "Your price?", (row(go("Menu", "menu")),), awaits=Goes("answer"), patience=300_000, forgotten="Too slow"
        )

    async def answer(self, turn: Turn) -> Screen:
        """Takes the word."""
        return Screen(f"Got {escape(turn.text)}", (row(go("Back", "menu")),))

    async def watch(self, turn: Turn) -> Screen:
        """Drawn anew."""
        self.drawn += 1
        return Screen(f"Look {self.drawn}", watched=Goes("watch"))

    async def far(self, turn: Turn) -> Screen:
        """Longer than callback data may be."""
        return Screen(f"Far {len(turn.arguments['where'])}")

    async def broken(self, turn: Turn) -> Screen:
        """A bug."""
        raise ZeroDivisionError

    async def no(self, turn: Turn) -> Screen:
        """The application says no."""
        raise Refused(("main <b>is</b> paused",))

    def screens(self) -> Mapping[str, Handler]:
        """All of them."""
        names = ("menu", "act", "ask", "answer", "watch", "far", "broken", "no")
        return {name: getattr(self, name) for name in names}


COMMANDS = {"start": "menu", "watch": "watch", "ask": "ask"}


async def test_a_confirmation_acts_once() -> None:
    """E6, S3: two taps at once, and one more later, are one act; the message says what came of it."""
    desk = Desk()
    async with talking(desk.screens(), COMMANDS) as talk:
        alice = talk.api.person(7, "Alice")
        alice.say("/start")
        await talk.shows(alice, "Menu")
        card = alice.last
        for _ in range(3):
            alice.press("Confirm", card)
        await talk.shows(alice, "Done 1")
        await talk.api.until(lambda: len(talk.chosen()) == 3)

    assert desk.acts == [("close", "r1")]
    assert sorted(talk.chosen())[1:] == ["This was confirmed already, or is too old. Nothing was done now."] * 2


async def test_a_confirmation_is_its_users_alone() -> None:
    """S3: in a group, Alice's button does nothing under Victor's thumb, and still works for Alice."""
    desk = Desk()
    async with talking(desk.screens(), COMMANDS, chats=[-100]) as talk:
        alice, victor, group = talk.api.person(7, "Alice"), talk.api.person(8, "Victor"), talk.api.group(-100)
        alice.say("/start", chat=group.chat)
        await talk.api.until(lambda: group.chat.messages[-1].text == "Menu")
        card = group.chat.messages[-1]
        victor.press("Confirm", card)
        await talk.api.until(talk.chosen)
        assert desk.acts == []
        alice.press("Confirm", card)
        await talk.api.until(lambda: desk.acts)

    assert talk.chosen()[0] == "This button is somebody else's. Nothing was done."


async def test_in_a_group_each_answers_their_own_question() -> None:
    """E2, S3: what Victor is asked meanwhile takes nothing from what Alice was asked."""
    desk = Desk()
    async with talking(desk.screens(), COMMANDS, chats=[-100]) as talk:
        alice, victor, group = talk.api.person(7, "Alice"), talk.api.person(8, "Victor"), talk.api.group(-100)
        for person in (alice, victor):
            person.say("/ask", chat=group.chat)
            await talk.api.until(lambda: group.chat.messages[-1].text == "Your price?")
        alice.say("5", chat=group.chat)
        await talk.api.until(lambda: any(each.text == "Got 5" for each in group.chat.messages))
        victor.say("6", chat=group.chat)
        await talk.api.until(lambda: any(each.text == "Got 6" for each in group.chat.messages))

        assert [each.text for each in group.chat.messages if each.text.startswith("Got")] == ["Got 5", "Got 6"]


async def _covered(talk: Talking) -> tuple[Person, Chat]:
    """Alice was asked in a group, and Victor looks at the menu in that very message; Alice and the group."""
    alice, victor, group = talk.api.person(7, "Alice"), talk.api.person(8, "Victor"), talk.api.group(-100)
    alice.say("/ask", chat=group.chat)
    await talk.api.until(lambda: group.chat.messages[-1].text == "Your price?")
    victor.press("Menu", group.chat.messages[-1])
    await talk.api.until(lambda: group.chat.messages[-1].text == "Menu")
    return alice, group.chat


async def test_in_a_group_no_question_is_forgotten_over_what_somebody_else_looks_at_now() -> None:
    """E6: what came of an act would else become "nothing was changed", five minutes after it was done."""
    async with talking(Desk().screens(), COMMANDS, chats=[-100]) as talk:
        _, chat = await _covered(talk)
        talk.clock.ahead += 301_000
        await talk.api.until(lambda: chat.messages[-1].text == "Too slow")

        assert chat.messages[-2].text == "Menu"


async def test_in_a_group_an_answer_is_not_put_over_what_somebody_else_looks_at_now() -> None:
    """S3: the question is gone from the screen; whoever was asked may answer still, in a message of its own."""
    async with talking(Desk().screens(), COMMANDS, chats=[-100]) as talk:
        alice, chat = await _covered(talk)
        alice.say("5", chat=chat)
        await talk.api.until(lambda: chat.messages[-1].text == "Got 5")

        assert "Menu" in [each.text for each in chat.messages]


async def test_a_confirmation_dies_after_a_minute() -> None:
    """E6: what was shown a minute ago may not be what is now."""
    desk = Desk()
    async with talking(desk.screens(), COMMANDS) as talk:
        alice = talk.api.person(7)
        alice.say("/start")
        await talk.shows(alice, "Menu")
        talk.clock.ahead = 61_000
        alice.press("Confirm")
        await talk.api.until(talk.chosen)

    assert desk.acts == []
    assert talk.chosen() == ["Too late: a confirmation holds for 60 seconds. Nothing was done; look again."]


async def test_buttons_and_questions_outlive_the_process() -> None:
    """E7: after a restart the spent button stays spent, the others work, and the question still waits."""
    desk = Desk()
    async with bot_api() as api:
        async with talking(desk.screens(), COMMANDS, api=api) as talk:
            alice = api.person(7)
            alice.say("/start")
            await talk.shows(alice, "Menu")
            card = alice.last
            alice.press("Confirm", card)
            await talk.shows(alice, "Done 1")
            alice.say("/ask")
            await talk.shows(alice, "Your price?")
            await _kept(talk, "answer")
        async with talking(desk.screens(), COMMANDS, api=api, store=talk.store) as again:
            alice.press("Confirm", card)
            await api.until(lambda: len(talk.chosen()) == 2)
            alice.say("59000")
            await again.shows(alice, "Got 59000")

    assert len(desk.acts) == 1


async def _kept(talk: Talking, word: str) -> None:
    while word not in str(await talk.store.recall("frontend:telegram:chat:7")):  # noqa: ASYNC110 - told by nobody
        await asyncio.sleep(0.01)


async def test_a_typed_answer_is_edited_into_the_question() -> None:
    """E2: one message in place; what was typed is taken away."""
    desk = Desk()
    async with talking(desk.screens(), COMMANDS) as talk:
        alice = talk.api.person(7)
        alice.say("/start")
        await talk.shows(alice, "Menu")
        alice.press("Ask")
        await talk.shows(alice, "Your price?")
        alice.say("<i>1</i>")
        await talk.shows(alice, "Got <i>1</i>")

    assert len(talk.api.calls_of("deleteMessage")) == 1

    assert len(talk.api.calls_of("sendMessage")) == 1


async def test_a_question_is_forgotten() -> None:
    """E2: five minutes without an answer, and the message says so."""
    desk = Desk()
    async with talking(desk.screens(), COMMANDS) as talk:
        alice = talk.api.person(7)
        alice.say("/ask")
        await talk.shows(alice, "Your price?")
        talk.clock.ahead = 301_000
        await talk.shows(alice, "Too slow")
        alice.say("59000")
        await talk.shows(alice, "I don't know that.")

    assert not [each.text for each in alice.sees if each.text.startswith("Got")]


async def test_a_dashboard_is_drawn_anew_while_watched() -> None:
    """E4: every 45 s in place; untouched for five minutes it stops."""
    desk = Desk()
    async with talking(desk.screens(), COMMANDS) as talk:
        alice = talk.api.person(7)
        alice.say("/watch")
        await talk.shows(alice, "Look 1")
        talk.clock.ahead = 46_000
        await talk.shows(alice, "Look 2")
        talk.clock.ahead = 500_000
        while talk.frontend._talks[7].memory.values.get("_watched"):  # noqa: ASYNC110, SLF001 - nobody tells of it
            await asyncio.sleep(0.01)

    assert desk.drawn == 2
    assert len(talk.api.calls_of("sendMessage")) == 1


@pytest.mark.parametrize(
    ("label", "words"),
    [("Break", "Something went wrong inside"), ("No", "main <b>is</b> paused"), ("Far", "Far 90")],
)
async def test_whatever_a_button_meets_is_said(label: str, words: str) -> None:
    """A bug and a refusal are screens; a button that needs more than 64 bytes works; names are literal (S10)."""
    desk = Desk()
    async with talking(desk.screens(), COMMANDS) as talk:
        alice = talk.api.person(7)
        alice.say("/start")
        await talk.shows(alice, "Menu")
        alice.press(label)
        await talk.shows(alice, words)

        assert not talk.running.done()
    assert len(talk.api.calls_of("sendMessage")) == 1


async def test_no_made_up_press_acts_without_its_confirmation() -> None:
    """S2, S3: data that names an acting screen itself, as a changed client can send it, is refused: no code, no act."""
    desk = Desk()
    async with talking(desk.screens(), COMMANDS, acting=("act",)) as talk:
        alice = talk.api.person(7, "Alice")
        alice.say("/start")
        await talk.shows(alice, "Menu")
        alice.press_data("g:act?what=close", alice.last)
        await talk.api.until(lambda: "Nothing was done" in " ".join(talk.chosen()))
        assert desk.acts == []
        alice.press("Confirm")
        await talk.shows(alice, "Done 1")

    assert desk.acts == [("close", "r1")]
