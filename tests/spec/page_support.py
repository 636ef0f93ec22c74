"""A short story with everything in it that a page can show, and a reader of its markup."""

from html.parser import HTMLParser

from spec.story import Story, story_of
from spec.trace import Step, Trace
from spec.values import parse

VOID = {"meta", "br", "input"}
IDLE = "(m1 :> 0 @@ m2 :> 0 @@ m3 :> 0)"
NOBODY = f"(m1 :> {IDLE} @@ m2 :> {IDLE} @@ m3 :> {IDLE})"
STATES = (
    {
        "role": '(m1 :> "follower" @@ m2 :> "follower" @@ m3 :> "follower")',
        "term": IDLE,
        "promise": IDLE,
        "backing": NOBODY,
        "messages": "{}",
    },
    {
        "role": '(m1 :> "candidate" @@ m2 :> "follower" @@ m3 :> "follower")',
        "term": "(m1 :> 1 @@ m2 :> 0 @@ m3 :> 0)",
        "messages": '{[kind |-> "KIND", from |-> m1, to |-> m2], [kind |-> "KIND", from |-> m1, to |-> m3]}',
    },
    {
        "promise": "(m1 :> 0 @@ m2 :> 2 @@ m3 :> 0)",
        "messages": '{[kind |-> "KIND", from |-> m1, to |-> m3], [kind |-> "Yes", from |-> m2, to |-> m1]}',
    },
    {
        "role": '(m1 :> "leader" @@ m2 :> "follower" @@ m3 :> "follower")',
        "backing": NOBODY.replace(f"m1 :> {IDLE}", "m1 :> (m1 :> 3 @@ m2 :> 2 @@ m3 :> 0)"),
        "messages": '{[kind |-> "Hello", from |-> m1, to |-> m2]}',
    },
)


def story(kind: str = "Vote", *, back_to: int | None = None, back_by: str | None = None) -> Story:
    """m1 asks m2 and m3 for votes, m2 promises its own, m1 leads, m3 never hears of it."""
    state: dict[str, str] = {}
    steps = []
    for action, changes in zip(
        (None, "Campaign", f"Handle{kind}", "HandleYes"), STATES, strict=True
    ):
        state |= {name: text.replace("KIND", kind) for name, text in changes.items()}
        parsed = {name: parse(text) for name, text in state.items()}
        steps.append(Step(action=action, state=parsed))
    trace = Trace(steps=tuple(steps), back_to=back_to, back_by=back_by)
    return story_of("model", "Claim", trace, shows="what it shows", definition="Claim == x < 1")


class Outline(HTMLParser):
    """Every element with its attributes, and whether all of them are closed in order."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(markup)

    def of_class(self, name: str) -> list[dict[str, str | None]]:
        """The attributes of the elements of that class."""
        return [has for _, has in self.elements if name in (has.get("class") or "").split()]

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
