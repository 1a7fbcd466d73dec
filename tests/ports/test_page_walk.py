"""A walk over the pages of open orders, one page an audit."""

from ports.page_walk import PageWalk


def test_one_page_is_a_whole_walk() -> None:
    """C7: what fits one page is all there is, as of when it was asked for."""
    assert PageWalk().page(5, ["a", "b"], "") == (5, ("a", "b"))


def test_a_walk_ends_with_its_last_page() -> None:
    """C7: the pages between prove nothing; the last one tells what all of them showed since the first."""
    walk = PageWalk()

    assert walk.page(5, ["a"], "next") is None
    assert walk.cursor == "next"
    assert walk.page(65, ["b"], "") == (5, ("a", "b"))


def test_the_next_walk_begins_empty() -> None:
    """C7: what an earlier walk showed proves nothing about now, nor does a walk that broke off."""
    walk = PageWalk()
    walk.page(5, ["a"], "next")
    walk.again()

    assert walk.page(65, ["b"], "") == (65, ("b",))


def test_a_walk_in_a_circle_is_begun_anew() -> None:
    """C7: it would go round for ever, and no order ever be missed; and a circle proves nothing."""
    walk = PageWalk()
    pages = [walk.page(at, [str(at)], cursor) for at, cursor in enumerate(("a", "b", "a", "c", ""), 1)]

    assert pages == [None, None, None, None, (4, ("4", "5"))]
