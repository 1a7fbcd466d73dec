"""One storm's world with the real service in it, and what only that can get wrong."""

from collections.abc import Sequence

from config.simulation.fates import Fates
from config.simulation.live.loop import LoopTimeline, VirtualLoop
from config.simulation.live.process import LiveProcess
from config.simulation.story import START, Story
from config.simulation.world import World
from core.account.state import AccountState
from core.alerts import PluginFailed, ServiceDegraded
from core.commands import Command, Place
from core.facts import Sent


class LiveWorld(World):
    """As ring A's world; `end` must be called when it is over."""

    loop: VirtualLoop

    def __init__(self, story: Story, fates: Fates) -> None:
        """Nothing has happened yet."""
        super().__init__(story, fates)
        self.loop.set_exception_handler(lambda _, context: self._broke(str(context.get("message"))))

    def _made_timeline(self) -> LoopTimeline:
        timeline = LoopTimeline(START, self._ticked, self.story.seed)
        self.loop = timeline.loop
        return timeline

    def _made_process(self) -> LiveProcess:
        assert isinstance(self.timeline, LoopTimeline)  # noqa: S101 - it was made above
        process = LiveProcess(
            self.timeline,
            self.disk,
            self.roads,
            self.fresh,
            self._lives,
            self.sights,
            venue=self.venue,
            crash=self._torn,
        )
        process.broke = self._broke
        return process

    def _lives(self, state: AccountState, commands: Sequence[Command]) -> bool:
        """See World; what raises risk is on the disk before it leaves (I15)."""
        for command in commands:
            if isinstance(command, Place) and not command.reduce_only and not self._stored(state.account, command.key):
                self.watch.breach("I15", state.account, f"{command.key} leaves before it is stored")
        return super()._lives(state, commands)

    def _stored(self, account: str, key: str) -> bool:
        entries = self.disk.journal.get(account, [])
        return any(isinstance(entry.what, Sent) and entry.what.key == key for entry in entries)

    def _broke(self, why: str) -> None:
        """Nothing but a crash may end the service: it is noted, and somebody starts it again."""
        self.watch.breach("I12", "", f"the service ended by itself: {why}")
        self.crash()

    def judge(self) -> None:
        """Every account runs, and no trouble is told that this world doesn't have: no plugin fails, no turn is late."""
        for name in self.roads:
            if name not in self.process.nodes:
                self.watch.breach("I12", name, "was not recovered")
        for alert in self.disk.alerts.values():
            match alert.body:
                case PluginFailed(plugin=plugin, detail=detail):
                    self.watch.breach("F58", alert.account, f"{plugin} failed: {detail}")
                case ServiceDegraded(what="loop", detail=detail):
                    self.watch.breach("F49", alert.account, detail)
                case _:
                    pass

    def end(self) -> None:
        """End every task and close the loop; one that survives its cancellation is noted."""
        self.process.died()
        self.loop.bury()
        left = self.loop.unfinished()
        if left:
            self.watch.breach("I12", "", f"{left} tasks went on after they were cancelled")
        self.loop.close()
