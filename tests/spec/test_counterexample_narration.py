"""Counterexamples told as text."""

from spec.counterexample.narration import ending_of, lines_of
from tests.spec.counterexample_support import election


def test_lines_tell_the_whole_story_from_the_initial_state_to_the_claim() -> None:
    """Each step in the order of cause and effect: received, changed, sent, lost."""
    assert (
        "\n".join(lines_of(election()))
        == """\
model: how Claim is violated
what it shows

1. Initial state
     role: all follower
     term: all 0
     promise: all (left 0, to None)
     backing: all 0
     messages: {}

2. Campaign, by m1
     m1's role: follower → candidate
     m1's term: 0 → 1
     m1 sends Vote (age 0) to m2
     m1 sends Vote to m3

3. Tick

4. HandleVote, by m2
     m2 receives Vote (age 1) from m1, sent in step 2
     m2's promise: (left 0, to None) → (left 2, to m1)
     m2 sends Yes to m1

5. HandleYes, by m1
     m1 receives Yes from m2, sent in step 4
     m1's role: candidate → leader
     m1's backing[m2]: 0 → 2
     m1 sends Hello to m2
     m3 never receives Vote from m1

     Claim == x < 1

Now Claim is violated."""
    )


def test_ending_says_how_a_behaviour_without_an_end_goes_on() -> None:
    """It stays in its last state for ever or repeats a loop; the steps of the loop are marked."""
    assert ending_of(election(back_to=5)) == "Nothing happens any more, so Claim is violated."
    loop = election(back_to=3, back_by="Back")
    assert ending_of(loop) == (
        "After step 6 the state is that of step 3 again, and so on for ever: Claim is violated."
    )
    assert [line for line in lines_of(loop) if "for ever" in line][:2] == [
        "4. HandleVote, by m2  ↺ for ever",
        "5. HandleYes, by m1  ↺ for ever",
    ]
