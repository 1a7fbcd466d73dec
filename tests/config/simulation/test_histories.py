"""Short histories, step by step and made small when they break something (Hypothesis over the simulator's world)."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from config.simulation.fates import FRAME, LOOK, REQUEST, Fates, Kind
from config.simulation.scenarios import scenario
from config.simulation.sent import Spinning
from config.simulation.storm import conclude
from config.simulation.story import Does, Happening
from config.simulation.world import World

LEVELS = [Decimal(price) for price in ("89", "91", "95", "97", "98", "100", "103", "104", "107", "110", "113")]


class Histories(RuleBasedStateMachine):
    """Prices, time, crashes, faults, operators and users, in any order; then calm, and everything must hold."""

    @initialize(side=some.sampled_from(["limits_only", "all_targets", "short"]), seed=some.integers(0, 1_000))
    def begin(self, side: str, seed: int) -> None:
        """A trade of three entries on main and mirror, asked for in calm weather."""
        self.chances: dict[Kind, int] = {}
        self.world = World(scenario(side), Fates(seed, self.chances))
        self.world.begin()
        self.wait(3_000)

    @rule(milliseconds=some.sampled_from([50, 400, 2_500, 20_000]))
    def wait(self, milliseconds: int) -> None:
        """Time passes."""
        with suppress(Spinning):  # it was noted
            self.world.timeline.run(self.world.timeline.now + milliseconds)

    @rule(price=some.sampled_from(LEVELS), jumps=some.booleans())
    def move(self, price: Decimal, jumps: bool) -> None:
        """The market goes somewhere."""
        self.world.move_price(price, jumps)

    @rule()
    def crash(self) -> None:
        """Kill -9."""
        self.world.crash()

    @rule(kind=some.sampled_from([*REQUEST, *FRAME, *LOOK]), chance=some.sampled_from([0, 200, 600]))
    def weather(self, kind: Kind, chance: int) -> None:
        """One fault begins, or ends."""
        self.chances[kind] = chance

    @rule(
        what=some.sampled_from([each for each in Does if each is not Does.LIQUIDATE]),
        account=some.sampled_from(["main", "mirror"]),
        size=some.integers(500, 8_000),
    )
    def happens(self, what: Does, account: str, size: int) -> None:
        """People, the network or the venue do something; of its rules it changes the tick, as beside dead entries."""
        size = size // 3 * 3 if what is Does.NEW_RULES else size
        self.world.happen(Happening(0, what, account, size))

    @invariant()
    def nothing_is_broken(self) -> None:
        """What must hold at every moment does."""
        if hasattr(self, "world"):
            assert self.world.watch.breaches == []

    def teardown(self) -> None:
        """Calm, and all of it holds."""
        if not hasattr(self, "world"):
            return
        with suppress(Spinning):
            conclude(self.world)
        assert self.world.watch.breaches == []


Histories.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestHistories = pytest.mark.integration(Histories.TestCase)
