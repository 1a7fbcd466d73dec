"""One account's HTTP session: pybit's, with its hidden retries off and its clock set by the venue's.

Imported only when an account starts: pybit is loaded here.
"""

import logging
import time
from collections.abc import Mapping
from typing import Any

from pybit.exceptions import FailedRequestError, InvalidRequestError
from pybit.unified_trading import HTTP
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from plugins.exchanges.bybit.hosts import Hosts
from plugins.exchanges.bybit.replies import Answered, HttpRefused, Limit, Lost, NotSent, Reply
from plugins.exchanges.bybit.transport import Transport
from ports.secret import Secret

MUTATION_WINDOW = 2_000
"""recv_window of whatever changes something: the only fence against a request that arrives late (rel:F03)."""
READ_WINDOW = 5_000
_NO_SUCH_CODE = -987_654_321

logging.getLogger("pybit").setLevel(logging.CRITICAL)  # everything it would say comes back as a Reply


class _Http(HTTP):  # type: ignore[misc] # pybit has no types
    """pybit's client with request times by the venue's clock."""

    offset = 0

    def _prepare_headers(
        self, payload: str, recv_window: int, content_type: str = "application/json"
    ) -> dict[str, str]:
        window = MUTATION_WINDOW if payload.startswith("{") else READ_WINDOW
        timestamp = time.time_ns() // 1_000_000 + self.offset
        return {
            "Content-Type": content_type,
            "X-BAPI-API-KEY": self.api_key,
            "X-BAPI-SIGN": self._auth(payload=payload, recv_window=window, timestamp=timestamp),
            "X-BAPI-SIGN-TYPE": "2",
            "X-BAPI-TIMESTAMP": str(timestamp),
            "X-BAPI-RECV-WINDOW": str(window),
        }


class Session:
    """Blocking calls; any number of threads up to *threads* may use it at once."""

    def __init__(self, hosts: Hosts, key: Secret, secret: Secret, *, threads: int, timeout: int) -> None:
        """Nothing is connected until the first call."""
        # retry_codes must not be empty, or pybit puts its own list there and sleeps inside the call.
        self._http = _Http(
            api_key=key.reveal(),
            api_secret=secret.reveal(),
            max_retries=1,
            force_retry=False,
            retry_codes={_NO_SUCH_CODE},
            return_response_headers=True,
            timeout=timeout,
        )
        self._http.endpoint = hosts.http
        self._http.client = Transport(hosts.http, threads, self._http.client.headers)

    @property
    def offset(self) -> int:
        """Milliseconds that the venue's clock is ahead of ours."""
        return int(self._http.offset)

    @offset.setter
    def offset(self, value: int) -> None:
        self._http.offset = value

    def call(self, method: str, params: Mapping[str, Any]) -> Reply:
        """Call one of pybit's methods. Never raises for what the network or the venue does."""
        began = time.time_ns()
        try:
            body, _, headers = getattr(self._http, method)(**params)
        except InvalidRequestError as error:
            return _refused(error)
        except FailedRequestError as error:
            if error.resp_headers is None:
                return Lost("the answer could not be read")
            return HttpRefused(int(error.status_code), str(error.message))
        except (NewConnectionError, ConnectTimeoutError) as error:
            return NotSent(_short(error))
        except (HTTPError, OSError, KeyError, ValueError) as error:  # an answer of another shape is none
            return Lost(_short(error))
        return _answered(body, headers, (began + time.time_ns()) // 2_000_000)

    def close(self) -> None:
        """Close the connections."""
        self._http.client.close()


def _refused(error: InvalidRequestError) -> Reply:
    try:
        return Answered(int(error.status_code), str(error.message), limit=_limit(error.resp_headers))
    except (TypeError, ValueError):
        return Lost(f"the answer's code is {error.status_code!r}")


def _answered(body: Mapping[str, Any], headers: Mapping[str, str], midway: int) -> Reply:
    try:
        result, items = body.get("result") or {}, (body.get("retExtInfo") or {}).get("list") or ()
        if not all(isinstance(each, Mapping) for each in (result, *items)):
            return Lost("the answer is of another shape")
        return Answered(
            int(body["retCode"]),
            str(body["retMsg"]),
            result,
            items,
            _limit(headers),
            int(body.get("time") or 0),
            midway,
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return Lost("the answer has no code")


def _limit(headers: Mapping[str, str] | None) -> Limit | None:
    if headers is None:
        return None
    try:
        return Limit(
            int(headers["X-Bapi-Limit"]), int(headers["X-Bapi-Limit-Status"]),
            int(headers["X-Bapi-Limit-Reset-Timestamp"]),
        )  # fmt: skip
    except (KeyError, ValueError):
        return None


def _short(error: object) -> str:
    """The error in a line, without the addresses of objects that urllib3 puts there."""
    words = str(error)
    cause = words.rsplit(": ", 1)[-1].strip("()'\" ")
    return f"{type(error).__name__}: {cause[:160]}"
