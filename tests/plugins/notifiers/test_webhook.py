"""The webhook: signed JSON to one address and nowhere else, and what each answer means for the alert."""

import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from pydantic import ValidationError

from plugins.notifiers.webhook import SIGNATURE, WebhookNotifier, WebhookSettings
from ports.addresses import inside, local
from ports.contract.notifier import NotifierContract
from ports.contract.samples import delivery, told
from ports.errors import Declined, RateLimited, Unavailable, Unreached
from ports.notifier import Notifier
from ports.secret import Secret

KEY = "canary/of the+webhook"


@dataclass(slots=True)
class Listener:
    """A server that keeps what is posted and answers as it was told to."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    bodies: list[bytes] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)
    runner: web.AppRunner | None = None
    port: int = 0

    async def take(self, request: web.Request) -> web.Response:
        """Keep a body."""
        self.bodies.append(await request.read())
        self.signatures.append(request.headers.get(SIGNATURE, ""))
        return web.Response(status=self.status, headers=self.headers)

    async def start(self) -> None:
        """Listen."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self.take)
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", self.port).start()
        self.port = self.runner.addresses[0][1]

    async def close(self) -> None:
        """Stop listening."""
        assert self.runner is not None
        await self.runner.cleanup()

    @property
    def url(self) -> Secret:
        """Where it listens."""
        return Secret(f"http://127.0.0.1:{self.port}/{KEY.replace(' ', '%20')}")


@asynccontextmanager
async def scene(**settings: Any) -> AsyncIterator[tuple[Listener, WebhookNotifier]]:
    """A listener and a started notifier that posts to it."""
    listener = Listener()
    await listener.start()
    notifier = WebhookNotifier(WebhookSettings(**{"url": listener.url, **settings}), name="webhook")
    await notifier.start()
    try:
        yield listener, notifier
    finally:
        await notifier.close()
        await listener.close()


class TestWebhook(NotifierContract):
    """The shared contract."""

    @pytest.fixture(autouse=True)
    async def _listener(self) -> AsyncIterator[None]:
        self.listener = Listener()
        await self.listener.start()
        yield
        await self.listener.close()

    async def made(self) -> Notifier:
        """A notifier that posts to the listener."""
        return WebhookNotifier(WebhookSettings(url=self.listener.url), name="webhook")

    async def shown(self, notifier: Notifier) -> str:
        """All bodies."""
        return "\n".join(body.decode() for body in self.listener.bodies)


async def test_alert_is_posted_as_signed_json() -> None:
    """Frame, text and marks arrive; who has the key can tell that they are ours."""
    async with scene(key=Secret(KEY)) as (listener, notifier):
        receipt = await notifier.deliver(delivery(told("x"), "the text", repeat=True, late=61_000))

    body = json.loads(listener.bodies[0])
    assert receipt.reference == "HTTP 200"
    assert (body["account"], body["kind"], body["symbol"], body["side"]) == ("main", "late_close", "BTCUSDT", "long")
    assert (body["text"], body["repeat"], body["late"]) == ("the text", True, 61_000)
    assert body["at"].startswith("2020-01-01T00:00:00")
    assert listener.signatures == ["sha256=" + hmac.new(KEY.encode(), listener.bodies[0], "sha256").hexdigest()]


@pytest.mark.parametrize(
    ("status", "headers", "error"),
    [
        (400, {}, Declined),
        (404, {}, Declined),
        (302, {"Location": "http://127.0.0.1:1/"}, Declined),
        (429, {}, RateLimited),
        (408, {}, Unavailable),
        (500, {}, Unavailable),
        (503, {}, Unavailable),
    ],
)
async def test_what_an_answer_means(status: int, headers: dict[str, str], error: type[Exception]) -> None:
    """Only refusals count as such; the rest is tried again (D2). A redirect is followed by nobody (S6)."""
    async with scene() as (listener, notifier):
        listener.status, listener.headers = status, headers
        with pytest.raises(error) as caught:
            await notifier.deliver(delivery(told("x")))

    assert type(caught.value) is error
    assert len(listener.bodies) == 1
    assert KEY.split(maxsplit=1)[0] not in str(caught.value)


async def test_asked_for_patience_is_obeyed() -> None:
    """Retry-After says how long."""
    async with scene() as (listener, notifier):
        listener.status, listener.headers = 429, {"Retry-After": "7"}
        with pytest.raises(RateLimited) as caught:
            await notifier.deliver(delivery(told("x")))

    assert caught.value.retry_after_seconds == 7


async def test_nobody_there_is_no_repeat() -> None:
    """A connection that never came about showed nothing; and the address stays a secret (S5)."""
    async with scene() as (listener, notifier):
        await listener.close()
        with pytest.raises(Unreached, match="webhook: its address can't be reached") as caught:
            await notifier.deliver(delivery(told("x")))
        await listener.start()

    assert str(listener.port) not in str(caught.value)
    assert caught.value.__cause__ is None


INNER = ["10.0.0.1", "169.254.169.254", "192.168.1.1", "127.0.0.2", "[::ffff:10.0.0.1]", "0.0.0.0"]  # noqa: S104


@pytest.mark.parametrize("host", INNER)
async def test_private_networks_are_refused_where_it_connects(host: str) -> None:
    """An address inside is refused before anything is sent (S6); loopback is for 127.0.0.1, ::1 and localhost."""
    notifier = WebhookNotifier(WebhookSettings(url=Secret(f"https://{host}:1/")), name="webhook")
    await notifier.start()
    try:
        with pytest.raises(Declined, match="leads into a private network"):
            await notifier.deliver(delivery(told("x")))
    finally:
        await notifier.close()


async def test_name_that_leads_inside_is_refused_after_resolving() -> None:
    """What counts is the address that is connected to: this is a name and resolves to 127.0.0.1 (S6)."""
    async with scene(url=Secret("https://0x7f000001:1/")) as (_, notifier):
        with pytest.raises(Declined, match="private network"):
            await notifier.deliver(delivery(told("x")))


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://127.0.0.1/",
        "https://",
        "https://user:word@example.com/",
        "http://127.0.0.1.example.com/",
        "http://127.0.0.1@example.com/",
        "http://2130706433/",
        "http://0x7f000001/",
        "file:///etc/passwd",
        "",
    ],
)
def test_unprotected_addresses_are_refused(url: str) -> None:
    """Alerts leave this machine encrypted or not at all, and the message does not repeat the address (S6)."""
    with pytest.raises(ValidationError, match="no protected address") as caught:
        WebhookSettings(url=Secret(url))

    assert all(url not in error["msg"] for error in caught.value.errors() if url)


def test_what_lies_inside() -> None:
    """Private, link-local, shared, mapped, multicast and unspecified addresses are; the rest is not."""
    inner = ["127.0.0.1", "100.64.0.1", "fe80::1%eth0", "fd00::1", "::", "224.0.0.1", "::ffff:192.168.0.1"]

    assert all(inside(each) for each in inner)
    assert not any(inside(each) for each in ("8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"))
    assert local("http://localhost:1/", "::1")
    assert not local("http://localhost:1/", "10.0.0.1")
