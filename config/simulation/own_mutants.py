"""Defects of the simulated world itself, which saved cases guard against: nothing hunts them, they are no machine's."""

from config.simulation.mutant import Mutant

OWN: dict[str, Mutant] = {
    "volume_back": Mutant(
        "config.simulation.world",
        "            self.venue.set_price(SYMBOL, self.venue.state.last[SYMBOL])\n",
        "",
        "a stop that fired while nobody traded stands still when volume comes back",
    ),
}
