"""Runs the core on a clock, a network and a record: one case for each effect, no rule of its own.

Events are handled one at a time. While a record is being written, off the event loop, the engine
takes no further step and events wait in a queue. If it is asked meanwhile whether this member leads,
it answers from the clock and the state before the write. That is safe because nothing of the new
state has been sent yet. Any error ends the engine: a member that has ended breaks no promise.
"""

from collections import deque
from collections.abc import Callable
from functools import partial
from logging import DEBUG, ERROR
from typing import assert_never

from leader.election.deadline_alarm import DeadlineAlarm
from leader.election.environment import Environment
from leader.election.listener import ElectionListener
from leader.election.record_writer import RecordWriter
from leader.election.startup import state_from_record, state_without_record
from leader.election.trace import stepped
from leader.protocol.durable import Durable
from leader.protocol.effects import (
    AnnounceFollowing,
    AnnounceLeading,
    AnnounceTerm,
    Effect,
    Ignored,
    Persist,
    ReportRefusal,
    Send,
)
from leader.protocol.events import (
    ActingStopped,
    Event,
    ObserverCameUp,
    PeerWentDown,
    Received,
    ResignationAsked,
    Woke,
)
from leader.protocol.guards import is_voter
from leader.protocol.lease import lease_until, may_application_act
from leader.protocol.membership import Membership
from leader.protocol.messages import Message
from leader.protocol.start import silent_wait
from leader.protocol.state import (
    Leader,
    Renewing,
    Settings,
    State,
    leader_of,
    visible_term,
)
from leader.protocol.step import next_deadline, step
from leader.protocol.transition import Transition
from leader.protocol.vocabulary import Duration, Instant, MemberId, Term, after

WAITING_LIMIT = 1_000
"""How many messages may wait for a record to be written; more are lost, as any message may be."""


