"""One member of one election, for any listener: connects settings, record, engine and discovery.

Knows no actor and has no rule of the protocol. Messages go straight to the engine, and what the
election comes to is told at once, in order, to the ``ElectionListener``.
"""

from contextlib import ExitStack
from functools import partial
from logging import Logger, LoggerAdapter

from leader.election.delivery import MessageGate, send_to_member
from leader.election.discovery import Discovery
from leader.election.election_log import ElectionLog
from leader.election.engine import Engine
from leader.election.environment import Environment
from leader.election.ignored import IgnoredLog
from leader.election.known_members import KnownMembers
from leader.election.listener import ElectionListener
from leader.election.options import Options
from leader.election.record_thread import RecordThread, open_on_thread
from leader.election.silence import Silence
from leader.election.story import Story
from leader.election.trace import ROLES
from leader.election.wire_types import MESSAGE_TYPES, register_election_messages
from leader.errors import MembershipFixed
from leader.protocol.departures import likeliest_successor
from leader.protocol.guards import is_voter
from leader.protocol.membership import Membership
from leader.protocol.state import State
from leader.protocol.vocabulary import Duration, MemberId, Term
from runtime import Host, Pid, ProcessId, Registration
from runtime.logs import process_log


class Election:
    """What takes part in an election, and what it may be asked."""

    def __init__(
        self,
        options: Options,
        record: RecordThread,
        *,
        node: Host,
        name: str,
        listener: ElectionListener,
        log: LoggerAdapter[Logger] | None = None,
    ) -> None:
        """Takes no part before ``start``. The member is ``name`` on ``node``; ``record`` is its own.

        Raises:
            ValueError: the bootstrap list does not name this member.
        """
        settings = options.settings(ProcessId(name, node.name))
        process = log or process_log(node.name, name=name)
        log = ElectionLog(process.extra or {}, settings.cluster, settings.member)
        self.options = options
        self._name = name
        self._node = node
        self._settings = settings
        self._record = record
        self._listener = listener
        self._registration: Registration | None = None
        self._ignored = IgnoredLog(log)
        self._story = Story(settings, options.membership(), node.clock, log)
        self._known = KnownMembers(settings.member, self._peer_joined, self._peer_left)
        self._silence = Silence(settings.timing)
        environment = self._environment(record, log)
        self._engine = Engine(settings, options.membership(), environment, listener)
        log.show(lambda: (self.term, self.leader))
        self._discovery = Discovery(
            settings, options.membership().voters, node, self._known, self._engine, self._ignored
        )

    async def start(self) -> None:
        """Begin to take part, and to look for the other members.

        Raises:
            StorageError: the record cannot be read or written, is damaged, or is not this member's.
            ValueError: another election on the node has the name.
        """
        register_election_messages(self._node.registry)
        gate = MessageGate(
            self._settings,
            self._known,
            self._discovery,
            self._engine,
            self._silence,
            self._ignored,
        )
        self._registration = self._node.register_endpoint(self._name, gate, MESSAGE_TYPES)
        self._known.start_as(self._registration.pid)
        self._discovery.start()
        self._story.starts(repr(self.options.storage_or_memory))
        await self._engine.start()
        self._discovery.greet_regularly()

    @property
    def member(self) -> MemberId:
        """The name of this member, for life: ``name@node``."""
        return self._settings.member

    @property
    def is_leader(self) -> bool:
        """Whether this member may act as leader at this instant: asks the clock."""
        return self._engine.is_leader

    @property
    def has_leadership(self) -> bool:
        """Whether there is a leadership to resign from, even if its lease is over."""
        return self._engine.has_leadership

    @property
    def leader(self) -> MemberId | None:
        """Who leads, as far as this member knows; itself only while it may act."""
        return self._engine.leader

    @property
    def term(self) -> Term:
        """The term as the application sees it; a leader's is its fencing token. 0 before the first."""
        return self._engine.term

    @property
    def lease_remaining(self) -> Duration:
        """For how many nanoseconds this member may still act if no other member answers it."""
        return self._engine.lease_remaining

    @property
    def state(self) -> State | None:
        """The core's state, to look at; None before this member has begun."""
        return self._engine.state

    @property
    def membership(self) -> Membership | None:
        """Who votes; None before this member has begun."""
        return None if self.state is None else self.state.durable.membership

    @property
    def role(self) -> str:
        """The role in a word: "starting", "observer", or a role as the specification names it."""
        if self.state is None:
            return "starting"
        return ROLES[type(self.state.role)] if is_voter(self.state) else "observer"

    def peers(self) -> list[Pid]:
        """The other members that were heard from and whose nodes have been up since; a fresh list."""
        return self._known.peers()

    def pid_of(self, member: MemberId | None) -> Pid | None:
        """The newest process of ``member`` that was heard from, which may be dead; None if there is none."""
        return self._known.pid_of(member)

    def ignored(self) -> dict[str, int]:
        """How many messages and requests were ignored or refused, by reason."""
        return self._ignored.counts()

    def join(self, member: MemberId) -> None:
        """Look for ``member`` until it is heard from, and for all members that it knows; also after ``leave``."""
        self._discovery.join(member)

    def leave(self) -> None:
        """Take part no longer, until ``join`` is called; for a member without a vote only.

        Raises:
            MembershipFixed: this member votes, or does not know yet whether it does.
        """
        if not self._engine.observes:
            raise MembershipFixed("leave")
        self._discovery.leave()

    def check_successor(self, successor: MemberId) -> None:
        """Check that ``successor`` can be named when this member resigns.

        Raises:
            ValueError: it is not another one of the voters.
        """
        voters = (self.membership or self.options.membership()).voters
        if successor not in voters or successor == self._settings.member:
            raise ValueError(
                f"successor = {successor}: must be another of the voters {list(voters)}"
            )

    def stop_acting(self, *, let_lease_expire: bool = False) -> None:
        """Answer at once that this member does not lead, until ``resign`` is called.

        It keeps its lease meanwhile, so no other member leads, unless ``let_lease_expire``.
        """
        self._engine.stop_acting(let_lease_expire=let_lease_expire)

    async def resign(self, successor: MemberId | None = None) -> None:
        """Give up leadership, to ``successor`` or to the member that answered last.

        What only a leader may do must have stopped by now: ``successor`` may lead within a round trip.
        """
        state = self._engine.state
        likeliest = None if state is None else likeliest_successor(state)
        await self._engine.resign(successor or likeliest)

    async def stop(self) -> None:
        """Resign if this member leads, take no further step, and tell the peers."""
        try:
            if self._engine.has_leadership:
                await self.resign()
        finally:
            await self.depart()

    async def depart(self) -> None:
        """Take no further step, and tell the peers; a leader that has not resigned keeps its lease."""
        await self._engine.end()
        self._discovery.depart()

    async def close(self) -> None:
        """Release all resources, even if ``stop`` was not called; sends nothing, calls no listener."""
        with ExitStack() as releases:
            # Also if what comes before fails: a name that stays taken would prevent every later start.
            if self._registration is not None:
                releases.callback(self._registration.close)
            releases.callback(self._record.close)
            self._discovery.stop()
            await self._engine.end()

    def _environment(self, record: RecordThread, log: ElectionLog) -> Environment:
        return Environment(
            clock=self._node.clock,
            random=self._node.random,
            record=record,
            send=partial(send_to_member, self._node, self._known, self._silence),
            log=log,
            ignored=self._ignored,
            story=self._story,
            trace=self.options.trace,
        )

    def _peer_joined(self, member: MemberId, pid: Pid) -> None:
        self._story.peer_joined(member)
        self._listener.peer_joined(member, pid)

    def _peer_left(self, member: MemberId, pid: Pid) -> None:
        self._story.peer_left(member)
        self._listener.peer_left(member, pid)


async def open_record(options: Options, member: ProcessId) -> RecordThread:
    """Open a member's record, on a thread of its own because a file storage syncs folders.

    Raises:
        ValueError: the bootstrap list does not name ``member``.
        StorageError: the record is in use, or its folder is not usable.
        NoThread: no thread can be started.
    """
    settings = options.settings(member)
    return await open_on_thread(options.storage_or_memory, settings.cluster, settings.member)
