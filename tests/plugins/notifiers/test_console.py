"""The console shows text as text, marks what must be marked, and colours only a terminal."""

import io

import pytest

from plugins.notifiers.console import ConsoleNotifier, ConsoleSettings, Stream, lines, tandem_notifiers
from ports.contract.notifier import NotifierContract
from ports.contract.samples import critical, delivery, told
from ports.errors import Unavailable
from ports.notifier import Notifier


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """It is."""
        return True


class Unread(io.StringIO):
    """A stream with no room left."""

    def writable(self) -> bool:
        """Nobody reads it."""
        return False


class TestConsole(NotifierContract):
    """The shared contract."""

    async def made(self) -> Notifier:
        """A console on a stream in memory."""
        self.stream = io.StringIO()
        return ConsoleNotifier("console", Stream.STDERR, self.stream)

    async def shown(self, notifier: Notifier) -> str:
        """What was written."""
        return self.stream.getvalue()


async def test_alert_is_a_few_plain_lines() -> None:
    """Nothing but its own text without a terminal: no colour, no wrapping, no markup."""
    stream = io.StringIO()
    await ConsoleNotifier("console", Stream.STDERR, stream).deliver(
        delivery(told("x"), "[PAPER] main · BTCUSDT LONG · [red]TP1[/red] hit :smile:\n" + "9" * 300)
    )

    assert stream.getvalue() == "[PAPER] main · BTCUSDT LONG · [red]TP1[/red] hit :smile:\n    " + "9" * 300 + "\n"


async def test_critical_is_red_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """And it says CRITICAL, for those who see no red."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal = Terminal()
    await ConsoleNotifier("console", Stream.STDERR, terminal).deliver(delivery(critical("x"), "Stop hit"))

    assert terminal.getvalue() == "\x1b[1;31mCRITICAL Stop hit\x1b[0m\n"


async def test_an_alert_for_which_there_is_no_room_is_tried_again() -> None:
    """D2: shown to a terminal that is paused for long it would be lost; the message says what mends it."""
    with pytest.raises(Unavailable, match=r"^notifier console: nobody reads stderr: let its terminal go on"):
        await ConsoleNotifier("console", Stream.STDERR, Unread()).deliver(delivery(told("x"), "Stop hit"))


def test_marks_stand_before_the_text() -> None:
    """All of them, in one order."""
    assert lines(delivery(critical("x"), "Stop hit\nat 56000", repeat=True, late=61_999)) == [
        "CRITICAL (repeat) (late 61 s) Stop hit",
        "    at 56000",
    ]


def test_control_characters_do_not_reach_the_terminal() -> None:
    """A venue's message can't clear the screen or ring (S10)."""
    assert lines(delivery(told("x"), "a\x1b[2Jb\x07c\rd\u202ee")) == ["a[2Jbcde"]


@pytest.mark.parametrize(("stream", "out", "err"), [("stdout", "hello\n", ""), ("stderr", "", "hello\n")])
async def test_setting_chooses_the_stream(stream: str, out: str, err: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`use: console` writes to stderr unless told otherwise, so that --json owns stdout."""
    (adapter,) = tandem_notifiers()
    notifier = adapter.build(ConsoleSettings.model_validate({"stream": stream}), name="console")
    await notifier.deliver(delivery(told("x"), "hello"))

    assert (adapter.name, notifier.name, ConsoleSettings().stream) == ("console", "console", Stream.STDERR)
    assert tuple(capsys.readouterr()) == (out, err)
