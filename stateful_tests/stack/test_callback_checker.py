"""The checks of callbacks: each accepts what is allowed and names what is not."""

import pytest

from leader.protocol.vocabulary import InvariantViolated, MemberId
from stateful_tests.stack.callback_checker import CallbackChecker

A, B = MemberId("a"), MemberId("b")


def test_leading_and_following_alternate() -> None:
    """To follow again is allowed, since the leader may change; to lead twice in a row is not."""
    callbacks = CallbackChecker(A)
    callbacks.leading(is_leader=True)
    assert callbacks.leader == A
    callbacks.following(None)
    callbacks.following(B)
    assert callbacks.leader == B
    callbacks.leading(is_leader=True)
    with pytest.raises(InvariantViolated, match="CallbacksAlternate: a is told to lead twice"):
        callbacks.leading(is_leader=True)


def test_no_member_is_told_to_lead_after_its_lease() -> None:
    """It would begin exclusive work while another member may lead."""
    with pytest.raises(InvariantViolated, match="ToldToLeadWithinTheLease: a is told"):
        CallbackChecker(A).leading(is_leader=False)


def test_no_member_is_told_to_follow_itself() -> None:
    """A member that may not lead follows another one or none."""
    with pytest.raises(InvariantViolated, match="FollowsAnother: a is told to follow itself"):
        CallbackChecker(A).following(A)


def test_terms_increase_without_a_gap() -> None:
    """Each change begins with the term in which the one before ended."""
    callbacks = CallbackChecker(A)
    callbacks.term_changed(0, 3)
    callbacks.term_changed(3, 7)
    with pytest.raises(InvariantViolated, match="TermsToldIncrease: a is told 6 -> 8, after 7"):
        callbacks.term_changed(6, 8)
    with pytest.raises(InvariantViolated, match="TermsToldIncrease: a is told 7 -> 7, after 7"):
        callbacks.term_changed(7, 7)
