"""Stories in words."""

from spec.counterexample.narration import ending_of, lines_of
from tests.spec.counterexample.support import election, message, story


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
     m1 sends Vote to m2 and m3

3. HandleVote, by m2
     m2 receives Vote from m1, sent in step 2
     m2's promise: (left 0, to None) → (left 2, to m1)
     m2 sends Yes to m1

4. HandleYes, by m1
     m1 receives Yes from m2, sent in step 3
     m1's role: candidate → leader
     m1's backing[m2]: 0 → 2
     m1 sends Hello to m2
     m3 never receives Vote from m1

     Claim == x < 1

Now Claim is violated."""
    )


def test_lines_tell_what_a_message_carries_and_that_it_grows_older() -> None:
    """Its content stands in brackets."""
    hellos = (frozenset({message("Hello", "m1", "m2", age=age)}) for age in (0, 1))
    told = story(*(("Tick", {"messages": messages}) for messages in hellos))
    assert [line.strip() for line in lines_of(told)][10:] == [
        "2. Tick, by m1",
        "m1 sends Hello (age 0) to m2",
        "",
        "3. Tick",
        "messages in flight that grow older: 1",
        "",
        "Claim == x < 1",
        "",
        "Now Claim is violated.",
    ]


def test_ending_says_how_a_behaviour_without_an_end_goes_on() -> None:
    """It stops, or it goes round; the steps of the loop are marked."""
    assert ending_of(election(back_to=4)) == "Nothing happens any more, so Claim is violated."
    loop = election(back_to=3, back_by="Back")
    assert ending_of(loop) == (
        "After step 5 the state is that of step 3 again, and so on for ever: Claim is violated."
    )
    assert [line for line in lines_of(loop) if "for ever" in line][:2] == [
        "4. HandleYes, by m1  ↺ for ever",
        "5. Back, by m1  ↺ for ever",
    ]
