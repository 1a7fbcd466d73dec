"""The venue as a process of its own, seen and moved from outside: prices, state, and each account's executions."""

import hashlib
import hmac
import http.client
import json
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

ROOT = Path(__file__).resolve().parent.parent
ACCOUNTS = {"main": 100_000_000, "mirror": 33_000_000}
_RULES = "{tick: 0.01, step: 0.1, min_quantity: 0.1, min_notional: 5, max_leverage: 100, price: 100}"
_WINDOW = "5000"
_OVERLAP = 5_000


class VenueProcess:
    """`tandem venue` on a still market: what moves is moved by `price`. Every symbol starts at 100."""

    def __init__(self, folder: Path, symbols: list[str], *, latency_ms: int = 0, limits: bool = True) -> None:
        """Start it and wait until it listens."""
        folder.mkdir(parents=True)
        path = folder / "venue.yaml"
        path.write_text(_config(symbols), "utf-8")
        command = [sys.executable, str(ROOT / "app.py"), "venue", str(path), "--market", "still"]
        command += ["--latency-ms", str(latency_ms), *([] if limits else ["--no-limits"])]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        if self._process.stdout is None:
            raise RuntimeError("the venue has no output")
        ready = json.loads(self._process.stdout.readline())
        self.http: str = ready["http"]
        self.keys: dict[str, dict[str, str]] = ready["accounts"]
        self._since = dict.fromkeys(ACCOUNTS, 0)
        self._executions: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in ACCOUNTS}

    def state(self) -> dict[str, Any]:
        """All that it tells beside its protocol."""
        found: dict[str, Any] = self._call("GET", "/venue/state")
        return found

    def price(self, symbol: str, last: str) -> None:
        """Let a trade happen there."""
        self._call("POST", "/venue/price", json.dumps({"symbol": symbol, "last": last}))

    def executions(self, account: str) -> Mapping[str, dict[str, Any]]:
        """Every execution of the account so far by its id, asked for by Bybit's own protocol."""
        found = self._executions[account]
        cursor, since = "", max(self._since[account] - _OVERLAP, 0)
        while True:
            asked = {"category": "linear", "limit": "100", **({"startTime": str(since)} if since else {})}
            page = self._signed(account, "/v5/execution/list", {**asked, **({"cursor": cursor} if cursor else {})})
            for row in page["list"]:
                found[row["execId"]] = row
                self._since[account] = max(self._since[account], int(row["execTime"]))
            cursor = page["nextPageCursor"]
            if not cursor:
                return found

    def end(self) -> None:
        """Stop it."""
        self._process.terminate()
        self._process.communicate(timeout=20)

    def _signed(self, account: str, path: str, asked: Mapping[str, str]) -> dict[str, Any]:
        key, query, at = self.keys[account], urlencode(asked), str(time.time_ns() // 1_000_000)
        payload = f"{at}{key['key']}{_WINDOW}{query}"
        signature = hmac.new(key["secret"].encode(), payload.encode(), hashlib.sha256).hexdigest()
        headers = {
            "X-BAPI-API-KEY": key["key"],
            "X-BAPI-TIMESTAMP": at,
            "X-BAPI-RECV-WINDOW": _WINDOW,
            "X-BAPI-SIGN": signature,
        }
        answer = self._call("GET", f"{path}?{query}", headers=headers)
        if answer["retCode"] == 10006:
            time.sleep(0.2)
            return self._signed(account, path, asked)
        if answer["retCode"]:
            raise RuntimeError(f"{path}: {answer['retMsg']}")
        found: dict[str, Any] = answer["result"]
        return found

    def _call(self, method: str, path: str, body: str | None = None, headers: Mapping[str, str] | None = None) -> Any:
        web = http.client.HTTPConnection(urlsplit(self.http).netloc, timeout=30)
        try:
            web.request(method, path, body, dict(headers or {}))
            answer = web.getresponse()
            said = answer.read()
        finally:
            web.close()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {said.decode()}")
        return json.loads(said)


def _config(symbols: list[str]) -> str:
    accounts = "".join(f"  {name}: {{use: paper, balance: {balance}}}\n" for name, balance in ACCOUNTS.items())
    instruments = "".join(f"    {symbol}: {_RULES}\n" for symbol in symbols)
    return (
        f"accounts:\n{accounts}strategies: {{conservative: {{use: conservative}}}}\n"
        f"store: {{use: sqlite, path: ':memory:'}}\nvenue:\n  state: ':memory:'\n  instruments:\n{instruments}"
    )
