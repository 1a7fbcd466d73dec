"""What mirrors offer for what their leader is asked: their terms, and the request to their own size."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from core.account.state import AccountState
from core.engine.connections import Connections
from core.errors import ConfigError, Unavailable
from core.mirror import scaled
from core.plan import Refusal
from core.request import Request
from core.terms import Terms

Offer = asyncio.Task[Terms | ConfigError | Unavailable]


def mirrors_of(leader: str, states: Mapping[str, AccountState]) -> list[str]:
    """The accounts that follow *leader*."""
    return [name for name, state in states.items() if state.following is not None and state.following.leader == leader]


@asynccontextmanager
async def offers(connections: Connections, mirrors: Sequence[str], symbol: str) -> AsyncIterator[dict[str, Offer]]:
    """What each mirror offers, asked for while its leader is: the leader waits for none of them (rel:F40)."""
    asked = {mirror: asyncio.create_task(_offer(connections, mirror, symbol)) for mirror in mirrors}
    try:
        yield asked
    finally:
        for offer in asked.values():
            offer.cancel()


async def _offer(connections: Connections, mirror: str, symbol: str) -> Terms | ConfigError | Unavailable:
    try:
        return await connections.terms(mirror, symbol)
    except (ConfigError, Unavailable) as error:
        return error


def sized(mirror: AccountState, request: Request, leader: Terms, mine: Terms) -> Request | Refusal:
    """What the leader was asked for, to the mirror's own size; *leader* and *mine* are what each account offers."""
    return request if mirror.following is None else scaled(request, leader, mine, mirror.following)
