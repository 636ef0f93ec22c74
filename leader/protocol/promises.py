"""What an action writes down besides its role: the record, and the promise to vote for no other member."""

from leader.protocol.durable import Durable
from leader.protocol.state import Promise, State
from leader.protocol.vocabulary import Duration, Instant, MemberId, Term, after


def promise_to(state: State, member: MemberId, now: Instant) -> Promise:
    """For one promise from ``now``, a vote for no member but ``member``.

    An earlier promise to ``member``, or one of a former life, to a member that is no longer known,
    is not cut short: a lease may still rest on it.
    """
    until, owed = after(now, state.settings.timing.promise), state.promise
    if owed is not None and owed.to in (None, member):
        until = max(until, owed.until)
    return Promise(to=member, until=until)


def without_own_promise(state: State) -> Promise | None:
    """A promise to oneself ends with the candidacy or leadership it was made for. Spec: WithoutOwnPromise."""
    promise = state.promise
    return None if promise is not None and promise.to == state.member else promise


def next_record(state: State, term: Term, now: Instant, *, stamped: bool = False) -> Durable:
    """The record in ``term``; with ``stamped`` its membership is handed on by the leader of that term."""
    membership = state.durable.membership
    return Durable(
        term=term,
        membership=membership.stamped(term) if stamped else membership,
        promise=restart_wait(state, now),
    )


def restart_wait(state: State, now: Instant) -> Duration:
    """For how long a restart has to wait: the longest promise that may be owed from ``now`` on.

    A former life may have promised for longer than today's setting. The record keeps that length
    until no more than today's promise is left of it.
    """
    own, owed = state.settings.timing.promise, state.promise
    if owed is not None and owed.until > after(now, own):
        return max(state.durable.promise, own)
    return own
