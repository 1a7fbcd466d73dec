"""What differs between two configurations, and what of it a running service cannot take over; applies nothing."""

from collections.abc import Collection, Iterator, Mapping

from pydantic import BaseModel

from config.models import Chosen, Settings
from ports.secret import Secret

ROOTED = ("control", "timezone", "sample")
"""Keys of the top level that are read once, at the start."""


def rooted(old: Settings, new: Settings) -> Iterator[str]:
    """What is open for good while the service runs."""
    for name in sorted(old.accounts.keys() | new.accounts.keys()):
        before, after = old.accounts.get(name), new.accounts.get(name)
        if (
            before is None
            or after is None
            or before.following != after.following
            or _plain(before.chosen) != _plain(after.chosen)
        ):
            yield f"accounts.{name}"
    if _plain(old.store) != _plain(new.store):
        yield "store"
    if _plain(old.painter) != _plain(new.painter):
        yield "painter"
    yield from (name for name in old.sections if old.sections[name] != new.sections.get(name))
    yield from (name for name in new.sections if name not in old.sections)
    if [each.name for each in old.notifiers] != [each.name for each in new.notifiers]:
        yield "notifiers"
    yield from (key for key in ROOTED if getattr(old.top, key) != getattr(new.top, key))


def fronts(begun: Settings, new: Settings, listing: Collection[str]) -> Iterator[str]:
    """The front ends that would be built otherwise by now; they go on as they were built.

    Who is served by those in *listing* is none of it: that holds already.
    """
    names = sorted({each.name for each in (*begun.frontends, *new.frontends)})
    left_out = {name: {"users"} if name in listing else set[str]() for name in names}
    yield from (f"frontends.{name}" for name in names if _built(begun, name, left_out) != _built(new, name, left_out))


def _built(settings: Settings, name: str, left_out: Mapping[str, set[str]]) -> object:
    """What a front end is built of: its own settings, and those of the notifier that lends it its bot."""
    for each in settings.frontends:
        if each.name == name:
            lender = getattr(each.settings, "notifier", "")
            lent = [_plain(other) for other in settings.notifiers if other.name == lender]
            return _plain(each, left_out[name]), lent
    return None


def users_of(chosen: Chosen) -> Mapping[object, object] | None:
    """Who is served there, where it has such a list."""
    users = getattr(chosen.settings, "users", None)
    return users if isinstance(users, Mapping) else None


def same(one: Chosen, other: Chosen) -> bool:
    return (one.name, one.use) == (other.name, other.use)


def same_names(old: Settings, new: Settings) -> list[tuple[str, Chosen]]:
    """The notifiers that are still there and have other settings."""
    before = {each.name: each for each in old.notifiers}
    kept = [each for each in new.notifiers if each.name in before and before[each.name].use == each.use]
    return [(each.name, each) for each in kept if _plain(before[each.name]) != _plain(each)]


def plain_all(chosen: Mapping[str, Chosen]) -> dict[str, object]:
    return {name: _plain(each) for name, each in chosen.items()}


def _plain(chosen: Chosen, left_out: Collection[str] = ()) -> object:
    """What can be compared: secrets never equal each other by themselves, so their values are."""
    return chosen.use, _revealed(chosen.settings, left_out)


def _revealed(value: object, left_out: Collection[str] = ()) -> object:
    if isinstance(value, BaseModel):
        fields = (name for name in type(value).model_fields if name not in left_out)
        return {name: _revealed(getattr(value, name)) for name in fields}
    if isinstance(value, dict):
        return {name: _revealed(each) for name, each in value.items()}
    return value.reveal() if isinstance(value, Secret) else value
