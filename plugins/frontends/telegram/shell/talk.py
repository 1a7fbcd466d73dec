"""One chat's conversation: what was heard becomes a turn, its screen goes into the right message, and is remembered."""

import asyncio
import html
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from plugins.frontends.telegram.screen import Goes, Screen, go, row
from plugins.frontends.telegram.shell import codes, owed
from plugins.frontends.telegram.shell.buttons import Pressed, data_of, goes_json, goes_of, pressed
from plugins.frontends.telegram.shell.heard import Heard
from plugins.frontends.telegram.shell.memory import ChatMemory
from plugins.frontends.telegram.shell.phone import Phone, Shown
from plugins.frontends.telegram.turn import Handler, Refused, Turn
from ports.errors import Declined, Unavailable
from ports.frontend import Application, Principal
from ports.secret import Secret
from ports.times import full_time

log = structlog.get_logger("tandem.telegram")

AWAITS, WATCHED, CODE = "_asked", "_watched", "_code"
"""Questions and codes that are waited for are kept by person: in a group each answers their own."""
CODE_SCREEN = "_code"
CODE_PATIENCE = 60_000
ODD = Screen(
    "<b>Something went wrong inside Tandem.</b>\nIt may or may not have been done: look before you repeat it. "
    "The log names the reason.",
    (row(go("Positions", "positions"), go("Status", "status")),),
)
NOT_OURS = "This must be confirmed by its own button. Nothing was done."
UNKNOWN = Screen("I don't know that. /help lists what I understand.", (row(go("Dashboard", "dashboard")),))


@dataclass(slots=True)
class House:
    """What all chats share. *commands* lead from a command's name to a screen, *codes_all*: every act needs a code.

    *acting* are the screens that act: only a button that works once leads there, whatever data a press brings (S3).
    """

    application: Application
    phone: Phone
    screens: Mapping[str, Handler]
    commands: Mapping[str, str]
    totp: Secret | None = None
    codes_all: bool = False
    acting: frozenset[str] = frozenset()
    secrets_used: ChatMemory = field(default_factory=lambda: ChatMemory(0))


