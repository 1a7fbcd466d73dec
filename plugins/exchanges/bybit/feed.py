"""The private stream's frames as facts, and what a cut must cover: the newest executions that the stream showed."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

import structlog

from core.facts import Filled, PositionIs, VenueFact, Working
from plugins.exchanges.bybit import rows
from plugins.exchanges.bybit.modes import Modes
from ports import bybit_rows, bybit_wallet

log = structlog.get_logger("tandem.bybit")

TOPICS = ("order", "execution", "position", "wallet")
REMEMBERED = 120
"""Seconds for which a cut must show an execution that the stream showed."""

Frame = dict[str, Any]


class Feed:
    """Translates frames, executions by the symbols' *modes*; *spoilt* hears of rows that can't be read."""

    def __init__(self, put: Callable[[Iterable[VenueFact]], None], modes: Modes, spoilt: Callable[[str], None]) -> None:
        """Nothing is known yet."""
        self._put = put
        self._modes = modes
        self._spoilt = spoilt
        self._seen: deque[tuple[float, int, str]] = deque()
        self.wallet_at = 0

    def took(self, frame: Frame) -> None:
        """Take a frame in. A row that can't be read is left out and told: a cut has to make up for it (rel:F24)."""
        topic = str(frame["topic"]).split(".", 1)[0]
        at = bybit_rows.whole(frame, "creationTime", 0)
        facts: list[VenueFact] = []
        for row in frame.get("data") or ():
            if row.get("category", "linear") != "linear":
                continue
            try:
                facts.extend(self._facts(topic, row, at))
            except bybit_rows.Malformed as error:
                log.warning("row not read", topic=topic, reason=str(error), row=repr(row)[:2_000])
                self._spoilt(f"a row of the stream's {topic} can't be read: {error}")
        self._put(facts)

    def unseen(self, executions: Iterable[str], since: int) -> list[str]:
        """The executions that the stream showed from venue time *since* on and a cut does not show."""
        shown = set(executions)
        horizon = time.monotonic() - REMEMBERED
        while self._seen and self._seen[0][0] < horizon:
            self._seen.popleft()
        return [name for _, at, name in self._seen if at >= since and name not in shown]

    def _facts(self, topic: str, row: bybit_rows.Row, at: int) -> Iterable[VenueFact]:
        match topic:
            case "order":
                fact = rows.order(row)
                return () if fact is None else (self._placed(fact),)
            case "execution":
                return self._execution(row)
            case "position":
                held, stop = rows.position(row, bybit_rows.whole(row, "updatedTime", at))
                return self._placed(held), stop
            case "wallet":
                self.wallet_at = at
                wallet = bybit_wallet.changed_wallet(row, at)
                return () if wallet is None else (wallet,)
            case _:
                return ()

    def _placed(self, fact: VenueFact) -> VenueFact:
        if isinstance(fact, Working) or (isinstance(fact, PositionIs) and fact.size):
            self._modes.shown(fact.slot)
        return fact

    def _execution(self, row: bybit_rows.Row) -> Iterable[VenueFact]:
        fact = rows.execution(row, hedge=self._modes.hedge(str(row.get("symbol"))))
        if isinstance(fact, Filled):
            self._seen.append((time.monotonic(), fact.at, fact.execution))
        return () if fact is None else (fact,)
