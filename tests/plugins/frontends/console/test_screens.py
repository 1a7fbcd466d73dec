"""Screens for people: what is said beside a refusal."""

import io
from collections.abc import Sequence

import pytest
from rich.console import Console

from plugins.frontends.console import screens


def previewed(refused: Sequence[str], ask: Sequence[str]) -> str:
    """A preview that refuses."""
    kept = io.StringIO()
    Console(file=kept, width=200).print(screens.preview([{"account": "main", "refused": refused, "ask": ask}]))
    return kept.getvalue()


@pytest.mark.parametrize(("refused", "offered"), [(["at once"], True), (["at once", "high"], False), (["x"], False)])
def test_a_confirmation_is_offered_only_where_it_helps(refused: list[str], offered: bool) -> None:
    """B2: beside a reason that no confirmation takes away, the offer sent people the wrong way."""
    said = previewed(refused, ["at once"] if "at once" in refused else [])

    assert ("--yes-really" in said) is offered
    assert all(f"  - {reason}" in said for reason in refused)
