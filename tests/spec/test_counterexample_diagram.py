"""Stories as Mermaid text."""

from spec.counterexample.diagram import mermaid_lines
from tests.spec.counterexample_support import election, story


def test_mermaid_draws_a_note_for_each_step_and_an_arrow_for_each_message() -> None:
    """The note is over the actor; a message that is never received ends in a cross."""
    lines = list(mermaid_lines(election(back_to=4, back_by="Back")))
    assert (
        "\n".join(lines)
        == """\
sequenceDiagram
    participant m1
    participant m2
    participant m3
    Note over m1: 2. Campaign, by m1<br/>m1's role: follower → candidate<br/>m1's term: 0 → 1
    m1->>m2: Vote (age 0)
    m1-xm3: Vote
    Note over m1,m3: 3. Tick
    Note over m2: 4. HandleVote, by m2<br/>m2's promise: (left 0, to None) → (left 2, to m1)
    m2->>m1: Yes
    loop for ever
    Note over m1: 5. HandleYes, by m1<br/>m1's role: candidate → leader<br/>m1's backing[m2]: 0 → 2
    m1-xm2: Hello
    Note over m1: 6. Back, by m1<br/>m1's role: leader → candidate<br/>m1's backing[m2]: 2 → 0
    m1-xm3: Vote
    m2-xm1: Yes
    end
    Note over m1,m3: After step 6 the state is that of step 4 again, and so on for ever: Claim is violated."""
    )


def test_mermaid_text_has_no_character_that_mermaid_would_misread() -> None:
    """A semicolon would end the line, angle brackets would be markup."""
    lines = list(mermaid_lines(story(("A", {"x": "<1; 2>"}), ("B", {"x": "#"}))))
    assert "    Note over m1,m3: 3. B<br/>x: #lt;1#59; 2#gt; → #35;" in lines
