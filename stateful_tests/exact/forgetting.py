"""Whether what the normal form forgets may be forgotten: the core is asked, state by state.

Knows what is forgotten, no rule of the election. Two kinds of leftovers: what has run out, with which
a member must do exactly what it does without; and what paces, with which it may only do less, or
what it could have done anyway, later.
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
from stateful_tests.exact.explorer import Explorer
from stateful_tests.exact.forms import NOW, TICK
from stateful_tests.exact.moves import Move, Moves

SOON: Final = Instant(NOW + TICK)


def differing_leftovers(explorer: Explorer) -> list[State]:
    """The states with something that has run out in which the core does otherwise than without it.

    All that the explorer has come across are tried, at every event it has come across.
    """
    return [
        twin
        for local, state in _states(explorer.moves)
        for twin in _with_what_has_run_out(state)
        if _moves(explorer, local) != _moves(explorer, explorer.moves.locals.number(twin))
    ]


def unruly_paces(explorer: Explorer) -> list[State]:
    """The states with some pacing in which the core does what without it, it could never do."""
    return [
        twin
        for local, state in _states(explorer.moves)
        for twin in _paced(state, _requests(explorer.moves, state))
        if not _moves(explorer, explorer.moves.locals.number(twin)) <= _moves(explorer, local)
    ]


def _states(moves: Moves) -> list[tuple[int, State]]:
    """Those in their normal form that were found so far; trying twins finds more."""
    return [
        (number, local)
        for number, local in enumerate(moves.locals.items)
        if isinstance(local, State)
    ]


def _moves(explorer: Explorer, local: int) -> frozenset[Move]:
    """Everything that a member may do, at whatever event."""
    moves = explorer.moves
    member = explorer.member_image(local)
    state = moves.locals.items[local]
    assert isinstance(state, State), f"{member} does not run"
    letters = [
        number for number, (_, to, _) in enumerate(moves.letters.items) if to == state.member
    ]
    others = [other for other in moves.instance.members if other != state.member]
    found = chain(
        moves.own(local),
        *(moves.received(local, number) for number in letters),
        *(moves.bereaved(local, other) for other in others),
    )
    return frozenset(found)


def _with_what_has_run_out(state: State) -> Iterator[State]:
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


def _requests(moves: Moves, state: State) -> list[PreVoteRequest]:
    """What ``state`` may have parked: whatever was ever sent to its member."""
    return [
        message
        for _, to, message in moves.letters.items
        if to == state.member and isinstance(message, PreVoteRequest)
    ]
