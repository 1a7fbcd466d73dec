"""What a deliberate defect is."""

from typing import NamedTuple


class Mutant(NamedTuple):
    """One defect. *why* says what it would mean in somebody's account."""

    module: str
    old: str
    new: str
    why: str
