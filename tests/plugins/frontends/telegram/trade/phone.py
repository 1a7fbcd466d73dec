"""A person with a phone, without Telegram: sees screens, presses buttons by label, types. Every turn is a restart."""

import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from config.request import request_from_text
from core.engine.application import FrontDoor
from core.engine.choices import Choices
from core.engine.desk import Desk
from core.request import Request
from plugins.frontends.telegram.rooms.texts import WIDTH
from plugins.frontends.telegram.screen import Button, Goes, Screen
from plugins.frontends.telegram.trade import screens
from plugins.frontends.telegram.turn import Turn
from ports.frontend import Principal, Role
from tests.botapi.html import parse_html
from tests.living import Serving, serving

ALICE = Principal(front="telegram", user="7", name="Alice", role=Role.TRADER, chat="-100")
BOB = Principal(front="telegram", user="9", name="Bob", role=Role.TRADER, chat="-100")
VICTOR = Principal(front="telegram", user="8", name="Victor", role=Role.VIEWER, chat="-100")
PRE = re.compile(r"<pre>(.*?)</pre>", re.DOTALL)


@dataclass
class Chat:
    """One chat; *memory* is what the shell keeps, as text. *ahead* pushes the clock on."""

    door: FrontDoor
    memory: str = "{}"
    updates: int = 0
    ahead: int = 0


@dataclass
class Phone:
    """One person in a chat. *screen* is what their latest message shows."""

    chat: Chat
    who: Principal = ALICE
    screen: Screen = field(default_factory=lambda: Screen(""))

    @property
    def text(self) -> str:
        """What is read, without tags."""
        return parse_html(self.screen.text).text

    @property
    def labels(self) -> list[str]:
        """What can be pressed."""
        return [button.label for each in self.screen.rows for button in each]

    async def command(self, text: str = "") -> Screen:
        """/trade, with what follows it."""
        return await self.turn(Goes("trade"), text)

    async def says(self, text: str) -> Screen:
        """Type an answer to what is asked."""
        assert self.screen.awaits is not None, f"nothing is asked: {self.text}"
        return await self.turn(self.screen.awaits, text)

    async def press(self, label: str) -> Screen:
        """Press the button whose label begins so."""
        return await self.tap(self.button(label))

    def button(self, label: str) -> Button:
        """The button whose label begins so."""
        for each in (button for one in self.screen.rows for button in one):
            if each.label.startswith(label):
                return each
        raise AssertionError(f"no button {label!r} among {self.labels} under: {self.text}")

    async def tap(self, button: Button) -> Screen:
        """Press a button that was or is on the screen."""
        revised = {"revision": button.revision} if button.revision else {}
        return await self.turn(Goes(button.goes.screen, {**button.goes.arguments, **revised}))

    async def turn(self, goes: Goes, text: str = "") -> Screen:
        """One turn, after which the chat's memory has been to the disk and back."""
        self.chat.updates += 1
        memory: dict[str, Any] = json.loads(self.chat.memory)
        turn = Turn(
            who=self.who,
            application=self.chat.door,
            now=self.chat.door.clock.now() + self.chat.ahead,
            identity=f"tg-{self.who.chat}-{self.chat.updates}",
            arguments=goes.arguments,
            text=text,
            memory=memory,
        )
        self.screen = await screens()[goes.screen](turn)
        self.chat.memory = json.dumps(memory)
        fits(self.screen)
        return self.screen


def fits(screen: Screen) -> None:
    """A phone and Telegram can take it."""
    assert len(screen.text) < 4_096
    assert parse_html(screen.text).text
    lines = [line for block in PRE.findall(screen.text) for line in parse_html(block).text.split("\n")]
    assert all(len(line) <= WIDTH for line in lines), lines


def read(text: str, identity: str, at: int) -> Request:
    """A request as the service reads it."""
    return request_from_text(text, identity=identity, at=at)


async def silent(what: str, detail: str) -> None:
    """Nobody is told."""


def chat_of(stage: Serving) -> Chat:
    """A chat with a running service."""
    desk = Desk(stage.service, read, profile="", version="")
    handlers = {**desk.handlers(), **Choices(stage.service).handlers()}
    return Chat(FrontDoor(handlers, stage.store, stage.service.clock, silent))


@asynccontextmanager
async def phone(accounts: Sequence[str] = ("main",), **more: Any) -> AsyncIterator[tuple[Phone, Serving]]:
    """Alice's phone and the service behind it; BTCUSDT trades at 60,000."""
    async with serving(accounts=accounts, **more) as stage:
        stage.price(60_000)
        yield Phone(chat_of(stage)), stage
