"""What is believed to be held is what is held once every execution was told: no position is shown for it (C8)."""

from config.simulation.scene import Scene, Where
from config.simulation.story import SYMBOL, places
from core.money import text
from core.words import Slot


class Believed:
    """Weighs what a process believes that has heard of everything which executed since it started."""

    def __init__(self, scene: Scene) -> None:
        """Nothing is judged yet."""
        self._scene = scene

    def look(self, name: str) -> None:
        """The account as it stands now, and as its machine has it."""
        if self._heard_all(name):
            for place in places(self._scene.accounts[name]):
                self._look((name, place))

    def _heard_all(self, name: str) -> bool:
        """Whether all there ever was executed in this life of the process, and came a while ago."""
        scene, road = self._scene, self._scene.roads[name]
        node = scene.process.nodes.get(name)
        if node is None or node.storing or node.inbox:
            return False
        begun, lately = scene.clocks.venue(scene.process.since), scene.now - scene.patience
        executions = scene.accounts[name].executions
        return all(each.at >= begun and road.told.get(each.id, scene.now) < lately for each in executions)

    def _look(self, where: Where) -> None:
        (name, place), size = where, self._scene.position(where)[0]
        view = self._scene.process.nodes[name].machine.state.view(Slot(SYMBOL, place))
        if view.size != size:
            detail = f"{text(size)} is held and {text(view.size)} believed, and every execution was told"
            self._scene.breach("I6", name, detail)
