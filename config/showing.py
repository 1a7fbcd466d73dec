"""What is configured, for people to look at: names and rules, never a secret, never a path but the file's own."""

from collections.abc import Callable, Iterable, Mapping

from config.models import Chosen, LimitsSettings, Settings
from core.account.state import AccountState
from core.engine.control import GOOD, Answer, Handler
from core.view import as_json


class Showing:
    """Shows one service's configuration as it is in force."""

    def __init__(self, in_force: Callable[[], Settings], states: Mapping[str, AccountState]) -> None:
        """*in_force* gives the settings as they are now."""
        self._in_force = in_force
        self._states = states

    def handlers(self) -> Mapping[str, Handler]:
        """Every command by its name."""
        return {"settings": self.settings}

    async def settings(self, arguments: Mapping[str, object]) -> Answer:
        """Accounts, strategies, notifiers, front ends with their people, limits that are set."""
        found = self._in_force()
        data = {
            "path": found.path,
            "timezone": found.top.timezone,
            "on_stop": found.top.on_stop,
            "store": found.store.use,
            "accounts": [self._account(found, name) for name in found.accounts],
            "strategies": _names(found.strategies.values()),
            "notifiers": _names(found.notifiers),
            "frontends": _names(found.frontends),
            "people": [person for each in found.frontends for person in _people(each)],
            "limits": _limits(found.top.limits),
        }
        return {"exit": GOOD, "data": data}

    def _account(self, found: Settings, name: str) -> dict[str, object]:
        choice, state = found.accounts[name], self._states[name]
        follows = choice.following.leader if choice.following is not None else None
        return {"account": name, "use": choice.chosen.use, "environment": state.environment.value, "follows": follows}


def _names(found: Iterable[Chosen]) -> list[dict[str, str]]:
    return [{"name": each.name, "use": each.use} for each in found]


def _people(frontend: Chosen) -> list[dict[str, str]]:
    users = getattr(frontend.settings, "users", {})
    return [{"front": frontend.name, "user": str(user), "role": str(role)} for user, role in users.items()]


def _limits(limits: LimitsSettings) -> dict[str, object]:
    """Those that are set; times in milliseconds."""
    shown = limits.model_dump(exclude={"symbols"}, exclude_none=True)
    return {name: as_json(value) for name, value in shown.items()}
