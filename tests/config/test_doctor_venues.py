"""`tandem doctor --probe` without a service: what an account's adapter does ends the examination of no other."""

import asyncio
from pathlib import Path

import pytest
from pydantic import BaseModel

from config import doctor_venues
from config.load import load
from config.registry import Offer, Registry, registry
from core.terms import Capabilities
from core.words import Environment
from ports.hooks import Adapter

pytestmark = pytest.mark.integration

WRITTEN = "accounts: {hangs: {use: hangs}, breaks: {use: breaks}}\nstore: {use: sqlite, path: t.db}\n"


class Nothing(BaseModel):
    """No settings."""


class Strange:
    """Somebody's adapter, which begins and ends so."""

    environment = Environment.TESTNET
    capabilities = Capabilities()
    uid = ""

    def __init__(self, account: str) -> None:
        """Of this account."""
        self.account = account

    async def start(self) -> None:
        """Connect."""
        await self.close()

    async def close(self) -> None:
        """Never comes to an end, or breaks."""
        if self.account == "hangs":
            await asyncio.Event().wait()
        raise ZeroDivisionError


def strange(_: Nothing, *, account: str, shared: dict[str, object]) -> Strange:
    """What the registry builds."""
    shared[account] = account
    return Strange(account)


async def test_an_adapter_that_hangs_or_breaks_is_a_finding(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """J1, rel:F58: one that hung was waited for without end, and one that broke ended all with a traceback."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(doctor_venues, "CONNECTS_WITHIN", 0.05)
    offers = {
        ("exchanges", name): Offer("exchanges", Adapter(name, Nothing, strange), name) for name in ("hangs", "breaks")
    }
    found = Registry({**registry(third_party=False).offers, **offers})
    (tmp_path / "t.yaml").write_text(WRITTEN, "utf-8")
    async with asyncio.timeout(10):
        findings = await doctor_venues.venues(load(Path("t.yaml"), found), found)

    assert [(each.check, each.well) for each in findings] == [("venue hangs", False), ("venue breaks", False)]
    assert "did not answer in time" in findings[0].found
    assert "ZeroDivisionError" in findings[1].found
