"""The messages of one election, in and out: which are taken in, and where the others go.

Decides nothing about elections. A message is taken in only if it is of this cluster and comes from
the member that it names, in its newest incarnation; everything else is counted and logged.
"""

from enum import StrEnum
from logging import DEBUG, WARNING
from typing import assert_never

from leader.election.discovery import Discovery
from leader.election.engine import Engine
from leader.election.ignored import IgnoredLog
from leader.election.known_members import KnownMembers, address_in
from leader.election.peer_messages import Farewell, Greeting
from leader.election.silence import Silence
from leader.protocol.messages import Message
from leader.protocol.state import Settings
from leader.protocol.vocabulary import ClusterId, Instant, MemberId
from runtime import Host, Pid
from runtime.logs import Quote

MemberMessage = Message | Greeting | Farewell
"""Everything that one member sends to another."""


class Unwelcome(StrEnum):
    """Why a message was not taken in, before the core has seen it."""

    OTHER_CLUSTER = "other_cluster"
    TOO_EARLY = "too_early"
    HAS_LEFT = "has_left"
    NO_MEMBER_NAME = "no_member_name"
    OTHER_NODE = "other_node"
    OUTDATED = "outdated"


ALARMING = frozenset(
    {
        Unwelcome.OTHER_CLUSTER,
        Unwelcome.NO_MEMBER_NAME,
        Unwelcome.OTHER_NODE,
        Unwelcome.OUTDATED,
    }
)
"""The reasons that a person has to know of: a mistyped cluster, a forged name, two processes of a name."""


class MessageGate:
    """Takes in what other members send; the ``Endpoint`` of an election on its node."""

    def __init__(
        self,
        settings: Settings,
        known: KnownMembers,
        discovery: Discovery,
        engine: Engine,
        silence: Silence,
        ignored: IgnoredLog,
    ) -> None:
        self._settings = settings
        self._known = known
        self._discovery = discovery
        self._engine = engine
        self._silence = silence
        self._ignored = ignored

    def receive(self, sender: Pid, message: MemberMessage) -> None:
        """Hand a message to the engine or to discovery, or ignore it."""
        reason = self._objection(sender, message)
        if reason is not None:
            self._refuse(reason, sender, message)
        elif isinstance(message, Farewell):
            self._discovery.parted(message.sender)
        else:
            if message.sender != self._settings.member:
                self._known.hear(message.sender, sender)
                self._silence.heard(message.sender)
            if isinstance(message, Greeting):
                self._discovery.greeted(sender, message)
            else:
                self._engine.receive(message)

    def fail(self, error: Exception) -> None:
        """End the election: a message could not be handled or answered."""
        self._engine.fail(error)

    def _objection(self, sender: Pid, message: MemberMessage) -> Unwelcome | None:
        """Why a message is not taken in; None if it is."""
        if message.cluster != self._settings.cluster:
            return Unwelcome.OTHER_CLUSTER
        if not self._engine.knows_whether_it_votes:
            return Unwelcome.TOO_EARLY
        if self._discovery.has_left:
            return Unwelcome.HAS_LEFT
        address = address_in(message.sender)
        if address is None:
            return Unwelcome.NO_MEMBER_NAME
        if address.node != sender.node:
            return Unwelcome.OTHER_NODE
        if self._known.is_outdated(message.sender, sender):
            return Unwelcome.OUTDATED
        return None

    def _refuse(self, reason: Unwelcome, sender: Pid, message: MemberMessage) -> None:
        if reason is Unwelcome.HAS_LEFT and isinstance(message, Greeting):
            self._discovery.refuse(sender)
        level = WARNING if reason in ALARMING else DEBUG
        text = _description(reason, self._settings.cluster, sender, message)
        self._ignored.add(reason, text, level)


def send_to_member(
    node: Host, known: KnownMembers, silence: Silence, member: MemberId, message: Message
) -> None:
    """Send to the address of ``member``, or to the process that it wrote from, if one of them is known.

    If it has not answered for a while, its node is dialled anew.
    """
    address = known.address_of(member)
    if address is not None:
        node.send(address, message, known.own_pid)
        if silence.wrote_to(member, Instant(node.clock.now())) and address.node != node.name:
            node.suspect(address.node)


def _description(reason: Unwelcome, cluster: ClusterId, sender: Pid, message: MemberMessage) -> str:
    match reason:
        case Unwelcome.OTHER_CLUSTER:
            # Name the node, not the pid: a pid changes at each restart, and would cause another line.
            theirs = Quote(message.cluster)
            return f"a member on {sender.node} is of cluster {theirs}, this one of {cluster!a}"
        case Unwelcome.TOO_EARLY:
            return f"{sender} sent before this member's record was read"
        case Unwelcome.HAS_LEFT:
            return f"{sender} sent after this member had left"
        case Unwelcome.NO_MEMBER_NAME:
            # The name is not quoted: it may be very long, or forge lines of the log.
            return f"dropped a message from {sender}, whose sender is no member's name"
        case Unwelcome.OTHER_NODE:
            return f"dropped a message of {message.sender} that came from node {sender.node}"
        case Unwelcome.OUTDATED:
            return f"dropped a message of an older incarnation of {message.sender}: {sender}"
        case _:
            assert_never(reason)
