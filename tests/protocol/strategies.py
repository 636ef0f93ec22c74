"""States and messages for Hypothesis, for tests of what holds in every state.

Numbers are small, so that terms, instants and names are often equal. A state may be any that the types
allow, even if no run reaches it; only a leader's answers always include its own.
"""

from dataclasses import fields
from typing import Any, get_args

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from leader.protocol.membership import Membership, MembershipId
from leader.protocol.messages import (
    Heartbeat,
    MembershipContradicted,
    Message,
    Resignation,
)
from leader.protocol.state import LeaseGrant, Promise, Role, State
from leader.protocol.vocabulary import LARGEST
from tests.protocol.builders import (
    CLUSTER,
    TRIO,
    A,
    B,
    C,
    D,
    asking,
    backoff,
    following,
    grant,
    heartbeat,
    heartbeat_ack,
    heartbeat_refused,
    leading,
    member,
    pre_vote_granted,
    pre_vote_refused,
    pre_vote_request,
    promised,
    record,
    renewing,
    resignation,
    resigned,
    standing,
    vote_granted,
    vote_refused,
    vote_request,
)

ON_A_BUSY_MACHINE = settings(suppress_health_check=[HealthCheck.too_slow])
"""A whole state takes long to build if other processes need the processor too."""

TIMES = st.integers(0, 300)
TERMS = st.integers(4, 7)
OTHERS = st.sampled_from([B, C, D])
VOTERS = st.sampled_from([(A,), (A, B), TRIO, (B, C)])


@st.composite
def backings(draw: st.DrawFn) -> list[LeaseGrant]:
    """At most one answer of each member, and always its own."""
    others = draw(st.lists(OTHERS, unique=True))
    return [grant(of, draw(TIMES), promise=draw(st.integers(0, 200))) for of in (A, *others)]


@st.composite
def roles(draw: st.DrawFn) -> Role:
    deadline, backing = draw(TIMES), draw(backings())
    any_of_them: list[Role] = [
        following(draw(st.none() | OTHERS), deadline),
        asking(A, started=draw(TIMES), deadline=deadline),
        standing(*backing, deadline=deadline),
        leading(*backing, deadline=deadline),
        renewing(*backing, lease_until=draw(TIMES), deadline=deadline),
    ]
    return draw(st.sampled_from(any_of_them))


def promises() -> st.SearchStrategy[Promise | None]:
    return st.none() | st.builds(promised, st.none() | st.sampled_from([A, B, C]), TIMES)


@st.composite
def states(draw: st.DrawFn) -> State:
    voters = draw(VOTERS)
    asked = st.builds(pre_vote_request, OTHERS, TERMS, sent=TIMES, voters=st.just(voters))
    return member(
        draw(roles()),
        durable=record(draw(st.integers(4, 6)), stamp=4, voters=voters),
        promise=draw(promises()),
        parked=tuple(draw(st.lists(asked, max_size=2, unique_by=lambda request: request.sender))),
        resignation=draw(st.none() | st.builds(resignation, OTHERS, TERMS)),
        no_retry_before=draw(TIMES),
        backoff=draw(st.none() | st.builds(backoff, OTHERS, TIMES)),
        trust_disconnect=draw(st.booleans()),
    )


def messages() -> st.SearchStrategy[Message]:
    """Messages of other members."""
    named = st.none() | st.sampled_from([A, B, C])
    return st.one_of(
        st.builds(pre_vote_request, OTHERS, TERMS, sent=TIMES, stamp=st.integers(3, 5)),
        st.builds(pre_vote_granted, OTHERS, TERMS, sent=TIMES),
        st.builds(pre_vote_refused, OTHERS, TERMS),
        st.builds(vote_request, OTHERS, TERMS, sent=TIMES, stamp=st.integers(3, 5)),
        st.builds(vote_granted, OTHERS, TERMS, sent=TIMES),
        st.builds(vote_refused, OTHERS, TERMS),
        st.builds(heartbeat, OTHERS, TERMS, sent=TIMES),
        st.builds(heartbeat_ack, OTHERS, TERMS, sent=TIMES),
        st.builds(heartbeat_refused, OTHERS, TERMS),
        st.builds(resigned, OTHERS, TERMS, named),
    )


def any_messages() -> st.SearchStrategy[Message]:
    """Every message that a peer can send: with any numbers, lists and names that can be decoded."""
    return st.one_of(*(st.builds(kind, **_fields(kind)) for kind in get_args(Message)))


NUMBERS = st.sampled_from([0, 1, 4, 5, 6, 7, 100, LARGEST // 2, LARGEST // 2 + 1, LARGEST])
LISTS = st.sampled_from([TRIO, (A,), (A, B), (B, C), (D,), ()])
MEMBERSHIPS = st.builds(Membership, term=NUMBERS, version=NUMBERS, voters=LISTS)
IDENTITIES = st.builds(MembershipId, term=NUMBERS, version=NUMBERS, digest=st.text(max_size=3))
BY_NAME: dict[str, st.SearchStrategy[Any]] = {
    "cluster": st.just(CLUSTER),
    "sender": OTHERS,
    "term": NUMBERS,
    "sent": NUMBERS,
    "promise": NUMBERS,
    "successor": st.none() | st.sampled_from([A, B, D]),
    "resignation": st.none() | st.builds(Resignation, leader=OTHERS, term=NUMBERS),
}


def _fields(kind: type[Message]) -> dict[str, st.SearchStrategy[Any]]:
    """Strategies for the fields of a kind of message; some carry a whole membership, others its identity."""
    whole = kind in (Heartbeat, MembershipContradicted)
    known = BY_NAME | {
        "membership": MEMBERSHIPS if whole else IDENTITIES | MEMBERSHIPS.map(lambda m: m.identity)
    }
    return {field.name: known[field.name] for field in fields(kind)}
