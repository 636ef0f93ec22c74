"""A member's trace as the specification's values."""

from typing import Any

import pytest

from leader.election.trace import Letter, Owed, View
from spec.comparison.spec_states import SpecMember, SpecMessage
from spec.comparison.traced import traced_member, traced_message

SEEN = View(
    role="renewing",
    term=3,
    stamp=2,
    leader=None,
    granted=["m2"],
    backing={"m2": 2_500},
    held=1_999,
    promise=Owed(to="m1", left=3_000),
    acts=True,
)


def test_traced_member_counts_durations_in_whole_units() -> None:
    """An answer that is missing in the trace backs nothing."""
    assert traced_member("m1", SEEN, ["m1", "m2"], 1_000) == SpecMember(
        name="m1",
        role="renewing",
        term=3,
        stamp=2,
        leader=None,
        granted=frozenset({"m2"}),
        backing=(0, 2),
        held=1,
        promise=("m1", 3),
    )


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("PreVoteRequest", {"stamp": 2}),
        ("VoteRequest", {"stamp": 2, "age": 1, "resigned": None}),
        ("HeartbeatAck", {"age": 1}),
        ("PreVoteGranted", {}),
        ("VoteRefused", {"kind": "Refused", "sender": None}),
        ("Resigned", {"successor": "m3"}),
    ],
)
def test_traced_message_has_the_fields_of_its_kind(kind: str, fields: dict[str, Any]) -> None:
    """And no others; a refusal is one kind, from nobody."""
    successor = "m3" if kind == "Resigned" else None
    letter = Letter(kind=kind, sender="m1", to="m2", term=4, sent=7, stamp=2, successor=successor)
    expected = SpecMessage(kind=kind, sender="m1", to="m2", term=4)._replace(**fields)
    assert traced_message(letter, 1) == expected
