"""What every answer is wrapped in (V5 guide, common response)."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

Body = dict[str, Any]


def ok(result: Mapping[str, Any], now: int, extra: Mapping[str, Any] | None = None, message: str = "OK") -> Body:
    """A request that was taken."""
    return {"retCode": 0, "retMsg": message, "result": result, "retExtInfo": extra or {}, "time": now}


def refused(code: int, message: str, now: int) -> Body:
    """A request that was not."""
    return {"retCode": code, "retMsg": message, "result": {}, "retExtInfo": {}, "time": now}


def batch(items: Sequence[Mapping[str, Any]], codes: Sequence[tuple[int, str]], now: int) -> Body:
    """A batch: parts by position, and 0 on top whatever became of them (V5 batch pages)."""
    extra = {"list": [{"code": code, "msg": message} for code, message in codes]}
    return ok({"list": list(items)}, now, extra)


def written(body: Body) -> bytes:
    """As bytes."""
    return orjson.dumps(body)
