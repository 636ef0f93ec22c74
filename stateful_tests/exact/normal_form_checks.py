"""Shows that what the normal form removes may be removed: the core is asked in every state.

Knows what is removed, no rule of the election. With a promise or an answer that has expired, a member
must do exactly what it does without; with any pacing, it may only do less, or the same later.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Final

from leader.protocol.messages import PreVoteRequest, Resignation
from leader.protocol.state import (
    UNPACED,
    Candidate,
    Leader,
    LeaseGrant,
    PreCandidate,
    PreVoteBackoff,
    Promise,
    Renewing,
    State,
    StopMode,
)
from leader.protocol.vocabulary import Instant
from stateful_tests.exact.member_steps import MemberStep, MemberSteps
from stateful_tests.exact.normal_form import NOW, TICK

SOON: Final = Instant(NOW + TICK)


def differing_leftovers(steps: MemberSteps) -> list[State]:
    """The states with something expired in which the core acts differently than without it.

    Every state that was explored is tried, at every event.
    """
    return [
        twin
        for local, state in _states(steps)
        for twin in _with_something_expired(state)
        if _all_steps(steps, local) != _all_steps(steps, steps.locals.number(twin))
    ]


def differing_pacings(steps: MemberSteps) -> list[State]:
    """The states with some pacing in which the core does something that it cannot do without it."""
    return [
        twin
        for local, state in _states(steps)
        for twin in _paced(state, _requests(steps, state))
        if not _all_steps(steps, steps.locals.number(twin)) <= _all_steps(steps, local)
    ]


def _states(steps: MemberSteps) -> list[tuple[int, State]]:
    """The running members' states that were explored; a list, since trying twins adds more."""
    return [(n, local) for n, local in enumerate(steps.locals.items) if isinstance(local, State)]


def _all_steps(steps: MemberSteps, local: int) -> frozenset[MemberStep]:
    """Everything that a member may do, at any event."""
    state = steps.locals.items[local]
    assert isinstance(state, State), f"{state} does not run"
    received = [n for n, (_, to, _) in enumerate(steps.messages.items) if to == state.member]
    others = [other for other in steps.members if other != state.member]
    found = chain(
        steps.own(local),
        *(steps.received(local, number) for number in received),
        *(steps.peer_went_down(local, other) for other in others),
    )
    return frozenset(found)


def _with_something_expired(state: State) -> Iterator[State]:
    long_ago = Instant(NOW - state.settings.timing.promise)
    if state.promise is None:
        for to in (None, *state.voters):
            yield replace(state, promise=Promise(to=to, until=NOW))
    role = state.role
    if isinstance(role, Candidate | Leader | Renewing):
        known = {answer.member for answer in role.backing}
        for member in set(state.voters) - known:
            answer = LeaseGrant(member=member, sent=long_ago, promise=state.settings.timing.promise)
            yield replace(state, role=replace(role, backing=role.backing | {answer}))


def _paced(state: State, parked: Iterable[PreVoteRequest]) -> Iterator[State]:
    role = state.role
    yield replace(state, role=replace(role, deadline=SOON))
    if isinstance(role, PreCandidate):
        yield replace(state, role=replace(role, started=NOW))
    yield replace(state, pacing=replace(UNPACED, no_retry_before=SOON))
    for request in parked:
        yield replace(state, pacing=replace(UNPACED, parked=(request,)))
    for other in state.voters:
        if other != state.member:
            backoff = PreVoteBackoff(to=other, until=SOON)
            resignation = Resignation(leader=other, term=state.term)
            yield replace(state, pacing=replace(UNPACED, backoff=backoff))
            yield replace(state, pacing=replace(UNPACED, resignation=resignation))
    for mode in StopMode:
        yield replace(state, pacing=replace(UNPACED, stopped=mode))


def _requests(steps: MemberSteps, state: State) -> list[PreVoteRequest]:
    """The requests that the member may have parked: all that were ever sent to it."""
    return [
        message
        for _, to, message in steps.messages.items
        if to == state.member and isinstance(message, PreVoteRequest)
    ]
