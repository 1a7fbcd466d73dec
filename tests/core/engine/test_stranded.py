"""Alerts that wait for a notifier which is gone are handed on to those that are there (J2, D2)."""

from typing import Any

from core.engine.memory_store import MemoryStore
from core.engine.stranded import Stranded
from ports.contract.samples import told
from ports.persistence import Batch
from tests.serving import House, house


async def handed_on(at: House, *notifiers: str) -> tuple[Any, list[bool]]:
    """What `doctor --fix` is told with these notifiers there, and whether who delivers was woken."""
    woken: list[bool] = []
    at.service.stored = lambda: woken.append(True)
    await at.store.append(Batch(alerts=(told("a"), told("b"))))
    return await Stranded(at.service, notifiers).hand_on({}), woken


async def test_what_waits_for_one_that_is_gone_is_told_at_once() -> None:
    """D2, J1: by those that are there, not with the next alert some other day."""
    async with house(store=MemoryStore(("gone",)), running=False) as at:
        answer, woken = await handed_on(at, "here")

    assert (answer["exit"], answer["data"]["left"], woken) == (0, (), [True])
    assert "gone (not in the configuration), for which alerts wait: 2" in answer["data"]["handed_on"][0]


async def test_where_nobody_is_there_to_tell_it_waits_on_and_is_a_finding() -> None:
    """D2, J1: nothing is marked as told that nobody heard."""
    async with house(store=MemoryStore(("gone",)), running=False) as at:
        answer, _ = await handed_on(at)

    assert answer["exit"] == 1
    assert "alerts wait: 2" in answer["data"]["left"][0]
