"""A chat drawn as it looks on a phone, for people who want to look at it: bubbles, pictures, buttons.

No test compares it: `alice.phone()` gives a PNG to look at, or to show in a README.
"""

from dataclasses import dataclass
from functools import cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from tests.botapi.chats import Chat, Message, User
from tests.botapi.entities import Formatted, cut, units

WIDTH = 390
"""Points across, as on most phones; everything is drawn twice as large."""
SCALE = 2
_BUBBLE = 320
_PAD = 10
_SIZE = 15
_LINE = 20
_BUTTON = 38
_COLOURS = {"text": "#0f1419", "link": "#2481cc", "code": "#9a3b26", "hidden": "#b8bec4", "quote": "#3d6b4f"}
_MINE, _THEIRS, _BACK, _KEY = "#ffffff", "#e3fdd3", "#c9d9e8", "#8fa9c0"
_FONTS = Path("/usr/share/fonts/truetype/dejavu")
_FACES = {"": "DejaVuSans", "b": "DejaVuSans-Bold", "i": "DejaVuSans-Oblique", "c": "DejaVuSansMono"}
_BY_ENTITY = {"bold": "b", "italic": "i", "code": "c", "pre": "c"}
_TINTS = {
    **dict.fromkeys(("text_link", "url", "mention", "bot_command", "hashtag", "cashtag", "email"), "link"),
    **dict.fromkeys(("code", "pre"), "code"),
    **dict.fromkeys(("blockquote", "expandable_blockquote"), "quote"),
    "spoiler": "hidden",
}


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one look, at one place of a line."""

    text: str
    face: str
    tint: str
    x: float


def draw(chat: Chat, bot: User, last: int = 12) -> bytes:
    """The latest messages, the newest at the bottom."""
    blocks = [_block(message, mine=message.sender == bot) for message in chat.messages[-last:]]
    height = sum(block.height for block in blocks) + _px(_PAD) * (len(blocks) + 1)
    screen = Image.new("RGB", (_px(WIDTH), height), _BACK)
    y = _px(_PAD)
    for block, message in zip(blocks, chat.messages[-last:], strict=True):
        left = _px(_PAD) if message.sender == bot else screen.width - _px(_PAD) - block.width
        screen.paste(block, (left, y))
        y += block.height + _px(_PAD)
    out = BytesIO()
    screen.save(out, "PNG", optimize=True)
    return out.getvalue()


def lay_out(content: Formatted, width: float) -> list[list[Run]]:
    """The lines of a text that is no wider than *width*; words that are longer than a line are broken."""
    lines: list[list[Run]] = [[]]
    x = 0.0
    for word, face, tint in _words(content):
        if word == "\n":
            lines.append([])
            x = 0.0
            continue
        for piece in _pieces(word, face, width):
            if x and x + _font(face).getlength(piece.rstrip()) > width:
                lines.append([])
                x = 0.0
            lines[-1].append(Run(piece, face, tint, x))
            x += _font(face).getlength(piece)
    return lines


def _block(message: Message, *, mine: bool) -> Image.Image:
    """One bubble with what is under it."""
    lines = lay_out(message.content, _px(_BUBBLE - 2 * _PAD)) if message.text else []
    picture = _picture(message)
    text_height = _px(_LINE) * len(lines) + (2 * _px(_PAD) if lines else 0)
    bubble = (picture.height if picture else 0) + text_height
    block = Image.new("RGB", (_px(_BUBBLE), bubble + _px(_BUTTON) * len(message.labels)), _BACK)
    pen = ImageDraw.Draw(block)
    pen.rounded_rectangle((0, 0, block.width - 1, bubble - 1), _px(12), fill=_MINE if mine else _THEIRS)
    if picture:
        block.paste(picture, (0, 0))
    _write(pen, lines, bubble - text_height + _px(_PAD))
    for number, row in enumerate(message.labels):
        _buttons(pen, row, bubble + number * _px(_BUTTON))
    return block


def _write(pen: ImageDraw.ImageDraw, lines: list[list[Run]], top: int) -> None:
    for number, line in enumerate(lines):
        for run in line:
            at = (_px(_PAD) + run.x, top + number * _px(_LINE))
            pen.text(at, run.text, font=_font(run.face), fill=_COLOURS[run.tint])


def _buttons(pen: ImageDraw.ImageDraw, labels: tuple[str, ...], top: int) -> None:
    """A row of equal buttons; a label that is too long for its button is cut, as phones cut it."""
    gap, wide = _px(3), _px(_BUBBLE) / len(labels)
    for number, label in enumerate(labels):
        box = (number * wide + (gap if number else 0), top + gap, (number + 1) * wide - 1, top + _px(_BUTTON) - 1)
        pen.rounded_rectangle(box, _px(7), fill=_KEY)
        shown = label
        while shown and _font("b").getlength(shown + "…") > wide - 3 * gap:
            shown = shown[:-1]
        shown = label if _font("b").getlength(label) <= wide - 3 * gap else f"{shown}…"
        pen.text(((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), shown, font=_font("b"), fill="white", anchor="mm")


def _picture(message: Message) -> Image.Image | None:
    if message.photo is None:
        return None
    image = Image.open(BytesIO(message.photo.body)).convert("RGB")
    return image.resize((_px(_BUBBLE), round(image.height * _px(_BUBBLE) / image.width)))


def _words(content: Formatted) -> list[tuple[str, str, str]]:
    """Words with the space behind them, line ends alone, each with its look."""
    edges = {0, units(content.text)} | {each.offset for each in content.entities}
    edges |= {each.offset + each.length for each in content.entities}
    ordered = sorted(edges)
    found = []
    for begin, end in pairwise(ordered):
        over = [each.type for each in content.entities if each.offset <= begin and end <= each.offset + each.length]
        face = next((_BY_ENTITY[kind] for kind in reversed(over) if kind in _BY_ENTITY), "")
        tint = next((_TINTS[kind] for kind in reversed(over) if kind in _TINTS), "text")
        found += [(word, face, tint) for word in _split(cut(content.text, begin, end - begin))]
    return found


def _split(text: str) -> list[str]:
    words = [""]
    for letter in text:
        if letter == "\n":
            words += ["\n", ""]
        elif letter != " " and words[-1].endswith(" "):
            words.append(letter)
        else:
            words[-1] += letter
    return [word for word in words if word]


def _pieces(word: str, face: str, width: float) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and _font(face).getlength((pieces[-1] + letter).rstrip()) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


@cache
def _font(face: str) -> ImageFont.FreeTypeFont:
    """DejaVu where the machine has it; else what Pillow brings, which has one face."""
    try:
        return ImageFont.truetype(_FONTS / f"{_FACES[face]}.ttf", _SIZE * SCALE)
    except OSError:
        plain = ImageFont.load_default(_SIZE * SCALE)
        assert isinstance(plain, ImageFont.FreeTypeFont)
        return plain


def _px(points: float) -> int:
    return round(points * SCALE)
