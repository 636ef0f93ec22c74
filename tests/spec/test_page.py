"""The HTML page of a story, as text; what a browser makes of it is another test's."""

from dataclasses import replace

from spec.page import page_of
from tests.spec.page_support import Outline, story


def test_every_step_is_drawn_titled_and_told() -> None:
    """A title and a section for each, under one number; the claim at the end."""
    found = Outline(page_of(story()))
    assert found.open == []
    for tag in ("rect", "li", "section"):
        numbered = [
            has["data-step"] for name, has in found.elements if name == tag and "data-step" in has
        ]
        assert numbered == ["1", "2", "3", "4"]
    assert "HandleVote, by m2" in found.text
    assert "m2's promise rises from 0 to 2" in found.text
    assert "Now Claim is violated." in found.text
    assert "Claim == x < 1" in found.text
    assert "what it shows" in found.text


def test_what_changed_is_marked_in_the_state() -> None:
    """Only the cells that did, and none in the first state."""
    page = page_of(story())
    told = page.split("<section")[1:]
    changed = [
        Outline(f"<section{part}".partition("</section>")[0]).of_class("changed") for part in told
    ]
    assert [len(cells) for cells in changed] == [0, 3, 2, 3]


def test_a_loop_is_marked_where_it_begins() -> None:
    """The step after the one that it comes back to."""
    page = page_of(story(back_to=2, back_by="Back"))
    assert [has["data-step"] for has in Outline(page).of_class("loop")] == ["3", "4", "5"]
    assert page.count("the loop begins") == 1
    assert page.index("the loop begins") > page.index('<li data-step="3"')
    assert "the loop begins" not in page_of(story())


def test_nothing_is_fetched() -> None:
    """No address, no script or style from elsewhere, and a policy that forbids both."""
    page = page_of(story())
    elements = Outline(page).elements
    assert not [has for _, has in elements if "src" in has]
    assert all((has["href"] or "").startswith("#") for _, has in elements if "href" in has)
    assert "http:" not in page
    assert "https:" not in page
    assert "default-src 'none'" in page


def test_text_of_the_model_is_never_markup() -> None:
    """What a specification calls its messages stays text, and so does what is said about it."""
    hostile = "<script>alert(1)</script><!-- ENDING -->&'"
    told = replace(
        story(kind=hostile), model=hostile, claim=hostile, shows=hostile, definition=hostile
    )
    page = page_of(told)
    assert "<script>alert" not in page
    assert page.count("<script>") == 1
    assert Outline(page).open == []


def test_what_can_be_operated_has_a_name() -> None:
    """For those who do not see it."""
    found = Outline(page_of(story()))
    operated = [
        has for tag, has in found.elements if tag in ("button", "input") or "tabindex" in has
    ]
    assert len(operated) == 6 + len(story().scenes)
    assert all(has.get("aria-label") for has in operated)
