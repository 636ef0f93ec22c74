"""The HTML page of a story."""

from html.parser import HTMLParser

from spec.page import page_of
from spec.story import Story, story_of
from spec.trace import Step, Trace
from spec.values import parse

VOID = {"meta", "br"}


class Outline(HTMLParser):
    """Every element with its attributes, and whether all of them are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Noted, and open until it ends."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Noted."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Must end what was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Collected."""
        self.text += data


def story(kind: str = "Vote") -> Story:
    states = [
        {"term": "(m1 :> 0 @@ m2 :> 0)", "messages": "{}"},
        {
            "term": "(m1 :> 1 @@ m2 :> 0)",
            "messages": f'{{[kind |-> "{kind}", from |-> m1, to |-> m2]}}',
        },
    ]
    steps = [
        Step(action=action, state={name: parse(text) for name, text in state.items()})
        for action, state in zip((None, "Campaign"), states, strict=True)
    ]
    return story_of("model", "Claim", Trace(steps=tuple(steps)))


def outline(page: str) -> Outline:
    found = Outline()
    found.feed(page)
    return found


def test_every_step_is_drawn_and_told() -> None:
    """A band among the lanes and a section beside them, under one number."""
    found = outline(page_of(story()))
    assert found.open == []
    for number in ("1", "2"):
        marked = [tag for tag, has in found.elements if has.get("data-step") == number]
        assert marked == ["g", "section"]
    assert "2. Campaign, by m1" in found.text
    assert "Now Claim is violated." in found.text


def test_a_message_is_an_arrow_between_two_lanes() -> None:
    """From the sender's lane to the receiver's."""
    found = outline(page_of(story()))
    lanes = [has["x1"] for _, has in found.elements if has.get("class") == "lane"]
    [arrow] = [has for _, has in found.elements if has.get("class") == "arrow"]
    assert [arrow["x1"], arrow["x2"]] == lanes


def test_what_changed_is_marked_in_the_state() -> None:
    """In the second step both variables did, in the first none."""
    found = outline(page_of(story()))
    assert [has.get("class") for tag, has in found.elements if tag == "tr"] == [
        *(None, None),
        *("changed", "changed"),
    ]


def test_nothing_is_fetched() -> None:
    """No address, no script or style from elsewhere."""
    found = outline(page_of(story()))
    assert not [has for _, has in found.elements if "src" in has or "href" in has]
    assert "http" not in page_of(story())


def test_text_of_the_model_is_never_markup() -> None:
    """What a specification calls its messages stays text."""
    page = page_of(story(kind="<script>alert(1)</script><!-- ENDING -->"))
    assert "<script>alert" not in page
    assert outline(page).open == []
