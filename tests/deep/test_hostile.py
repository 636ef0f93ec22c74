"""Hostile bytes: at any point of a connection, from any number of visitors, they do no harm."""

import contextlib
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
)

from tests.deep.hostile import Ground, Visitor, attack, attacks, examples, framed, note

FRESH, GREETED, PROVEN = range(3)

pytestmark = pytest.mark.slow


@st.composite
def mutations(draw: st.DrawFn, original: bytes) -> bytes:
    """A frame in which something was changed, left out, put in or repeated."""
    begin = draw(st.integers(0, len(original) - 1))
    length = draw(st.integers(0, min(9, len(original) - begin)))
    same_length = st.binary(min_size=length, max_size=length)
    twice = st.just(original[begin : begin + length] * 2)
    middle = draw(same_length | st.binary(max_size=9) | twice)
    changed = original[:begin] + middle + original[begin + length :]
    return changed if changed != original else original[:-1]


@settings(max_examples=100)
@given(steps=st.sampled_from([FRESH, GREETED, PROVEN]), noise=st.lists(st.binary(max_size=3_000)))
def test_arbitrary_bytes_do_no_harm(steps: int, noise: list[bytes]) -> None:
    """Before, within and after the handshake, bare or in frames of their length."""
    for bare_or_framed in attacks(steps, noise):
        attack(bare_or_framed)


@settings(max_examples=100)
@given(data=st.data(), steps=st.sampled_from([FRESH, GREETED, PROVEN]))
def test_frames_that_were_right_but_for_a_change_do_no_harm(
    data: st.DataObject, steps: int
) -> None:
    """A hello, a proof, a message: changed in one place; the length is right or was changed too."""
    with contextlib.closing(Ground()) as ground:
        visitor = ground.visit("attacker", steps=steps)
        for _ in range(3):
            frame = visitor.next_frame
            changed = framed(data.draw(mutations(frame))), data.draw(mutations(framed(frame)))
            ground.do(visitor.say, data.draw(st.sampled_from(changed)))
        ground.check({"attacker"})


def test_what_fuzzing_starts_from_does_no_harm() -> None:
    """It is a hello, a proof and a message, each of which is right."""
    for example in examples():
        attack(example)


@settings(max_examples=50)
@given(cuts=st.sets(st.integers(1, 300)))
def test_however_a_conversation_is_cut_it_is_the_same(cuts: set[int]) -> None:
    """Handshake and messages in the smallest and largest pieces."""
    with contextlib.closing(Ground()) as ground:
        visitor = ground.visit("attacker", steps=2)
        text = b"".join(framed(note(number)) for number in range(5))
        edges = [0, *sorted(cut for cut in cuts if cut < len(text)), len(text)]
        for begin, end in itertools.pairwise(edges):
            ground.do(visitor.say, text[begin:end])
        received = [ground.recorder.inbox.get_nowait()[1].number for _ in range(5)]
        assert received == list(range(5))
        ground.check({"attacker"})


class Siege(RuleBasedStateMachine):
    """Many visitors at once, some of which know the cookie; frames of one are repeated by another.

    Only a visitor that has sent a proof of its own may be connected.
    """

    visitors = Bundle("visitors")
    recorded = Bundle("recorded")

    def __init__(self) -> None:
        super().__init__()
        self.ground = Ground()
        self.entitled: set[str] = set()
        self.steps: dict[str, int] = {}

    @rule(target=visitors)
    def connect(self) -> Visitor:
        """A new visitor connects."""
        visitor = self.ground.visit()
        self.steps[visitor.name] = FRESH
        return visitor

    @rule(target=recorded, visitor=visitors)
    def proceed(self, visitor: Visitor) -> bytes:
        """Sends what is right, and records it."""
        if self.steps[visitor.name] >= GREETED:
            self.entitled.add(visitor.name)
        self.steps[visitor.name] += 1
        frame = visitor.next_frame
        self.ground.do(visitor.proceed)
        return frame

    @rule(visitor=visitors, frame=recorded)
    def repeat(self, visitor: Visitor, frame: bytes) -> None:
        """Sends what another visitor sent before."""
        self.ground.do(visitor.say, framed(frame))

    @rule(visitor=visitors, data=st.data())
    def distort(self, visitor: Visitor, data: st.DataObject) -> None:
        """Sends what is right but for a change."""
        self.ground.do(visitor.say, framed(data.draw(mutations(visitor.next_frame))))

    @rule(visitor=visitors, noise=st.binary(max_size=50))
    def babble(self, visitor: Visitor, noise: bytes) -> None:
        """Sends anything."""
        self.ground.do(visitor.say, noise)

    @rule(target=visitors, visitor=consumes(visitors))
    def leave(self, visitor: Visitor) -> object:
        """Disconnects."""
        self.ground.do(visitor.leave)
        return multiple()

    @rule(seconds=st.sampled_from([0.1, 6.0]))
    def wait(self, seconds: float) -> None:
        """Time passes, perhaps more than a handshake may take."""
        self.ground.wait(seconds)

    @invariant()
    def no_visitor_did_harm(self) -> None:
        """The honest visitor is heard, and no visitor without a proof is connected."""
        self.ground.check(self.entitled)

    def teardown(self) -> None:
        """The node stops without delay."""
        self.ground.close()


Siege.TestCase.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
TestSiege = Siege.TestCase