@dataclass(slots=True)
class Talk:
    """One chat. Only one `hear`, `forget` or `refresh` runs at a time: the caller sees to that."""

    house: House
    memory: ChatMemory

    @property
    def now(self) -> int:
        return self.house.application.clock.now()

    async def hear(self, heard: Heard) -> None:
        """Answer what somebody said or pressed."""
        self._touched()
        try:
            if heard.press:
                await self._press(heard)
            else:
                await self._text(heard)
        except (Unavailable, Declined) as error:
            log.warning("screen not shown", chat=heard.chat, reason=str(error))
        finally:
            await self.memory.keep(self.house.application)

    def _touched(self) -> None:
        watched = self.memory.values.get(WATCHED)
        if watched is not None:
            watched["since"] = self.now

    # what was heard

    async def _press(self, heard: Heard) -> None:
        meant = pressed(heard.data, self.memory.values, heard.user, self.now)
        forged = not meant.once and meant.goes.screen in self.house.acting
        if meant.why or forged:
            if forged:
                log.warning("a press that no button of ours makes", by=heard.who.by, screen=meant.goes.screen)
            await self.house.phone.answer(heard.press, meant.why or NOT_OURS)
            return
        if meant.once and self.house.totp is not None and (meant.code or self.house.codes_all):
            await self.memory.keep(self.house.application)  # the button is spent, whatever becomes of the code
            screen = self._ask_code(heard, meant)
            await self.house.phone.answer(heard.press)
        elif meant.once:
            # An act may take a minute, and Telegram forgets a press that nobody answers.
            screen, _ = await asyncio.gather(
                self._act(heard, meant.goes, meant.about), self.house.phone.answer(heard.press, "Doing it ...")
            )
        else:
            screen = await self._turn(heard, meant.goes)
            await self.house.phone.answer(heard.press, screen.toast)
        await self._show(heard, screen, None if screen.fresh else heard.message, pictured=heard.pictured)

    async def _act(self, heard: Heard, goes: Goes, about: str) -> Screen:
        """A turn that acts. Spent before it does: after a crash nothing is done twice, and the person is told (E6)."""
        name = str(heard.number)
        owed.promise(self.memory.values, name, user=heard.user, about=about, now=self.now)
        await self.memory.keep(self.house.application)
        screen = await self._turn(heard, goes)
        owed.came(self.memory.values, name, screen.text)
        return screen

    def _ask_code(self, heard: Heard, meant: Pressed) -> Screen:
        self._of(CODE)[str(heard.user)] = {**goes_json(meant.goes), "about": meant.about}
        return Screen(
            "Send the 6-digit code of your authenticator app.",
            (row(go("Cancel", "cancel")),),
            awaits=Goes(CODE_SCREEN),
            patience=CODE_PATIENCE,
            forgotten="No code came. Nothing was done.",
        )

    async def _text(self, heard: Heard) -> None:
        command, arguments = command_of(heard.text)
        if command:
            goes = Goes(self.house.commands.get(command, ""))
            await self._show(heard, await self._turn(heard, goes, arguments), None)
            return
        awaits = self._of(AWAITS).get(str(heard.user))
        if awaits is None:
            if heard.chat == heard.user:  # in a group people talk to each other
                await self._show(heard, UNKNOWN, None)
            return
        if self._over(awaits):
            await self.forget()
            return
        del self._of(AWAITS)[str(heard.user)]
        await self.house.phone.delete(heard.chat, heard.message)
        goes = goes_of(awaits)
        if goes.screen == CODE_SCREEN:
            screen = await self._with_code(heard)
        else:
            screen = await self._turn(heard, goes, heard.text)
        await self._show(heard, screen, awaits["message"], pictured=awaits["pictured"])

    async def _with_code(self, heard: Heard) -> Screen:
        waiting = self._of(CODE).pop(str(heard.user), None)
        secret = self.house.totp
        if waiting is None or secret is None:
            return UNKNOWN
        tries = self.house.secrets_used.values.setdefault(str(heard.user), {})
        why = codes.refusal(secret, heard.text, tries, self.now)
        await self.house.secrets_used.keep(self.house.application)
        if why:
            log.warning("one-time code refused", by=heard.who.by)
            return Screen(why, (row(go("Dashboard", "dashboard")),))
        return await self._act(heard, goes_of(waiting), str(waiting.get("about", "")))

    # what is shown

    async def _turn(self, heard: Heard, goes: Goes, text: str = "") -> Screen:
        return await self.draw(heard.who, goes, text, identity=f"tg-{heard.chat}-{heard.number}")

    async def draw(self, who: Principal, goes: Goes, text: str = "", *, identity: str) -> Screen:
        """The screen of a name; what it could not do is a screen too."""
        handler = self.house.screens.get(goes.screen)
        if handler is None:
            return UNKNOWN
        turn = Turn(
            who=who,
            application=self.house.application,
            now=self.now,
            identity=identity,
            arguments=goes.arguments,
            text=text,
            memory=self.memory.values,
        )
        try:
            return await handler(turn)
        except Refused as refused:
            reasons = "\n".join(f"• {html.escape(each)}" for each in refused.reasons)
            return Screen(f"<b>Not done</b>\n{reasons}", (row(go("Dashboard", "dashboard")),))
        except Exception:
            log.exception("a screen failed", screen=goes.screen)
            return ODD

    async def _show(self, heard: Heard, screen: Screen, message: int | None, *, pictured: bool = False) -> None:
        shown, now = self._shown(screen, heard.user), self.now
        at = await self._put(heard.chat, shown, message, pictured=pictured)
        values = self.memory.values
        owed.paid(values, str(heard.number))
        self._of(AWAITS).pop(str(heard.user), None)
        self._covered(at)
        if screen.awaits is not None:
            self._of(AWAITS)[str(heard.user)] = {
                **goes_json(screen.awaits),
                "message": at,
                "pictured": screen.picture is not None,
                "until": now + screen.patience if screen.patience else 0,
                "forgotten": screen.forgotten,
            }
        watched = values.get(WATCHED)
        if screen.watched is not None:
            name = heard.who.name
            values[WATCHED] = {**goes_json(screen.watched), "user": heard.user, "name": name, "message": at,
                               "since": now, "drawn": now, "errors": 0}  # fmt: skip
        elif watched is not None and watched["message"] == at:
            del values[WATCHED]

    def _covered(self, message: int) -> None:
        """In a group somebody else's question may have stood there: its answer, or its end, gets a message of its own.

        Put over this one it would hide what came of an act.
        """
        for awaits in self._of(AWAITS).values():
            if awaits["message"] == message:
                awaits["message"], awaits["pictured"] = None, False

    def _shown(self, screen: Screen, user: int) -> Shown:
        keys = [
            [(button.label, data_of(button, self.memory.values, user, self.now, screen.text)) for button in each]
            for each in screen.rows
        ]
        return Shown(screen.text, keys, screen.picture)

    async def _put(self, chat: int, shown: Shown, message: int | None, *, pictured: bool) -> int:
        """Into the message where that can be, else into a new one; returns which."""
        if message is None:
            return await self.house.phone.send(chat, shown)
        if pictured != (shown.picture is not None):
            sent = await self.house.phone.send(chat, shown)
            await self.house.phone.delete(chat, message)
            return sent
        try:
            await self.house.phone.edit(chat, message, shown)
        except Declined:
            return await self.house.phone.send(chat, shown)
        return message

    def _of(self, name: str) -> dict[str, Any]:
        """What is kept under a name for each person."""
        kept: dict[str, Any] = self.memory.values.setdefault(name, {})
        return kept

    # what happens by itself

    def _over(self, awaits: Mapping[str, Any]) -> bool:
        return bool(awaits["until"]) and self.now > awaits["until"]

    async def forget(self) -> None:
        """Say in their messages that questions waited long enough, when they did."""
        for user in [user for user, awaits in self._of(AWAITS).items() if self._over(awaits)]:
            await self._forget(user)

    async def _forget(self, user: str) -> None:
        awaits = self._of(AWAITS).pop(user)
        self._of(CODE).pop(user, None)
        text = str(awaits["forgotten"]) or "That took too long; nothing was changed."
        shown = self._shown(Screen(text, (row(go("Dashboard", "dashboard")),)), int(user))
        try:
            await self._put(self.memory.chat, shown, awaits["message"], pictured=bool(awaits["pictured"]))
        except (Unavailable, Declined) as error:
            log.warning("screen not shown", chat=self.memory.chat, reason=str(error))
        await self.memory.keep(self.house.application)

    async def pay(self) -> None:
        """Tell what is still owed of acts: nobody works on them any more."""
        for name, found in owed.due(self.memory.values, self.now):
            found["next"] = self.now + owed.AGAIN
            user = int(found["user"])
            if not found["text"]:
                log.warning("an act was interrupted", chat=self.memory.chat, user=user, at=found["at"])
            try:
                shown = self._shown(owed.screen(found, full_time(int(found["at"]), self.house.application.zone)), user)
                await self.house.phone.send(self.memory.chat, shown)
            except Unavailable as error:
                log.info("outcome not told yet", chat=self.memory.chat, reason=str(error))
                continue
            except Declined as error:
                log.warning("outcome not told", chat=self.memory.chat, reason=str(error))
            owed.paid(self.memory.values, name)
            await self.memory.keep(self.house.application)

    async def refresh(self, who: Principal, *, every: int, longest: int) -> None:
        """Draw the watched screen anew when it is due; stop after *longest* untouched, or the third failure (E4)."""
        watched = self.memory.values.get(WATCHED)
        if watched is None or self.now - watched["drawn"] < every:
            return
        if self.now - watched["since"] > longest or watched["errors"] >= 3:
            del self.memory.values[WATCHED]
            await self.memory.keep(self.house.application)
            return
        watched["drawn"] = self.now
        screen = await self.draw(who, goes_of(watched), identity=f"tg-{self.memory.chat}-watch")
        try:
            shown = self._shown(replace(screen, toast=""), int(watched["user"]))
            await self.house.phone.edit(self.memory.chat, int(watched["message"]), shown)
            watched["errors"] = 0
        except (Unavailable, Declined) as error:
            watched["errors"] += 1
            log.debug("dashboard not drawn", chat=self.memory.chat, reason=str(error))


def command_of(text: str) -> tuple[str, str]:
    """The command's name and what follows it; ("", "") for what is none.

    >>> command_of("/trade@tandem_bot BTCUSDT long"), command_of("59000")
    (('trade', 'BTCUSDT long'), ('', ''))
    """
    if not text.startswith("/"):
        return "", ""
    first, _, rest = text[1:].partition(" ")
    return first.partition("@")[0].lower(), rest.strip()
