"""Alerts as JSON posted to an address, signed on demand: the notifier to read before you write your own."""

import hmac
import socket
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field

from core.words import iso
from ports.addresses import SecretAddress, inside, local
from ports.errors import Declined, RateLimited, Unavailable, Unreached
from ports.hooks import Adapter, hookimpl
from ports.notifier import Delivery, Receipt
from ports.secret import Secret

SIGNATURE = "X-Tandem-Signature"


class WebhookSettings(BaseModel):
    """Where alerts are posted. The whole address counts as a secret: many services put their key into it."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    url: SecretAddress = Field(description="https, or http on 127.0.0.1: !env NAME or !file PATH.")
    key: Secret | None = Field(default=None, description=f"Signs the body (HMAC-SHA256) in the header {SIGNATURE}.")
    allow_private: bool = Field(default=False, description="Let the address lie in a private network.")
    timeout: int = Field(default=10, ge=1, le=25, description="Seconds after which an answer is given up.")


class WebhookNotifier:
    """One POST an alert; follows no redirect, so that nobody else chooses where alerts go (S6)."""

    def __init__(self, settings: WebhookSettings, *, name: str) -> None:
        self.name, self._settings = name, settings
        self._session: Any = None

    async def start(self) -> None:
        """See Notifier.start: nothing is connected before the first alert."""
        from aiohttp import ClientSession, ClientTimeout, TCPConnector

        timeout = ClientTimeout(total=self._settings.timeout)
        self._session = ClientSession(connector=TCPConnector(socket_factory=self._socket), timeout=timeout)

    async def close(self) -> None:
        """See Notifier.close."""
        if self._session is not None:
            await self._session.close()

    async def deliver(self, delivery: Delivery) -> Receipt:
        """See Notifier.deliver. No error tells the address."""
        from aiohttp import ClientConnectorError, ClientError

        url, body = self._settings.url.reveal(), content(delivery)
        if self._session is None:
            raise Unavailable(f"{self.name}: not open; start it first")
        try:
            async with self._session.post(url, data=body, headers=self._headers(body), allow_redirects=False) as answer:
                return self._receipt(answer.status, answer.headers.get("Retry-After", ""))
        except ClientConnectorError:
            raise Unreached(f"{self.name}: its address can't be reached; look at the network and the address") from None
        except (ClientError, TimeoutError) as error:
            raise Unavailable(f"{self.name}: no answer ({type(error).__name__}); it is tried again") from None

    def _socket(self, found: tuple[Any, ...]) -> socket.socket:
        """Judge the address that is really connected to: a second look-up of the name can't change it."""
        family, kind, protocol, _, (address, *_) = found
        if inside(address) and not self._settings.allow_private and not local(self._settings.url.reveal(), address):
            raise Declined(f"{self.name}: its address leads into a private network; if it may, set allow_private")
        return socket.socket(family, kind, protocol)

    def _headers(self, body: bytes) -> dict[str, str]:
        key = self._settings.key
        signed = {SIGNATURE: f"sha256={hmac.new(key.reveal().encode(), body, 'sha256').hexdigest()}"} if key else {}
        return {"Content-Type": "application/json", **signed}

    def _receipt(self, status: int, retry_after: str) -> Receipt:
        if status == 429:
            raise RateLimited(f"{self.name}: HTTP 429", int(retry_after) if retry_after.isdecimal() else 30)
        if status >= 500 or status == 408:
            raise Unavailable(f"{self.name}: HTTP {status}; it is tried again")
        if status >= 300:
            raise Declined(f"{self.name}: HTTP {status}; check its address and key (redirects are not followed)")
        return Receipt(f"HTTP {status}")


def content(delivery: Delivery) -> bytes:
    alert = delivery.alert
    frame = {name: getattr(alert, name) for name in ("account", "symbol", "trade", "kind", "critical", "cause")}
    words = {"environment": alert.environment.value, "side": None if alert.side is None else alert.side.value}
    marks = {"at": iso(alert.at), "text": delivery.text, "repeat": delivery.repeat, "late": delivery.late}
    return orjson.dumps({**frame, **words, **marks})


@hookimpl
def tandem_notifiers() -> tuple[Adapter, ...]:
    """``use: webhook``."""
    return (Adapter("webhook", WebhookSettings, WebhookNotifier),)
