"""Weather by rules: each rule meets some requests or frames, and is used up after so many."""

import random
from collections.abc import Callable, Iterable

from plugins.exchanges.paper.v5.faults.rules import FOR_EVER, Rule, read_rules
from plugins.exchanges.paper.v5.weather import Answer, Fate, FrameFate, Loss

_LOSSES = {
    "lost_request": Loss.REQUEST,
    "reset_request": Loss.RESET,
    "lost_response": Loss.RESPONSE,
    "reset_response": Loss.RESET_AFTER,
}
_AFTER = {"timeout_after": (10000, "Server Timeout"), "server_error_after": (10016, "Internal System Error.")}


class _Standing:
    """A rule in force, and how often it has met something."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.met = 0

    def strikes(self, chance: random.Random) -> bool:
        """Count a meeting; whether the rule strikes now."""
        rule = self.rule
        self.met += 1
        if self.met <= rule.after or (rule.count != FOR_EVER and self.met > rule.after + rule.count):
            return False
        return rule.chance >= 100 or chance.randrange(100) < rule.chance


class Storm:
    """Weather with rules. The same rules, seed and order of requests make the same storm."""

    def __init__(self, rules: Iterable[Rule] = (), *, seed: int = 0, latency: int = 0, now: Callable[[], int]) -> None:
        """*latency* is the fair weather's round trip; *now* a monotonic clock in milliseconds."""
        self._rules = [_Standing(rule) for rule in rules]
        self._chance = random.Random(seed)
        self._latency = latency
        self._now = now
        self._stalled = 0
        self._gap = 0
        self.struck: list[str] = []
        """What struck so far, by kind, in order."""

    @property
    def remembers(self) -> bool:
        """Whether reads may have to be answered from the past."""
        return any(each.rule.kind == "stale_reads" for each in self._rules)

    def configure(self, given: object) -> None:
        """Put other rules in place of these; raises BadRule and changes nothing when one is bad."""
        self._rules = [_Standing(rule) for rule in read_rules(given)]
        for each in self._rules:
            if each.rule.kind == "gap":
                self._gap = self._now() + each.rule.ms

    def request(self, account: str, path: str) -> Fate:
        """The fate of a request: every rule that meets it has its say."""
        half = self._latency // 2
        fate = Fate(inbound=self._latency - half, outbound=half) if self._latency else Fate()
        for each in self._rules:
            if each.rule.meets_request(account, path) and each.strikes(self._chance):
                self.struck.append(each.rule.kind)
                fate = self._worse(fate, each.rule)
        return fate

    def frame(self, account: str, topic: str) -> FrameFate:
        """The fate of a frame."""
        fate = FrameFate(delay=self._latency // 2)
        for each in self._rules:
            if each.rule.meets_frame(account, topic) and each.strikes(self._chance):
                self.struck.append(each.rule.kind)
                fate = self._worse_frame(fate, each.rule)
        wait = self._stalled - self._now()
        if wait > 0 and topic:
            fate = FrameFate(fate.copies, max(fate.delay, wait), fate.hold, fate.close, fate.reset)
        return fate

    def connects(self, account: str, path: str) -> bool:
        """No connection comes about in a gap."""
        return self._now() >= self._gap

    def skew(self) -> int:
        """How far the venue's clock goes wrong."""
        return sum(each.rule.ms for each in self._rules if each.rule.kind == "skew")

    def _worse(self, fate: Fate, rule: Rule) -> Fate:
        took = rule.ms + (self._chance.randrange(rule.jitter) if rule.jitter else 0)
        inbound, outbound, loss, instead, after, stale = (
            fate.inbound, fate.outbound, fate.loss, fate.instead, fate.after, fate.stale,
        )  # fmt: skip
        match rule.kind:
            case "latency":
                inbound, outbound = inbound + took - took // 2, outbound + took // 2
            case "late_request":
                inbound += took
            case "rate_burst":
                instead = Answer(200, 10006, "Too many visits! Exceeded the API Rate Limit.")
            case "banned":
                instead = Answer(403, message="access too frequent")
            case "refused":
                instead = Answer(200, rule.code, "refused by the weather")
            case "http_error_after":
                after = Answer(rule.code or 502, message="Bad Gateway")
            case "timeout_after" | "server_error_after":
                after = Answer(200, *_AFTER[rule.kind])
            case "stale_reads":
                stale = rule.ms
            case _:
                loss = _LOSSES[rule.kind]
        return Fate(inbound, outbound, loss, instead, after, stale)

    def _worse_frame(self, fate: FrameFate, rule: Rule) -> FrameFate:
        match rule.kind:
            case "duplicate_frame":
                return FrameFate(2, fate.delay, fate.hold, fate.close, fate.reset)
            case "missing_frame":
                return FrameFate(0, fate.delay, hold=False, close=fate.close, reset=fate.reset)
            case "late_frame":
                return FrameFate(fate.copies, fate.delay + rule.ms, fate.hold, fate.close, fate.reset)
            case "reorder_frame":
                return FrameFate(fate.copies, fate.delay, hold=True)
            case "close_stream":
                return FrameFate(fate.copies, fate.delay, fate.hold, rule.code or 1012)
            case "reset_stream":
                return FrameFate(fate.copies, fate.delay, fate.hold, fate.close, reset=True)
            case _:
                self._stalled = max(self._stalled, self._now() + rule.ms)
                return fate


SEEDED = (
    Rule("lost_response", path="order/*", chance=4, count=0),
    Rule("reset_response", path="order/*", chance=4, count=0),
    Rule("timeout_after", path="order/*", chance=4, count=0),
    Rule("server_error_after", path="position/*", chance=6, count=0),
    Rule("rate_burst", path="order/*", chance=4, count=0),
    Rule("latency", chance=20, count=0, jitter=80),
    Rule("duplicate_frame", chance=10, count=0),
    Rule("reorder_frame", chance=8, count=0),
    Rule("missing_frame", topic="execution", chance=5, count=0),
    Rule("missing_frame", topic="order", chance=5, count=0),
    Rule("late_frame", chance=5, count=0, ms=150),
    Rule("reset_stream", chance=1, count=0),
)
"""A storm of everything a little, for `seeded`."""


def seeded(seed: int, now: Callable[[], int], latency: int = 0) -> Storm:
    """A storm in which each decision follows from *seed* and what came before."""
    chosen = random.Random(f"rules:{seed}")
    rules = [rule for rule in SEEDED if chosen.randrange(10) < 6]
    return Storm(rules, seed=seed, latency=latency, now=now)
