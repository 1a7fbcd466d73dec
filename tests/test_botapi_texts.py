"""The fake Bot API's reading of texts and keyboards: it refuses what Telegram refuses, in Telegram's words."""

from contextlib import suppress
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.botapi.entities import Entity
from tests.botapi.html import parse_html
from tests.botapi.keyboards import Keyboard, read_markup
from tests.botapi.refusals import Refusal
from tests.botapi.texts import read_text


def refused(call: object, *arguments: object) -> str:
    """The words of the refusal."""
    assert callable(call)
    with pytest.raises(Refusal) as caught:
        call(*arguments)
    return caught.value.description


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("a <tp> b", 'Unsupported start tag "tp" at byte offset 2'),
        ("é<br/>", 'Unsupported start tag "br/" at byte offset 2'),
        ("SL < 5 and TP > 3", 'Unsupported start tag "" at byte offset 3'),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("<b>bold", 'Can\'t find end tag corresponding to start tag "b"'),
        ("bold</b>", "Unexpected end tag at byte offset 4"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<a href=x:y>z</a>", "Unexpected end of name token at byte offset 8"),
        ("<a href>z</a>", 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0'),
        ('<a href="x>z</a>', "Unclosed start tag at byte offset 0"),
        ('<span class="x">z</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<tg-emoji emoji-id="x">z</tg-emoji>', "Invalid custom emoji identifier specified"),
    ],
)
def test_html_that_does_not_parse_is_refused(source: str, words: str) -> None:
    """Telegram says what it stumbled over and at which byte (S10)."""
    assert refused(parse_html, source) == f"Bad Request: can't parse entities: {words}"


@pytest.mark.parametrize(
    ("source", "text", "marks"),
    [
        ("<b>BTC</b> up", "BTC up", (("bold", "BTC"),)),
        ("<b>a<i>b</i></b>", "ab", (("bold", "ab"), ("italic", "b"))),
        ("🚀 <code>1 &lt; 2 &amp;&#x41;</code>", "🚀 1 < 2 &A", (("code", "1 < 2 &A"),)),
        ("&lt;b&gt; &nbsp; &", "<b> &nbsp; &", ()),
        ('<pre><code class="language-py">x</code></pre>', "x", (("pre", "x"),)),
        ("<blockquote expandable>q</blockquote>", "q", (("expandable_blockquote", "q"),)),
        ('<a href="https://x.io/?a=1&amp;b=2">l</a>', "l", (("text_link", "l"),)),
        ('<a href="javascript:alert(1)">l</a>', "l", ()),
        ("<B>x</>", "x", (("bold", "x"),)),
        ("<u></u>y", "y", ()),
    ],
)
def test_html_that_parses(source: str, text: str, marks: tuple[tuple[str, str], ...]) -> None:
    """A person sees the text without tags, and what lies over it."""
    formatted = parse_html(source)

    assert (formatted.text, formatted.marks()) == (text, marks)


def test_offsets_count_utf16() -> None:
    """An emoji beyond the basic plane is two units wide, as Telegram counts."""
    assert parse_html("🚀<b>x</b>").entities == (Entity(type="bold", offset=2, length=1),)


def test_texts_are_trimmed_and_cleaned() -> None:
    """Space around a text goes, direction marks go, and entities stay on their words (S10)."""
    formatted = read_text("\n  \u202e<b> BTC\u2066</b>\r\n", "HTML", None)

    assert formatted.text == "BTC\u2066"
    assert formatted.marks() == (("bold", "BTC\u2066"),)


def test_commands_and_links_are_found() -> None:
    """Telegram marks what it knows by itself, but not inside code."""
    marks = read_text("/start@tandem_bot see t.me/x $BTC <code>/stop</code> 1/2", "HTML", None).marks()

    assert marks == (("bot_command", "/start@tandem_bot"), ("url", "t.me/x"), ("cashtag", "$BTC"), ("code", "/stop"))


@pytest.mark.parametrize("mode", ["htm", "Markdown3"])
def test_unknown_parse_mode(mode: str) -> None:
    """A parse mode that doesn't exist is refused."""
    assert refused(read_text, "x", mode, None) == "Bad Request: unsupported parse_mode"


@pytest.mark.parametrize(
    ("button", "words"),
    [
        ({"text": "x", "callback_data": "é" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": "y" * 65}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"text": "x"}, "Text buttons are unallowed in the inline keyboard"),
        ({"callback_data": "x"}, 'Can\'t find field "text"'),
        ({"text": "x", "url": "example"}, "inline keyboard button URL 'example' is invalid: Wrong HTTP URL"),
        (
            {"text": "x", "callback_data": "y", "callbackData": "z"},
            "InlineKeyboardButton with the field 'callbackData'",
        ),
        ({"text": "x", "url": "http://localhost:8080"}, "is invalid: Wrong HTTP URL"),
        ({"text": " ", "callback_data": "y"}, "a button without a label"),
    ],
)
def test_bad_buttons_are_refused(button: dict[str, str], words: str) -> None:
    """A button has a label, one thing that it does, and at most 64 bytes of data (S3)."""
    assert words in refused(read_markup, {"inline_keyboard": [[button]]})


def test_a_keyboard_of_64_bytes_passes() -> None:
    """The limit itself is allowed; empty rows vanish."""
    markup = read_markup({"inline_keyboard": [[{"text": "Go", "callback_data": "x" * 64}], []]})

    assert isinstance(markup, Keyboard)
    assert markup.labels() == (("Go",),)


def test_too_many_buttons() -> None:
    """More than a hundred buttons are refused."""
    rows = [[{"text": "x", "callback_data": "y"}]] * 101

    assert refused(read_markup, {"inline_keyboard": rows}) == "Bad Request: reply markup is too long"
    assert "more than 8 buttons in a row" in refused(read_markup, {"inline_keyboard": [rows[0] * 9]})


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_escaped_text_renders_literally(text: str) -> None:
    """Whatever a person or a venue names something, escaped it is read as it stands and marks nothing (S10)."""
    formatted = parse_html(escape(text))

    assert (formatted.text, formatted.entities) == (text, ())


@given(st.text(alphabet="<>/&;=\"' abuip-#x1é🚀\n"))
def test_anything_is_read_or_refused(text: str) -> None:
    """No text breaks the reader; entities lie within the text and none is empty."""
    with suppress(Refusal):
        formatted = read_text(text, "HTML", None)
        whole = len(formatted.text.encode("utf-16-le")) // 2

        assert all(0 <= each.offset < each.offset + each.length <= whole for each in formatted.entities)


def test_languages_of_code() -> None:
    """A block of code keeps its language when the code fills it; code alone has none."""
    (block,) = parse_html('<pre><code class="language-py">x = 1</code></pre>').entities
    apart = parse_html('<pre>a<code class="language-py">b</code></pre>').entities

    assert (block.type, block.language) == ("pre", "py")
    assert [(each.type, each.language) for each in apart] == [("pre", ""), ("code", "")]