class Engine:
    """One member of one election."""

    def __init__(
        self,
        settings: Settings,
        membership: Membership,
        environment: Environment,
        listener: ElectionListener,
    ) -> None:
        clock, log, promise = environment.clock, environment.log, settings.timing.promise
        self._settings = settings
        self._membership = membership
        self._environment = environment
        self._listener = listener
        self._record = RecordWriter(environment.record, clock, promise, log)
        self._alarm = DeadlineAlarm(clock, promise, log)
        self._state: State | None = None
        self._waiting: deque[Event] = deque()
        self._is_running = False
        self._ended = False

    async def start(self) -> None:
        """Read the record and begin; without a record, begin after a silence of one promise.

        Raises:
            StorageError: the record cannot be read or written, is damaged, or is not this member's.
        """
        state = await state_from_record(
            self._settings, self._membership, self._environment, self._record
        )
        if state is not None:
            self._run_pending(partial(self._begin, state))
            return
        # An observer never made a promise, in this life or a former one.
        silence = silent_wait(self._settings) if self._membership.voters else Duration(0)
        begin = partial(self._run_pending, self._begin_without_record)
        self._alarm.set(after(self._environment.now(), silence), begin)

    def receive(self, message: Message) -> None:
        """Handle a message; one that comes during the silence or after the end is lost."""
        if self._state is not None and not self._ended and len(self._waiting) < WAITING_LIMIT:
            self._waiting.append(Received(message=message))
            self._run_pending()

    def peer_down(self, peer: MemberId) -> None:
        """Handle that the connection to the newest incarnation of ``peer`` broke."""
        self._enqueue(PeerWentDown(peer=peer))

    def observer_up(self, observer: MemberId) -> None:
        """Handle that ``observer`` takes part without a vote: it is to be sent heartbeats."""
        self._enqueue(ObserverCameUp(observer=observer))

    def stop_acting(self, *, let_lease_expire: bool = False) -> None:
        """Until it is asked to resign, answer that it does not lead; the lease may be left to expire."""
        self._enqueue(ActingStopped(let_lease_expire=let_lease_expire))

    async def resign(self, successor: MemberId | None) -> None:
        """Give up leadership and tell the others; waits for a record that is being written."""
        self._enqueue(ResignationAsked(successor=successor))
        while self._record.is_writing and self.has_leadership:
            await self._record.finish()

    async def end(self) -> None:
        """Take no further step; returns when nothing is being written."""
        self._halt()
        await self._record.finish()

    def fail(self, error: Exception) -> None:
        """End at once and send nothing.

        A resignation would tell the others that this member has stopped before its application was
        told to stop. They need not be told: the lease ends by itself.
        """
        if not self._ended:
            self._environment.log.error("the election ends here: %s", error)
            self._halt()
            self._listener.failed(error)

    @property
    def is_leader(self) -> bool:
        """Whether this member may act as leader at this instant, by the clock."""
        state = self._state
        return (
            state is not None
            and not self._ended
            and may_application_act(state, self._environment.now())
            # While a record is written the stop waits in the queue, but it holds from when it was asked for.
            and not any(isinstance(event, ActingStopped) for event in self._waiting)
        )

    @property
    def has_leadership(self) -> bool:
        """Whether there is a leadership to give up, even if its lease is over."""
        return (
            self._state is not None
            and not self._ended
            and isinstance(self._state.role, Leader | Renewing)
        )

    @property
    def observes(self) -> bool:
        """Whether this member takes part without a vote; False before it has begun."""
        return self._state is not None and not is_voter(self._state)

    @property
    def knows_whether_it_votes(self) -> bool:
        """Whether this member's list or its record has already told it whether it votes."""
        return bool(self._membership.voters) or self._state is not None

    @property
    def leader(self) -> MemberId | None:
        """The member that this one believes to lead; itself only while it may act."""
        if self._state is None or self._ended:
            return None
        believed = leader_of(self._state)
        return believed if believed != self._settings.member or self.is_leader else None

    @property
    def term(self) -> Term:
        """The term as the application sees it; 0 before the start."""
        return Term(0) if self._state is None else visible_term(self._state)

    @property
    def lease_remaining(self) -> Duration:
        """For how many nanoseconds this member may still act if no other answers it."""
        until = None if self._state is None or not self.is_leader else lease_until(self._state)
        return Duration(0) if until is None else Duration(max(0, until - self._environment.now()))

    @property
    def state(self) -> State | None:
        """The core's state; None before this member has begun."""
        return self._state

    def _begin_without_record(self) -> None:
        state = state_without_record(self._settings, self._membership, self._environment)
        if self._record.is_durable and is_voter(state):
            self._write(state.durable, partial(self._begin, state))
        else:
            self._begin(state)

    def _begin(self, state: State) -> None:
        self._state = state

    def _enqueue(self, event: Event) -> None:
        if not self._ended:
            self._waiting.append(event)
            self._run_pending()

    def _run_pending(self, first: Callable[[], None] | None = None) -> None:
        """Handle what is due and what waits, until a record has to be written or nothing is left."""
        if self._is_running:
            # The listener called from within a step: the other effects of that step come first.
            return
        self._alarm.report_lateness()
        self._is_running = True
        try:
            if first is not None:
                first()
            while (state := self._ready_state()) is not None:
                due = next_deadline(state)
                if due is not None and due <= self._environment.now():
                    # Before the queue: a message that waited must not extend a lease that is over.
                    self._apply(state, Woke())
                elif self._waiting:
                    self._apply(state, self._waiting.popleft())
                else:
                    self._set_alarm(due)
                    break
        except Exception as error:
            self.fail(error)
        finally:
            self._is_running = False

    def _ready_state(self) -> State | None:
        """The state to take the next step from; None if no step may be taken now."""
        return None if self._record.is_writing or self._ended else self._state

    def _set_alarm(self, due: Instant | None) -> None:
        if due is None:
            # No deadline is pending, so no lateness can be measured.
            self._alarm.cancel()
        else:
            self._alarm.set(due, self._run_pending)

    def _apply(self, state: State, event: Event) -> None:
        environment = self._environment
        moment = environment.moment()
        transition = step(state, event, moment)
        if environment.trace is not None:
            environment.tell_trace(stepped(state, event, transition, moment.now, moment.now))
        match transition.effects:
            case (Persist(durable=durable), *_) if self._record.is_durable:
                self._write(durable, lambda: self._execute_effects(state, event, transition))
            case _:
                self._execute_effects(state, event, transition)

    def _execute_effects(self, before: State, event: Event, transition: Transition) -> None:
        self._state = transition.state
        self._environment.story.stepped(before, event, transition)
        for effect in transition.effects:
            self._execute(effect)

    def _execute(self, effect: Effect) -> None:
        match effect:
            case Persist(durable=durable):
                self._record.save_in_memory(durable)
            case Send(to=to, message=message):
                self._environment.send(to, message)
            case AnnounceLeading(term=term):
                self._listener.leading(term)
            case AnnounceFollowing(leader=leader):
                self._listener.following(leader)
            case AnnounceTerm(old=old, new=new):
                self._listener.term_changed(old, new)
            case ReportRefusal(to=to, reason=reason):
                self._environment.ignored.add(reason, f"a request of {to} is refused")
            case Ignored(reason=reason, why=why, alarming=alarming):
                self._environment.ignored.add(reason, why, ERROR if alarming else DEBUG)
            case _:
                assert_never(effect)

    def _write(self, durable: Durable, then: Callable[[], None]) -> None:
        # Stop the alarm: a slow disk write must not be logged as a stalled process.
        self._alarm.cancel()
        self._record.write(durable, partial(self._written, then))

    def _written(self, then: Callable[[], None], error: Exception | None) -> None:
        if error is not None:
            self.fail(error)
        elif not self._ended:
            self._run_pending(then)

    def _halt(self) -> None:
        self._ended = True
        self._record.stop()
        self._environment.story.stops()
        self._waiting.clear()
        self._alarm.cancel()
