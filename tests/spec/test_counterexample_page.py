"""The HTML page of a story, as text; what a browser makes of it is another file's subject."""

from dataclasses import replace
from xml.etree import ElementTree

from spec.counterexample.page import page_of
from spec.counterexample.story import Story
from tests.spec.counterexample_support import election


def main_of(told: Story) -> ElementTree.Element:
    """The part of the page that the story fills."""
    text = page_of(told)
    return ElementTree.fromstring(
        text[text.index("<main>") : text.index("</main>") + len("</main>")]
    )


def test_page_gives_each_step_an_address_and_links_to_it() -> None:
    """The title links to its own step, the words to the steps that they name."""
    main = main_of(election())
    steps = main.findall("ol/li")
    assert [step.get("id") for step in steps] == [f"step-{n}" for n in range(1, 6)]
    assert [a.get("href") for a in steps[3].iter("a")] == ["#step-4", "#step-2"]
    assert steps[3].findtext("h2/a") == "4. HandleVote, by m2"
    assert main.findtext("section/p") == "Now Claim is violated."
    assert main.findtext("section/pre") == "Claim == x < 1"


def test_page_marks_the_steps_of_a_loop() -> None:
    """So that it can be seen, and so that the keyboard goes round with it."""
    told = election(back_to=3, back_by="Back")
    marked = [step.get("class") for step in main_of(told).findall("ol/li")]
    assert marked == ["step"] * 3 + ["step loop"] * 3
    assert '<body data-again="3">' in page_of(told)


def test_page_explains_the_words_of_the_specification() -> None:
    """The variables that no reader can guess, and what they rest on."""
    page = page_of(election())
    codes = (f"<code>{name}</code>" for name in ("backing", "held", "stamp"))
    assert all(f"<dt>{term}</dt>" in page for term in ("Promise", "Lease", *codes))


def test_page_fetches_nothing() -> None:
    """There is no address of another file in it, and a policy that forbids to load one."""
    page = page_of(election())
    assert "default-src 'none'" in page
    assert not any(text in page for text in ("http:", "https:", "src=", "@import", "url("))


def test_page_never_takes_text_of_a_model_for_markup() -> None:
    """Not in the name of a message, nor in what is said about the model."""
    hostile = "<script>alert(1)</script><!-- ENDING -->&'"
    told = replace(
        election(kind=hostile), model=hostile, claim=hostile, shows=hostile, definition=hostile
    )
    assert hostile in "".join(main_of(told).itertext())
    assert page_of(told).count("<script>") == 1
