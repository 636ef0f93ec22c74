"""States and messages for Hypothesis, for tests of what holds in every state.

Numbers are small, so that terms, instants and names are often equal. A state may be any that the types
allow, even if no run reaches it; only a leader's answers always include its own.
"""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from leader.protocol.messages import Message
from leader.protocol.state import LeaseGrant, Promise, Role, State
from tests.protocol.builders import (
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
    """Messages of other members; no heartbeat of a term that the member may lead itself."""
    named = st.none() | st.sampled_from([A, B, C])
    return st.one_of(
        st.builds(pre_vote_request, OTHERS, TERMS, sent=TIMES, stamp=st.integers(3, 5)),
        st.builds(pre_vote_granted, OTHERS, TERMS, sent=TIMES),
        st.builds(pre_vote_refused, OTHERS, TERMS),
        st.builds(vote_request, OTHERS, TERMS, sent=TIMES, stamp=st.integers(3, 5)),
        st.builds(vote_granted, OTHERS, TERMS, sent=TIMES),
        st.builds(vote_refused, OTHERS, TERMS),
        st.builds(heartbeat, OTHERS, st.just(7), sent=TIMES),
        st.builds(heartbeat_ack, OTHERS, TERMS, sent=TIMES),
        st.builds(heartbeat_refused, OTHERS, TERMS),
        st.builds(resigned, OTHERS, TERMS, named),
    )
