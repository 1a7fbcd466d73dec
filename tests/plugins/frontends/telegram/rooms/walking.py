"""A person with a phone over a real service: opens screens, presses buttons by their labels, types.

Every screen that comes up is read as Telegram would read it. The memory goes through JSON between turns, as over a
restart.
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from config.answering import handlers_of
from config.health import Health
from config.request import request_from_text
from config.vitals import Vitals
from core.alert_text import text as alert_text
from core.engine.alerting import UserAlerts
from core.engine.application import FrontDoor
from core.engine.control import Handler as Command
from core.engine.desk import Desk
from core.engine.outbox import Outbox
from core.engine.preferring import Preferring
from core.engine.reports import Reports
from plugins.frontends.telegram import trade
from plugins.frontends.telegram.rooms import ACTING, screens
from plugins.frontends.telegram.rooms.texts import WIDTH
from plugins.frontends.telegram.screen import Button, Goes, Screen
from plugins.frontends.telegram.turn import Memory, Refused, Turn
from ports.frontend import Principal, Role
from tests.botapi.html import parse_html
from tests.serving import BALANCES, House, house
from tests.staging import request

ALICE = Principal(front="telegram", user="7", role=Role.TRADER, name="Alice", chat="7")
VICTOR = Principal(front="telegram", user="8", role=Role.VIEWER, name="Victor", chat="8")
ELSEWHERE = trade.screens()
"""Screens that other modules bring."""
HERE = screens()
LABEL = 64


def judged(screen: Screen) -> Screen:
    """The screen, when Telegram takes it and it fits a phone."""
    shown = parse_html(screen.text)  # raises what Telegram would refuse
    assert 0 < len(screen.text) <= (1_024 if screen.picture else 4_096)
    for entity in shown.entities:
        if entity.type == "pre":
            lines = shown.text.encode("utf-16-le")[entity.offset * 2 : (entity.offset + entity.length) * 2]
            assert max(map(len, lines.decode("utf-16-le").splitlines())) <= WIDTH, lines
    for button in (each for row in screen.rows for each in row):
        assert 0 < len(button.label) <= LABEL
        assert button.goes.screen in {*HERE, *ELSEWHERE}, button
        assert button.once == (button.goes.screen in ACTING), button
        assert all(isinstance(value, str) for value in button.goes.arguments.values()), button
    assert all(0 < len(row) <= 8 for row in screen.rows)
    return screen


@dataclass
class Walk:
    """One person's way through the screens."""

    door: FrontDoor
    who: Principal = ALICE
    memory: Memory = field(default_factory=dict)
    screen: Screen = field(default_factory=lambda: Screen("nothing yet"))
    turns: int = 0

    async def open(self, name: str, text: str = "", **arguments: str) -> Screen:
        """Go to a screen."""
        return await self._go(Goes(name, arguments), text)

    async def press(self, label: str) -> Screen:
        """Press the button whose label holds these words."""
        button = self.button(label)
        assert button is not None, f"no {label!r} among {self.labels}"
        revised = {"revision": button.revision} if button.revision else {}
        return await self._go(Goes(button.goes.screen, {**button.goes.arguments, **revised}))

    async def type(self, text: str) -> Screen:
        """Answer what the screen asks."""
        assert self.screen.awaits is not None, self.screen.text
        return await self._go(self.screen.awaits, text)

    def button(self, label: str) -> Button | None:
        """The first button whose label holds these words."""
        return next((each for row in self.screen.rows for each in row if label in each.label), None)

    @property
    def labels(self) -> list[str]:
        """What the buttons say."""
        return [each.label for row in self.screen.rows for each in row]

    @property
    def words(self) -> str:
        """The text without its marks, as a person reads it."""
        return parse_html(self.screen.text).text

    async def _go(self, goes: Goes, text: str = "") -> Screen:
        self.turns += 1
        memory = json.loads(json.dumps(self.memory))
        turn = Turn(who=self.who, application=self.door, now=self.door.clock.now(), identity=f"tg-{self.turns}",
                    arguments=goes.arguments, text=text, memory=memory)  # fmt: skip
        try:
            self.screen = judged(await HERE[goes.screen](turn))
        except Refused as refused:
            self.screen = Screen("REFUSED " + " ".join(refused.reasons))
        self.memory = memory
        return self.screen


@dataclass
class Rooms:
    """A service and a trader who looks at it."""

    house: House
    alice: Walk

    def victor(self) -> Walk:
        """A viewer of the same service."""
        return Walk(self.alice.door, VICTOR)


def door_of(
    at: House, more: Mapping[str, Command] | None = None, without: Sequence[str] = (), zone: str = "UTC"
) -> FrontDoor:
    """The application over a running service, with its health; an older one lacks some commands."""

    async def tell(what: str, detail: str) -> None:
        raise AssertionError((what, detail))

    desk = Desk(at.service, lambda text, name, now: request_from_text(text, identity=name, at=now),
                profile="paper.yaml", version="0.1.0")  # fmt: skip
    health = Health(at.service, Vitals(Path()), [])
    preferring = Preferring(at.store, Outbox(at.store, at.service.clock, {}, alert_text), {})
    parts = (health, preferring, UserAlerts(at.service), Reports(at.service, lambda: None))
    own = {name: each for part in parts for name, each in part.handlers().items()}
    handlers = {**handlers_of(desk, at.service), **own, **(more or {})}
    known = {name: each for name, each in handlers.items() if name not in without}
    return FrontDoor(known, at.store, at.service.clock, tell, zone)


@asynccontextmanager
async def rooms(
    *, opened: bool = True, more: Mapping[str, Command] | None = None, without: Sequence[str] = (), zone: str = "UTC"
) -> AsyncIterator[Rooms]:
    """Main and mirror at 100, with a long of three entries open on both when *opened*."""
    async with house(balances=BALANCES) as at:
        if opened:
            await at.open(replace(request(("market", 95, 92)), note="<b>note</b> & more"))
        yield Rooms(at, Walk(door_of(at, more, without, zone)))
