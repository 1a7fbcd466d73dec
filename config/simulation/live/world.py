"""One storm's world with the real service in it, and what only that can get wrong."""

from config.simulation.fates import Fates
from config.simulation.live.loop import LoopTimeline, VirtualLoop
from config.simulation.live.process import LiveProcess
from config.simulation.story import START, Story
from config.simulation.world import World
from core.alerts import PluginFailed, ServiceDegraded


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

    def _broke(self, why: str) -> None:
        """Nothing but a crash may end the service: it is noted, and somebody starts it again."""
        self.watch.breach("I12", "", f"the service ended by itself: {why}")
        self.crash()

    def judge(self) -> None:
        """Every account runs, and no trouble is told that this world doesn't have: no plugin fails, no turn is late."""
        for name in self.roads.keys() - self.process.nodes.keys():
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
