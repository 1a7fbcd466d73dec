"""Makes the accounts, keys and market of a venue that is started from the command line or by a test."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from plugins.exchanges.paper.v5.keys import ApiKey
from plugins.exchanges.paper.v5.server import VenueServer
from plugins.exchanges.paper.v5.settings import WireAccount
from ports.secret import Secret

BALANCES = {"main": Decimal(10_000), "mirror": Decimal(3_300)}
FIRST_UID = 1_000_001


@dataclass(frozen=True, slots=True)
class Given:
    """A key that the configuration names for an account."""

    key: str
    secret: Secret


def accounts(
    balances: Mapping[str, Decimal] = BALANCES, given: Mapping[str, Given] | None = None
) -> tuple[WireAccount, ...]:
    """Funded accounts, each with a user id of its own and a key, made up where none is *given*."""
    made = []
    for number, (name, balance) in enumerate(balances.items()):
        theirs = (given or {}).get(name) or Given(f"{name}-{secrets.token_hex(6)}", Secret(secrets.token_hex(18)))
        key = ApiKey(account=name, uid=str(FIRST_UID + number), key=theirs.key, secret=theirs.secret)
        made.append(WireAccount(name=name, balance=balance, keys=(key,)))
    return tuple(made)


def ready_line(server: VenueServer) -> dict[str, object]:
    """What is printed once the venue listens: addresses and made-up keys, which open nothing elsewhere."""
    shown = {
        account.name: {"uid": key.uid, "key": key.key, "secret": key.secret.reveal()}
        for account in server.settings.accounts
        for key in account.keys[:1]
    }
    return {"http": server.http, "ws": server.ws, "accounts": shown}
