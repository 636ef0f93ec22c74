"""The messages: no field may be left out, and every number fits the wire."""

from dataclasses import MISSING, FrozenInstanceError, fields, replace
from typing import Any, get_args

import pytest

from leader.protocol.messages import MembershipContradicted, Message, Refusal, Request
from leader.protocol.vocabulary import LARGEST
from tests.protocol.builders import (
    CLUSTER,
    B,
    heartbeat,
    heartbeat_ack,
    heartbeat_refused,
    membership,
    pre_vote_granted,
    pre_vote_refused,
    pre_vote_request,
    resigned,
    vote_granted,
    vote_refused,
    vote_request,
)

MESSAGES: list[Message] = [
    pre_vote_request(B, 6, sent=1),
    pre_vote_granted(B, 6, sent=1),
    pre_vote_refused(B, 6),
    vote_request(B, 6, sent=1),
    vote_granted(B, 6, sent=1),
    vote_refused(B, 6),
    heartbeat(B, 6, sent=1),
    heartbeat_ack(B, 6, sent=1),
    heartbeat_refused(B, 6),
    resigned(B, 6),
    MembershipContradicted(cluster=CLUSTER, sender=B, membership=membership()),
]
NUMBERS = [
    (message, field.name)
    for message in MESSAGES
    for field in fields(message)
    if isinstance(getattr(message, field.name), int)
]


def with_number(message: Message, field: str, number: int) -> Message:
    changed: dict[str, Any] = {field: number}
    return replace(message, **changed)


def test_messages_of_this_file_are_all_kinds() -> None:
    """A new one has to be added to this list."""
    assert [type(message) for message in MESSAGES] == list(get_args(Message))


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_messages_name_cluster_and_sender_and_have_no_defaults(message: Message) -> None:
    """A field that a peer leaves out must be an error, and two numbers must not be confused by position."""
    assert [field.name for field in fields(message)][:2] == ["cluster", "sender"]
    assert all(field.default is MISSING for field in fields(message))
    assert all(field.default_factory is MISSING for field in fields(message))
    assert all(field.kw_only for field in fields(message))


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_message_is_a_value(message: Message) -> None:
    """It compares by content and cannot be changed."""
    assert message == replace(message)
    assert len({message, replace(message)}) == 1
    with pytest.raises(FrozenInstanceError):
        message.sender = B  # type: ignore[misc]


@pytest.mark.parametrize(("message", "field"), NUMBERS)
@pytest.mark.parametrize("number", [-1, LARGEST + 1])
def test_messages_refuse_numbers_that_do_not_fit_the_wire(
    message: Message, field: str, number: int
) -> None:
    """The text names the field, the value and the rule."""
    with pytest.raises(ValueError, match=f"^{field} = {number}: must be from 0 to {LARGEST}$"):
        with_number(message, field, number)


@pytest.mark.parametrize(("message", "field"), NUMBERS)
@pytest.mark.parametrize("number", [1, LARGEST])
def test_messages_accept_the_largest_number(message: Message, field: str, number: int) -> None:
    """The limit itself is allowed."""
    assert getattr(with_number(message, field, number), field) == number


def test_messages_have_no_other_numbers_than_terms_times_and_promises() -> None:
    """So none is unchecked."""
    assert {field for _, field in NUMBERS} == {"term", "sent", "promise"}


def test_refusals_show_only_the_term_of_their_sender() -> None:
    """Requests and refusals are messages."""
    assert {*get_args(Request), *get_args(Refusal)} < set(get_args(Message))
    for refusal in get_args(Refusal):
        assert [field.name for field in fields(refusal)] == ["cluster", "sender", "term"]
