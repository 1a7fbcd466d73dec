"""The front end as a whole: asks Telegram what happened, gives each chat its turn, keeps dashboards and deadlines."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import structlog

from plugins.frontends.telegram.shell.admitted import Admitted
from plugins.frontends.telegram.shell.heard import Heard, heard, principal
from plugins.frontends.telegram.shell.mark import Mark
from plugins.frontends.telegram.shell.memory import ChatMemory
from plugins.frontends.telegram.shell.pace import Pace
from plugins.frontends.telegram.shell.phone import Phone, Twice
from plugins.frontends.telegram.shell.settings import TelegramFrontendSettings
from plugins.frontends.telegram.shell.talk import WATCHED, House, Talk
from plugins.frontends.telegram.shell.whereabouts import Whereabouts
from plugins.frontends.telegram.turn import Handler
from ports.errors import RateLimited, Stopped, TandemError, Unavailable
from ports.frontend import Application, Role
from ports.notifier import LendsBot, Notifier

if TYPE_CHECKING:
    from telegram import Bot, Update

log = structlog.get_logger("tandem.telegram")

WAITING = 30
"""Turns that may wait in one chat; more are dropped (S17)."""
TICK = 1_000
PAUSES = (1_000, 2_000, 5_000, 15_000, 30_000)
POLLERS = 5
"""So many answers "somebody else polls" in a row before polling ends: an old instance's last question dies by then."""


