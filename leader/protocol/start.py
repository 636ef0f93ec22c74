"""How a member begins: from its record or without one.

In both cases it first waits for one promise, because its former life may have made one. With a record
it may follow a leader meanwhile. Without one it sends nothing, and the caller reads the wall clock
only at the end of that wait.
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

    The caller must write ``State.durable`` before the first step. It keeps the longer of the recorded
    promise and today's setting, so that a restart during the wait does not shorten the wait.
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
    """A member without a record, after its silent wait: its term is ``wall_clock``, in milliseconds. Spec: Restart.

    No former life can have voted in a term that high, and tokens do not go back even if all members
    start without records. An observer knows no voters yet and starts in term 0: it has never voted,
    and every leader's term is above it.
    """
    # Spec: t > term[m]
    term = Term(wall_clock if membership.voters else 0)
    durable = Durable(term=term, membership=membership, promise=settings.timing.promise)
    return _follower(settings, durable, None, moment)


def silent_wait(settings: Settings) -> Duration:
    """For how long a member without a record sends nothing; an observer need not wait. Spec: Restart."""
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
