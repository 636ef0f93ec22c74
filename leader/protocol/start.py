"""How a member begins: from its record, or without one.

Either way it first waits one promise, because its former life may have promised that. With a record
it may follow meanwhile; without one it is silent, and whoever runs it reads the wall clock only at
the end of that wait.
"""

from leader.protocol.durable import Durable
from leader.protocol.membership import Membership
from leader.protocol.pacing import staggered
from leader.protocol.state import (
    UNPACED,
    Follower,
    Promise,
    Settings,
    State,
)
from leader.protocol.vocabulary import Duration, Moment, Term, after


def restart(settings: Settings, record: Durable, moment: Moment) -> State:
    """A member with its record: it owes what its former life promised. Spec: Restart.

    The record it starts with, ``State.durable``, must be written before its first step: it keeps the
    longer of the promise found and today's setting, however often the member restarts meanwhile.
    """
    durable = Durable(
        term=record.term,
        membership=record.membership,
        promise=max(record.promise, settings.timing.promise),
    )
    return _follower(
        settings, durable, Promise(to=None, until=after(moment.now, record.promise)), moment
    )


def start_without_record(
    settings: Settings, membership: Membership, wall_clock: int, moment: Moment
) -> State:
    """A member with no record, after its silent wait: no term below ``wall_clock``, in ms, is its to vote in. Spec: Restart.

    So no incarnation votes twice in a term, and tokens do not go back if every member starts empty.
    An observer, which knows no voters yet, starts in term 0: it never voted, and any leader is above it.
    """
    # Spec: t > term[m]
    term = Term(wall_clock if membership.voters else 0)
    durable = Durable(term=term, membership=membership, promise=settings.timing.promise)
    return _follower(settings, durable, None, moment)


def silent_wait(settings: Settings) -> Duration:
    """For how long a member without a record answers nothing at all, unless it only observes. Spec: Restart."""
    # Spec: promise[m].left = 0
    return settings.timing.promise


def _follower(
    settings: Settings, durable: Durable, promise: Promise | None, moment: Moment
) -> State:
    ready = moment.now if promise is None else promise.until
    follower = State(
        settings=settings,
        durable=durable,
        role=Follower(leader=None, deadline=ready),
        promise=promise,
        pacing=UNPACED,
        observers=frozenset(),
    )
    deadline = after(ready, staggered(follower, None))
    return State(
        settings=settings,
        durable=durable,
        role=Follower(leader=None, deadline=deadline),
        promise=promise,
        pacing=follower.pacing,
        observers=follower.observers,
    )
