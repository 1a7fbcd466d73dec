"""Every command as it leaves for the venue: what it follows from, and that it is needed (I5, I7, A9, B4, F09, F19)."""

from collections.abc import Sequence
from decimal import Decimal

from config.simulation.disk import PATIENCE
from config.simulation.scene import SLACK, Scene, Where
from config.simulation.story import SYMBOL, Does, is_entry
from core.account.box import Box
from core.account.explaining import RELEASED
from core.account.state import AccountState
from core.commands import Amend, Cancel, Command, Place, SetStop
from core.identity import parse_key
from core.money import ZERO, text
from core.plan import CLOSING_ROLE

MOST_CALLS = 1_000
"""Commands of one storm; a machine that sends more goes round in circles (C4)."""


class Spinning(Exception):
    """A storm whose machines never stop sending: it is ended there."""


class Sent:
    """Judges commands. *calls* is how many there were."""

    def __init__(self, scene: Scene) -> None:
        """Nothing has left yet."""
        self._scene = scene
        self.calls = 0
        self.changed: dict[str, int] = {}
        """When a user changed the leverage last, by account: only the rows of what is held since then tell of it."""
        self._begun: set[tuple[str, str]] = set()

    def sends(self, state: AccountState, commands: Sequence[Command]) -> None:
        """Commands are about to leave for the venue."""
        self.calls += len(commands)
        if self.calls > MOST_CALLS:
            self._scene.breach("C4", state.account, f"more than {MOST_CALLS} commands in one storm")
            raise Spinning
        for command in commands:
            match command:
                case Place(key=key) | Amend(key=key) | Cancel(key=key):
                    self._ours(state, key)
                case SetStop(slot=slot, price=price):
                    self._again((state.account, slot.index), price)
                case _:
                    pass
            if isinstance(command, Place):
                self._placed(state, command)

    def _again(self, where: Where, price: Decimal | None) -> None:
        """A stop that stands as wished needs no call in calm weather, least of all after a fill (rel:F09, rel:7).

        Unless the same call left a moment ago: a frame that shows the stop as it was before crosses with it. Nor where
        something was added, or an entry executed and it isn't known yet that it did, or with which stop: they bring
        theirs, and the order of news decides who knows it first.
        """
        name, (size, stop) = where[0], self._scene.position(where)
        calm = self._scene.calm(name)
        last, at = self._scene.set_at.get(where, (None, 0))
        self._scene.set_at[where] = (price, self._scene.now)
        crossed = last == price and self._scene.now - at <= self._scene.patience
        crossed = crossed or any(each.what is Does.MERGE for each in self._scene.story.happenings)
        crossed = crossed or self._unheard(name, price)
        if calm and size and stop == price and not crossed and name not in self._scene.meddled:
            self._scene.breach("F09", name, f"the stop stands at {stop} and is set there again")

    def _unheard(self, name: str, price: Decimal | None) -> bool:
        """Whether an entry of ours executed a moment ago that its trade hasn't booked, or knows with another stop."""
        since = self._scene.clocks.venue(self._scene.now) - self._scene.patience
        entered = [each for each in self._scene.accounts[name].executions if is_entry(each.link) and each.at >= since]
        state = self._scene.process.nodes[name].machine.state
        for each in entered:
            box, parts = state.find(each.link)
            line = box.trade.lines.get(parts.role) if box is not None and parts is not None else None
            if box is not None and (each.id not in box.seen or line is None or line.stop != price):
                return True
        return False

    def _placed(self, state: AccountState, place: Place) -> None:
        """A placement follows only what is dead and booked (I5), and raises no risk while the account is unwell."""
        if not place.reduce_only and state.troubles:
            self._scene.breach("F19", state.account, f"{place.key} sent while {', '.join(sorted(state.troubles))}")
        if not place.reduce_only and state.paused:
            self._scene.breach("F19", state.account, f"{place.key} sent while new entries are paused")
        box, key = state.find(place.key)
        if box is not None and key is not None and not place.reduce_only:
            self._in_time(box, key.role)
            self._heeded(state.account, box, place)
        if box is not None and key is not None and key.role != CLOSING_ROLE and RELEASED + box.id in box.seen:
            # An entry that filled unknown is a ghost like any, and flattened (B10).
            self._scene.breach("I7", state.account, f"{place.key} sent though its trade was given back")
        if box is None or key is None or not key.revision:
            return
        account = self._scene.accounts[state.account]
        before = account.find(key._replace(revision=key.revision - 1).text)
        if not place.reduce_only:
            self._scene.breach("I5", state.account, f"{place.key}: an entry is placed again")
        if before is None and key._replace(revision=key.revision - 1).text not in account.links:
            self._scene.breach("I5", state.account, f"{place.key} leaves though the revision before was never taken")
        elif before is not None and before.open:
            self._scene.breach("I5", state.account, f"{place.key} leaves while the revision before works")
        stem = place.key[:-2]
        executed = sum((each.quantity for each in account.executions if each.link.startswith(stem)), ZERO)
        if executed != box.trade.ledger.filled(key.role) and key.text not in account.links:
            self._scene.breach("I5", state.account, f"{place.key} leaves before {text(executed)} executed are booked")

    def _heeded(self, name: str, box: Box, place: Place) -> None:
        """A trade begins at its leverage (B4), and an entry that the account's mode has no place for stays given up."""
        if place.key[:-2] in self._scene.sights.misfits:
            self._scene.breach("F34", name, f"{place.key} leaves again, though the account's mode has no place for it")
        plan, there = box.trade.plan, self._scene.accounts[name].leverage_of(SYMBOL)
        known = self._scene.sights.leverages.get(name, (0, there))[0] >= self.changed.get(name, 0)
        if there != plan.leverage and known and (name, plan.trade) not in self._begun:
            self._scene.breach("B4", name, f"{plan.trade} begins at leverage {text(there)}, not {text(plan.leverage)}")
        self._begun.add((name, plan.trade))

    def _in_time(self, box: Box, role: str) -> None:
        """An entry leaves within its request's time, give or take what the store takes (A9)."""
        plan = box.trade.plan
        place = next((number for number, leg in enumerate(plan.legs) if leg.role == role), 0)
        added = next((each for each in reversed(plan.additions) if place >= each.legs), None)
        request = plan.request if added is None else added.request
        late = self._scene.now - request.at - request.valid_for
        if late > PATIENCE + SLACK:
            self._scene.breach("A9", plan.account, f"{box.id}: {role} leaves {late} ms after its request's time")

    def _ours(self, state: AccountState, key: str) -> None:
        """Nothing is ever done to an order that isn't this account's own (I7)."""
        parts = parse_key(key)
        if parts is None or parts.account != state.account:
            self._scene.breach("I7", state.account, f"a command for {key}")
