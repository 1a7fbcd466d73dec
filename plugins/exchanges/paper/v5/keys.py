"""Who may call: API keys, each with its account, its user id and what it is allowed."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass

from ports.secret import Secret

PERMISSIONS = ("Order", "Position")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """One key of one account. *expires* in milliseconds, None = never; *ips* empty = not bound to any address.

    *withdraw* adds the rights that a trading program must not have (Tandem refuses such a key).
    """

    account: str
    uid: str
    key: str
    secret: Secret
    expires: int | None = None
    ips: tuple[str, ...] = ()
    read_only: bool = False
    withdraw: bool = False

    def signature(self, payload: str) -> str:
        """HMAC-SHA256 of *payload*, lowercase hex (V5 guide, authentication)."""
        return hmac.new(self.secret.reveal().encode(), payload.encode(), hashlib.sha256).hexdigest()

    def signed(self, payload: str, signature: str) -> bool:
        """Whether *signature* is this key's over exactly *payload*; takes as long for a wrong one."""
        return hmac.compare_digest(self.signature(payload).encode(), signature.encode())


class KeyRing:
    """All keys of a venue, by key text."""

    def __init__(self, keys: Iterable[ApiKey]) -> None:
        """Raises ValueError when two share a key text."""
        self._keys: dict[str, ApiKey] = {}
        for each in keys:
            self.add(each)

    def add(self, key: ApiKey) -> None:
        """Admit one more."""
        if key.key in self._keys:
            raise ValueError(f"two accounts share one API key; give {key.account} its own")
        self._keys[key.key] = key

    def find(self, key: str) -> ApiKey | None:
        """The key with this text."""
        return self._keys.get(key)

    def of(self, account: str) -> ApiKey | None:
        """The first key of *account*."""
        return next((each for each in self._keys.values() if each.account == account), None)
