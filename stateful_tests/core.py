"""The functions of the core that an engine calls: the real ones, or those with a planted bug."""

from collections.abc import Callable
from dataclasses import dataclass

from leader.protocol import lease, start, step
from leader.protocol.durable import Durable
from leader.protocol.events import Event
from leader.protocol.membership import Membership
from leader.protocol.state import Settings, State
from leader.protocol.transition import Transition
from leader.protocol.vocabulary import Duration, Instant, Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """Everything that an engine needs of the core."""

    step: Callable[[State, Event, Moment], Transition]
    next_deadline: Callable[[State], Instant | None]
    lease_until: Callable[[State], Instant | None]
    restart: Callable[[Settings, Durable, Moment], State]
    start_without_record: Callable[[Settings, Membership, int, Moment], State]
    silent_wait: Callable[[Settings], Duration]


REAL = Core(
    step=step.step,
    next_deadline=step.next_deadline,
    lease_until=lease.lease_until,
    restart=start.restart,
    start_without_record=start.start_without_record,
    silent_wait=start.silent_wait,
)
