"""Runs the core on a clock, a network and a record: one case for each effect, no rule of its own.

Events are taken one at a time. While a record is being written, off the event loop, this election
takes no further step and what arrives waits; whoever asks whether it leads is answered by the clock
and the state before the write, which is safe because nothing of the new state has been said yet.
What goes wrong here ends the engine: a dead member is safe.
"""

import asyncio
import random as random_module
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from logging import Logger, LoggerAdapter
from typing import Protocol, TypeVar, assert_never

from leader.election.storage import Record
from leader.election.trace import Line, Trace, begun, started, stepped
from leader.protocol.durable import Durable
from leader.protocol.effects import (
    AnnounceFollowing,
    AnnounceLeading,
    AnnounceTerm,
    Effect,
    Ignored,
    Persist,
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
from leader.protocol.lease import lease_until, may_application_act
from leader.protocol.membership import Membership
from leader.protocol.messages import Message
from leader.protocol.start import restart, silent_wait, start_without_record
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
from leader.protocol.vocabulary import (
    JITTER_RANGE,
    Duration,
    Instant,
    MemberId,
    Moment,
    Term,
    after,
)
from runtime import Alarm, Clock

Result = TypeVar("Result")

COMPLAINTS_LIMIT = 100
"""How many different alarming things are logged, each once."""

WAITING_LIMIT = 1_000
"""How many messages may wait for a record to be written; more are lost, as any message may be."""


class Audience(Protocol):
    """Who hears what the election has come to; called in order, must not wait."""

    def term_changed(self, old: Term, new: Term) -> None:
        """The visible term is another one."""

    def leading(self, term: Term) -> None:
        """This member leads, with ``term`` as its token."""

    def following(self, leader: MemberId | None) -> None:
        """This member does not lead; ``leader`` does, as far as it knows."""

    def failed(self, error: Exception) -> None:
        """The engine has ended, because of ``error``."""


@dataclass(frozen=True, kw_only=True)
class World:
    """What the engine touches."""

    clock: Clock
    random: random_module.Random
    record: Record
    send: Callable[[MemberId, Message], None]
    log: LoggerAdapter[Logger]
    trace: Trace | None = None
    """Is told every step, before anything of it is carried out; an error there ends the engine."""


class Engine:
    """One member of one election."""

    def __init__(
        self, settings: Settings, membership: Membership, world: World, audience: Audience
    ) -> None:
        self._settings = settings
        self._membership = membership
        self._world = world
        self._audience = audience
        self._state: State | None = None
        self._waiting: deque[Event] = deque()
        self._alarm: Alarm | None = None
        self._alarm_at = Instant(0)
        self._writing: asyncio.Task[None] | None = None
        self._ended = False
        self._complaints: set[str] = set()

    async def start(self) -> None:
        """Find the record and begin, or be silent for one promise first.

        Raises:
            StorageError: the record cannot be read or written, is damaged, or is not this member's.
        """
        record = await self._off_loop(self._world.record.load)
        voters, recorded = self._membership.voters, record is not None
        self._tell_trace(started(self._settings, voters, self._now(), recorded))
        if record is None:
            # An observer has promised nobody anything, in whatever life.
            wait = silent_wait(self._settings) if voters else Duration(0)
            self._set_alarm(after(self._now(), wait), self._begin_without_record)
            return
        moment = self._moment()
        state = restart(self._settings, record, moment)
        self._tell_trace(begun(state, moment.now, moment.now))
        observes = not voters and self._settings.member not in state.voters
        if record.membership.voters != voters and not observes:
            self._world.log.warning(
                "the recorded membership %s outranks the bootstrap list %s",
                list(record.membership.voters),
                list(voters),
            )
        if state.durable != record:
            await self._off_loop(lambda: self._world.record.save(state.durable))
        self._begin(state)

    def receive(self, message: Message) -> None:
        """Take in a message; one that comes during the silent wait or after the end is lost."""
        if self._state is not None and len(self._waiting) < WAITING_LIMIT:
            self._offer(Received(message=message))

    def peer_down(self, peer: MemberId) -> None:
        """Take note that the connection to the newest incarnation of ``peer`` broke."""
        self._offer(PeerWentDown(peer=peer))

    def observer_up(self, observer: MemberId) -> None:
        """Take note that ``observer`` takes part, without a vote: it wants to hear heartbeats."""
        self._offer(ObserverCameUp(observer=observer))

    def stop_acting(self, *, let_lease_expire: bool = False) -> None:
        """Until it is asked to resign, answer that it does not lead; the lease may be left to expire."""
        self._offer(ActingStopped(let_lease_expire=let_lease_expire))

    async def resign(self, successor: MemberId | None) -> None:
        """Give up leading, and say so; a record that is being written comes first."""
        self._offer(ResignationAsked(successor=successor))
        while self._writing is not None and self.has_leadership:
            await asyncio.wait([self._writing])

    async def end(self) -> None:
        """Take no step any more, and wait until nothing is being written."""
        self._halt()
        if self._writing is not None:
            await asyncio.wait([self._writing])

    @property
    def is_leader(self) -> bool:
        """Whether this member may act as leader at this instant, by the clock."""
        state = self._state
        return (
            state is not None
            and not self._ended
            and may_application_act(state, self._now())
            # While a record is written the stop waits in the queue, but it holds from when it was asked for.
            and not any(isinstance(event, ActingStopped) for event in self._waiting)
        )

    @property
    def has_leadership(self) -> bool:
        """Whether there is a leadership to give up, be its lease over or not."""
        return (
            self._state is not None
            and not self._ended
            and isinstance(self._state.role, Leader | Renewing)
        )

    @property
    def observes(self) -> bool:
        """Whether this member takes part without a vote; not known before the start."""
        return self._state is not None and not self._state.votes

    @property
    def leader(self) -> MemberId | None:
        """Whom this member believes to lead; itself only while it may act."""
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
        """For how long this member may still act without hearing from anybody."""
        until = None if self._state is None or not self.is_leader else lease_until(self._state)
        return Duration(0) if until is None else Duration(max(0, until - self._now()))

    @property
    def state(self) -> State | None:
        """The core's state; None before the start."""
        return self._state

    def _begin_without_record(self) -> None:
        wall_clock = self._world.clock.wall_milliseconds()
        moment = self._moment()
        try:
            state = start_without_record(self._settings, self._membership, wall_clock, moment)
            self._tell_trace(begun(state, moment.now, moment.now))
        except Exception as error:
            self._fail(error)
            return
        if self._world.record.survives:
            self._write(state.durable, lambda: self._begin(state))
        else:
            self._begin(state)

    def _begin(self, state: State) -> None:
        self._state = state
        self._proceed()

    def _offer(self, event: Event) -> None:
        if self._ended:
            return
        self._waiting.append(event)
        self._proceed()

    def _proceed(self) -> None:
        """Take what waits and what is due, until a record has to be written or nothing is left."""
        self._note_absence()
        try:
            while self._writing is None and not self._ended and self._take_next():
                pass
        except Exception as error:
            self._fail(error)
        if self._writing is None and not self._ended and self._state is not None:
            due = next_deadline(self._state)
            if due is None:
                # Whoever waits for nothing is never late for it.
                self._cancel_alarm()
            else:
                self._set_alarm(due, self._proceed)

    def _take_next(self) -> bool:
        state = self._state
        if state is None:
            return False
        due = next_deadline(state)
        if due is not None and due <= self._now():
            # Before anything else: a lease that is over must not be extended by what waited meanwhile.
            self._take(state, Woke())
        elif self._waiting:
            self._take(state, self._waiting.popleft())
        else:
            return False
        return True

    def _take(self, state: State, event: Event) -> None:
        moment = self._moment()
        transition = step(state, event, moment)
        if self._world.trace is not None:
            self._tell_trace(stepped(state, event, transition, moment.now, moment.now))
        match transition.effects:
            case (Persist(durable=durable), *_) if self._world.record.survives:
                self._write(durable, lambda: self._carry_out(transition))
            case _:
                self._carry_out(transition)

    def _carry_out(self, transition: Transition) -> None:
        self._state = transition.state
        for effect in transition.effects:
            self._perform(effect)

    def _perform(self, effect: Effect) -> None:
        match effect:
            case Persist(durable=durable):
                if not self._world.record.survives:
                    self._world.record.save(durable)
            case Send(to=to, message=message):
                self._world.send(to, message)
            case AnnounceLeading(term=term):
                self._audience.leading(term)
            case AnnounceFollowing(leader=leader):
                self._audience.following(leader)
            case AnnounceTerm(old=old, new=new):
                self._audience.term_changed(old, new)
            case Ignored(why=why, alarming=alarming):
                self._complain(why, alarming)
            case _:
                assert_never(effect)

    def _tell_trace(self, line: Line | None) -> None:
        if self._world.trace is not None and line is not None:
            self._world.trace(line)

    def _complain(self, why: str, alarming: bool) -> None:
        if not alarming:
            self._world.log.debug("ignored: %s", why)
        elif why not in self._complaints and len(self._complaints) < COMPLAINTS_LIMIT:
            self._complaints.add(why)
            self._world.log.error("%s", why)

    def _write(self, durable: Durable, then: Callable[[], None]) -> None:
        # Nothing is due meanwhile, so nobody who comes back late was away.
        self._cancel_alarm()
        self._writing = asyncio.get_running_loop().create_task(self._written(durable, then))

    async def _written(self, durable: Durable, then: Callable[[], None]) -> None:
        started = self._now()
        try:
            await self._off_loop(lambda: self._world.record.save(durable))
            self._warn_if_late(started, "the record took %.3f s to write")
            self._writing = None
            if not self._ended:
                then()
                self._proceed()
        except Exception as error:
            self._writing = None
            self._fail(error)

    async def _off_loop(self, work: Callable[[], Result]) -> Result:
        """Run what touches the disk where it does not hold up anybody."""
        if not self._world.record.survives:
            return work()
        return await asyncio.get_running_loop().run_in_executor(None, work)

    def _fail(self, error: Exception) -> None:
        """End at once and in silence.

        To resign would be to say that we have stopped before the application has heard that it must;
        the others need not be told, since the lease runs out by itself.
        """
        if self._ended:
            return
        self._world.log.error("the election ends here: %s", error)
        self._halt()
        self._audience.failed(error)

    def _halt(self) -> None:
        self._ended = True
        self._waiting.clear()
        self._cancel_alarm()

    def _note_absence(self) -> None:
        if self._alarm is not None:
            self._warn_if_late(self._alarm_at, "was away for %.3f s: stopped, starved or blocked")
            self._alarm_at = max(self._alarm_at, self._now())

    def _warn_if_late(self, since: Instant, text: str) -> None:
        late = self._now() - since
        if late > self._settings.timing.promise:
            self._world.log.warning(text, late / 1_000_000_000)

    def _set_alarm(self, at: Instant, ring: Callable[[], None]) -> None:
        self._cancel_alarm()
        self._alarm_at = at
        self._alarm = Alarm(self._world.clock, at, ring)

    def _cancel_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _now(self) -> Instant:
        return Instant(self._world.clock.now())

    def _moment(self) -> Moment:
        return Moment(now=self._now(), jitter=self._world.random.randrange(JITTER_RANGE))
