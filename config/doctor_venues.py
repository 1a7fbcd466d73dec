"""What `tandem doctor --probe` finds at the venues without a service: key, clock, reach, and whose the key is."""

import asyncio
from collections.abc import Mapping

import structlog

from config import offline
from config.container import Container
from config.doctor import Finding
from config.models import Settings
from config.registry import Registry
from core.account.state import AccountState
from core.engine.belonging import Belonging, Owner
from core.engine.control import GOOD, Answer
from core.engine.failing import failure
from core.engine.probing import MOST_SKEW, Probe, probe
from core.errors import TandemError
from plugins.clocks.system import SystemClock
from plugins.exchanges.paper.settings import PaperAccountSettings
from ports.exchange import Exchange
from ports.persistence import Store

log = structlog.get_logger("tandem.doctor")

CONNECTS_WITHIN = 60
"""Seconds for an account to connect, and to disconnect."""


async def venues(settings: Settings, registry: Registry) -> list[Finding]:
    """Each account's venue by a connection of our own: key, clock, reach. Nothing is changed there."""
    container = Container(settings=settings, registry=registry)
    clock = container.clock()
    names = [
        name for name, each in settings.accounts.items() if not isinstance(each.chosen.settings, PaperAccountSettings)
    ]
    exchanges: dict[str, Exchange] = container.exchanges()
    found: dict[str, Owner] = {}

    async def one(name: str) -> Probe:
        exchange = exchanges[name]
        try:
            async with asyncio.timeout(CONNECTS_WITHIN):
                await exchange.start()
            found[name] = Owner.of(exchange)
            return await probe(exchange, clock)
        except Exception as error:  # noqa: BLE001 - an adapter is somebody's plugin
            return Probe(account=name, environment=exchange.environment.value, why=failure(error, name))

    try:  # side by side, as the service has them: two keys of one account are seen by nobody who looks at each alone
        findings = [each for name in names for each in probed(await one(name))]
    finally:
        await asyncio.gather(*(_closed(exchanges[name]) for name in names))
    return [*findings, *await _strangers(settings, container.states(), found)]


async def _closed(exchange: Exchange) -> None:
    try:
        async with asyncio.timeout(CONNECTS_WITHIN):
            await exchange.close()
    except Exception:
        log.exception("exchange failed", account=exchange.account)


async def _strangers(
    settings: Settings, states: Mapping[str, AccountState], found: Mapping[str, Owner]
) -> list[Finding]:
    """Accounts whose key isn't that of the trades in the store; the service would refuse them. Changes nothing."""
    findings = []

    async def read(store: Store) -> Answer:
        belonging = Belonging(store, states, SystemClock())
        await belonging.recall()
        for name, owner in found.items():
            why = await belonging.against(name, owner)
            if why:
                findings.append(Finding(f"key {name}", well=False, found=why, mend="as it says; start nothing before"))
        return {"exit": GOOD}

    try:
        await offline.read(settings, read)
    except TandemError:  # none is there yet, or what is wrong with it is a finding of its own
        return []
    return findings


def probed(found: Probe) -> list[Finding]:
    """What a probe says, for a person."""
    check = f"venue {found.account}"
    if found.why:
        return [Finding(check, well=False, found=found.why, mend="the account's entries wait until it answers")]
    findings = [Finding(check, well=True, found=f"{found.environment}, answers in {found.round_trip} ms")]
    if abs(found.skew) > MOST_SKEW:
        way = "behind" if found.skew > 0 else "ahead of"
        apart = f"this machine's clock is {abs(found.skew)} ms {way} the venue's"
        findings.append(Finding(f"clock {found.account}", well=False, found=apart, mend="timedatectl set-ntp true"))
    said = [each.removeprefix(f"{found.account}: ") for each in found.warnings]
    findings += [Finding(f"key {found.account}", well=True, found=each, warning=True) for each in said]
    return findings
