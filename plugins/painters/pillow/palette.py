"""Colours by what they mean. Won and bought are green, lost and sold red; words and shapes say it too."""

from dataclasses import dataclass

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """One theme. *ink* is plain text, *muted* what matters less, *line* the faintest."""

    background: Colour
    panel: Colour
    line: Colour
    ink: Colour
    muted: Colour
    rise: Colour
    fall: Colour
    gain: Colour
    loss: Colour
    entry: Colour
    average: Colour
    breakeven: Colour
    live: Colour
    on_colour: Colour

    def faint(self, colour: Colour, strength: float) -> Colour:
        """The colour as if laid thinly over the background."""
        return mixed(colour, self.background, strength)


def mixed(over: Colour, under: Colour, strength: float) -> Colour:
    """*over* laid on *under*: 0 leaves it, 1 covers it."""
    red, green, blue = (round(a * strength + b * (1 - strength)) for a, b in zip(over, under, strict=True))
    return red, green, blue


DARK = Palette(
    background=(15, 19, 26),
    panel=(24, 30, 40),
    line=(44, 53, 67),
    ink=(236, 240, 246),
    muted=(150, 161, 178),
    rise=(46, 189, 145),
    fall=(226, 84, 92),
    gain=(44, 201, 134),
    loss=(246, 82, 92),
    entry=(84, 160, 255),
    average=(246, 196, 69),
    breakeven=(190, 140, 255),
    live=(240, 132, 40),
    on_colour=(10, 13, 18),
)
LIGHT = Palette(
    background=(255, 255, 255),
    panel=(243, 245, 249),
    line=(218, 223, 232),
    ink=(22, 28, 38),
    muted=(98, 108, 125),
    rise=(20, 150, 110),
    fall=(208, 52, 62),
    gain=(12, 136, 84),
    loss=(207, 34, 46),
    entry=(24, 98, 210),
    average=(158, 106, 0),
    breakeven=(124, 70, 206),
    live=(201, 88, 0),
    on_colour=(255, 255, 255),
)
THEMES = {"dark": DARK, "light": LIGHT}