class TelegramFrontend:
    """See ports.frontend, Frontend and Listing. *screens* and *commands* (name -> screen, sentence) are what it offers.

    Only buttons that work once lead to *acting* screens.
    """

    def __init__(
        self,
        name: str,
        settings: TelegramFrontendSettings,
        notifiers: Mapping[str, Notifier],
        screens: Mapping[str, Handler],
        commands: Mapping[str, tuple[str, str]],
        acting: Collection[str] = (),
    ) -> None:
        """Nothing is opened here."""
        self.name = name
        self.dropped = 0
        self._settings = settings
        self._notifiers = notifiers
        self._screens = screens
        self._commands = commands
        self._acting = frozenset(acting)
        self._pace = Pace()
        self._whereabouts = Whereabouts(notifiers, settings.notifier, settings.chats)
        self._talks: dict[int, Talk] = {}
        self._locks: dict[int, asyncio.Lock] = {}
        self._waiting: dict[int, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._house: House | None = None
        self._mark = Mark("")
        self._taking = asyncio.Lock()
        self._leaving = False

    async def start(self, application: Application) -> None:
        """See Frontend.start."""
        lenders: dict[str, object] = dict(self._notifiers)
        bots = {name: each.bot for name, each in lenders.items() if isinstance(each, LendsBot)}
        bot = bots.get(self._settings.notifier)
        if bot is None:
            known = ", ".join(bots)
            raise Stopped(
                f"frontends.{self.name}: {self._settings.notifier!r} is no Telegram notifier; "
                f"{f'name one of {known}' if known else 'add one: notifiers: [{use: telegram, token: !env ...}]'}"
            )
        screens = {name: screen for name, (screen, _) in self._commands.items()}
        self._house = House(
            Admitted(application, lambda: self._settings.users),
            Phone(cast("Bot", bot), self._whereabouts), self._screens, screens, self._settings.totp,
            codes_all=self._settings.codes_for == "all", acting=self._acting,
        )  # fmt: skip
        await self._house.secrets_used.load(application)
        self._mark = Mark(self._house.phone.bot)
        await self._mark.load(application)
        for chat in (*self._settings.users, *self._settings.chats):
            await self._let_in(self._house, chat)

    async def serve_only(self, users: Mapping[str, Role]) -> None:
        """See Listing.serve_only. An act that was confirmed before goes on, and its outcome is still shown."""
        listed = {int(user): role for user, role in users.items()}
        self._list({user: role for user, role in listed.items() if user in self._settings.users})
        if self._house is not None:
            for chat in listed.keys() - self._talks.keys():
                await self._let_in(self._house, chat)
        self._list(listed)

    def private(self, notifier: str, chat: str) -> bool:
        """See Private.private: groups have negative numbers, channels names."""
        return notifier == self._settings.notifier and chat.isdecimal()

    def lists(self, chat: str) -> bool:
        """See Private.lists: a person's chat has the person's number."""
        return int(chat) in self._settings.users

    def _list(self, users: Mapping[int, Role]) -> None:
        self._settings = self._settings.model_copy(update={"users": users})

    async def _let_in(self, house: House, chat: int) -> None:
        """The chat with what it remembers from when it was served before."""
        talk = Talk(house, ChatMemory(chat))
        await talk.memory.load(house.application)
        self._talks[chat] = talk

    async def run(self) -> None:
        """See Frontend.run."""
        house = self._opened()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._menu(house))
            ticking = group.create_task(self._tick(house))
            await self._poll(house)
            ticking.cancel()

    async def finish(self) -> None:
        """See Frontend.finish. What Telegram still brings is not taken: the next start hears it."""
        async with self._taking:
            self._leaving = True
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """See Frontend.close. The bot is the notifier's: it closes that."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _opened(self) -> House:
        if self._house is None:
            raise RuntimeError("start() comes first")
        return self._house

    async def _menu(self, house: House) -> None:
        """The command menu, as soon as Telegram takes it."""
        for pause in (*PAUSES, 0):
            try:
                await house.phone.commands({name: text for name, (_, text) in self._commands.items()})
            except TandemError as error:
                log.info("command menu not set", reason=str(error))
                await house.application.clock.sleep(pause)
            else:
                return

    # in

    async def _poll(self, house: House) -> None:
        """Ask for ever. A second poller ends it: its owner may have the token, and fighting helps nobody (F52)."""
        failures = conflicts = 0
        while conflicts < POLLERS:
            if self._leaving:
                return
            try:
                offset = self._mark.offset(house.application.clock.now())
                await self._take(house, await house.phone.updates(offset, self._settings.poll))
            except Twice:
                conflicts += 1
                await house.application.clock.sleep(PAUSES[min(conflicts, len(PAUSES) - 1)])
            except Stopped as error:
                await house.application.tell("frontend", str(error))
                return
            except Unavailable as error:
                log.info("telegram not asked", reason=str(error))
                wait = error.retry_after_seconds * 1_000 if isinstance(error, RateLimited) else 0
                await house.application.clock.sleep(max(int(wait), PAUSES[min(failures, len(PAUSES) - 1)]))
                failures += 1
            except Exception:
                # What can't be read, by the library or by us, ends no polling, and with it the trading.
                log.exception("updates not read")
                await house.application.clock.sleep(PAUSES[min(failures, len(PAUSES) - 1)])
                failures += 1
            else:
                failures = conflicts = 0
        await house.application.tell(
            "frontend",
            "another program polls Telegram with this bot's token: buttons and commands are off, trading and alerts go "
            "on. Stop the other one, or if you don't know it revoke the token at @BotFather; then restart",
        )

    async def _take(self, house: House, updates: "tuple[Update, ...]") -> None:
        """Each update once: the mark is durable before anything is done (F53)."""
        async with self._taking:
            if self._leaving:
                return
            fresh = await self._mark.passed(updates, house.application)
            self._hear_all(house, fresh)
        if updates and not fresh:
            await house.application.clock.sleep(TICK)  # else the same answer would come at the speed of the network

    def _hear_all(self, house: House, fresh: "list[Update]") -> None:
        for update in fresh:
            try:
                if self._whereabouts.hear(update):
                    continue
                said = heard(update, self._settings, self._whereabouts.home)
            except Exception:
                # The mark is beyond all of them: those after it must not be lost with it.
                log.exception("update skipped", update=update.update_id)
                said = None
            if said is None:
                self.dropped += 1
                log.info("dropped", update=update.update_id, dropped=self.dropped)
            elif self._pace.takes(said.user, house.application.clock.now()):
                self._turn(said)

    def _turn(self, said: Heard) -> None:
        """In its chat's order, beside all other chats."""
        if self._waiting.get(said.chat, 0) >= WAITING:
            self.dropped += 1
            return
        self._waiting[said.chat] = self._waiting.get(said.chat, 0) + 1
        task = asyncio.get_running_loop().create_task(self._hear(said))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _hear(self, said: Heard) -> None:
        try:
            async with self._locks.setdefault(said.chat, asyncio.Lock()):
                role = self._settings.users.get(said.user)
                if role is None:  # taken off the list while this waited for its turn
                    self.dropped += 1
                    return
                await self._talks[said.chat].hear(replace(said, who=replace(said.who, role=role)))
        except Exception:
            # One person's odd message must end nobody's session; what it was is in the log.
            log.exception("a turn failed", chat=said.chat)
        finally:
            self._waiting[said.chat] -= 1

    # by itself

    async def _tick(self, house: House) -> None:
        """Questions that waited long enough, dashboards that are due."""
        while True:
            await house.application.clock.sleep(TICK)
            for talk in list(self._talks.values()):
                if talk.memory.chat in (*self._settings.users, *self._settings.chats):
                    await self._look_after(talk)

    async def _look_after(self, talk: Talk) -> None:
        """A chat in the middle of a turn has its look later: nobody else waits for it."""
        lock = self._locks.setdefault(talk.memory.chat, asyncio.Lock())
        if lock.locked():
            return
        try:
            async with lock:
                await talk.pay()
                await talk.forget()
                await self._refresh(talk)
        except Exception:
            # Neither a token that was revoked nor an odd memory may end this, and with it the trading.
            log.exception("a look at a chat failed", chat=talk.memory.chat)

    async def _refresh(self, talk: Talk) -> None:
        watched = talk.memory.values.get(WATCHED)
        if watched is None:
            return
        user = int(watched["user"])
        if user not in self._settings.users:
            del talk.memory.values[WATCHED]
            return
        who = principal(user, talk.memory.chat, str(watched["name"]), self._settings.users)
        await talk.refresh(who, every=self._settings.refresh * 1_000, longest=self._settings.watch_for * 1_000)
