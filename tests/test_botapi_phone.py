"""A chat drawn as a phone shows it: words wrap, long ones break, pictures and buttons have their place."""

from io import BytesIO

from PIL import Image

from tests.botapi.asking import asking, picture
from tests.botapi.html import parse_html
from tests.botapi.phone import SCALE, WIDTH, lay_out


def test_words_wrap() -> None:
    """No line is wider than it may be, line ends stay, and nothing is lost."""
    lines = lay_out(parse_html("<b>one</b> two three\n\n<code>four</code>five"), 120)
    written = ["".join(run.text for run in line) for line in lines]

    assert "".join(written).split() == ["one", "two", "threefourfive"]
    assert "" in written
    assert len(written) > 3


def test_long_words_break() -> None:
    """A word that is longer than a line goes on in the next."""
    lines = lay_out(parse_html("x" * 100), 200)

    assert len(lines) > 2
    assert "".join(run.text for line in lines for run in line) == "x" * 100


def test_looks_follow_entities() -> None:
    """Bold, code and links have their own face or colour."""
    (line,) = lay_out(parse_html('<b>a</b><code>b</code><a href="https://x.io">c</a>'), 1000)

    assert [(run.face, run.tint) for run in line] == [("b", "text"), ("c", "code"), ("", "link")]


async def test_a_chat_is_drawn() -> None:
    """A picture with its caption and buttons makes a screen as wide as a phone and taller with each."""
    async with asking() as bot:
        alice = bot.api.person(7)
        alice.say("chart")
        before = Image.open(BytesIO(alice.phone()))
        keyboard = '{"inline_keyboard": [[{"text": "A very long label for a button", "callback_data": "x"}]]}'
        await bot.get("sendPhoto", {"photo": picture()}, chat_id=7, caption="words", reply_markup=keyboard)
        after = Image.open(BytesIO(alice.phone()))

        assert before.width == after.width == WIDTH * SCALE
        assert after.height > before.height + 240 * SCALE
