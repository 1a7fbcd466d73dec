"""Where Bybit is reached: HTTP and the two streams, by environment (V5 guide, environments; WebSocket, connect)."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from core.words import Environment

_PUBLIC = "/v5/public/linear"
_PRIVATE = "/v5/private"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Hosts:
    """The addresses of one environment; *words* names it in messages."""

    http: str
    private: str
    public: str
    environment: Environment
    words: str


_KNOWN = {
    "live": Hosts(
        "https://api.bybit.com",
        f"wss://stream.bybit.com{_PRIVATE}",
        f"wss://stream.bybit.com{_PUBLIC}",
        Environment.LIVE,
        "Bybit live",
    ),
    # The demo has no public stream of its own: its prices are the live market's.
    "demo": Hosts(
        "https://api-demo.bybit.com",
        f"wss://stream-demo.bybit.com{_PRIVATE}",
        f"wss://stream.bybit.com{_PUBLIC}",
        Environment.DEMO,
        "Bybit demo",
    ),
    "testnet": Hosts(
        "https://api-testnet.bybit.com",
        f"wss://stream-testnet.bybit.com{_PRIVATE}",
        f"wss://stream-testnet.bybit.com{_PUBLIC}",
        Environment.TESTNET,
        "Bybit testnet",
    ),
}


def hosts(environment: str) -> Hosts:
    """The addresses of live, demo, testnet, or of a server on this machine at an http(s) address without a path.

    A server on loopback counts as paper; any other address is refused: keys are shown to nobody else (A10). Raises
    ValueError.
    """
    found = _KNOWN.get(environment)
    if found is not None:
        return found
    parts = urlsplit(environment)
    if parts.scheme not in {"http", "https"} or parts.hostname not in _LOOPBACK or parts.path.strip("/"):
        raise ValueError(
            f"is live, demo, testnet or an address on this machine such as http://127.0.0.1:8000, not {environment!r}"
        )
    stream = f"{'ws' if parts.scheme == 'http' else 'wss'}://{parts.netloc}"
    return Hosts(
        f"{parts.scheme}://{parts.netloc}",
        stream + _PRIVATE,
        stream + _PUBLIC,
        Environment.PAPER,
        f"the server at {parts.netloc}",
    )
