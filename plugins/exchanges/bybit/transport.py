"""What pybit sends its requests through: urllib3's pool, without the layers that requests puts around it.

An answer to a fill spends most of its own time here; cookies, redirects, proxies and hooks are none of Bybit's.
It looks like the `requests.Session` that pybit expects, as far as pybit uses one.
"""

from collections.abc import Mapping
from datetime import timedelta
from json import JSONDecodeError
from time import monotonic
from typing import Any

import certifi
import orjson
import urllib3
from requests import Request


class Prepared:
    """A request that is ready to leave."""

    __slots__ = ("body", "headers", "method", "url")

    def __init__(self, method: str, url: str, body: str | None, headers: dict[str, Any]) -> None:
        """As it will be sent."""
        self.method = method
        self.url = url
        self.body = body
        self.headers = headers


class Response:
    """An answer, as pybit reads it."""

    def __init__(self, url: str, status: int, body: bytes, headers: Mapping[str, str], elapsed: timedelta) -> None:
        """*body* is what came, byte for byte."""
        self.url = url
        self.status_code = status
        self.headers = headers
        self.elapsed = elapsed
        self._body = body

    @property
    def text(self) -> str:
        """The body, whatever it is."""
        return self._body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as a JSON object; raises json.JSONDecodeError, which pybit knows, for anything else."""
        found = orjson.loads(self._body)
        if not isinstance(found, dict):
            raise JSONDecodeError("not an object", self.text, 0)
        return found


class Transport:
    """Connections to one host, kept open; any number of threads up to *threads* may use it at once."""

    def __init__(self, base: str, threads: int, headers: Mapping[str, Any]) -> None:
        """*base* is the host's address without a path. Nothing is connected until the first request."""
        self.headers = dict(headers)
        self._base = base
        trust = {"cert_reqs": "CERT_REQUIRED", "ca_certs": certifi.where()} if base.startswith("https:") else {}
        # One host, so its pool is held: finding it again by each address costs a tenth of a millisecond.
        self._pool = urllib3.connection_from_url(base, maxsize=threads, **trust)

    def prepare_request(self, request: Request) -> Prepared:
        """Make a request ready; what it names overrides the common headers."""
        body = request.data if isinstance(request.data, str) and request.method != "GET" else None
        return Prepared(str(request.method), str(request.url), body, {**self.headers, **request.headers})

    def send(self, prepared: Prepared, timeout: float) -> Response:
        """Send it and read the answer whole; raises urllib3.exceptions.HTTPError."""
        began = monotonic()
        answer = self._pool.urlopen(
            prepared.method,
            prepared.url.removeprefix(self._base),
            body=prepared.body,
            headers=prepared.headers,
            timeout=timeout,
            retries=False,
            redirect=False,
            assert_same_host=False,
        )
        elapsed = timedelta(seconds=monotonic() - began)
        return Response(prepared.url, answer.status, answer.data, answer.headers, elapsed)

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()
