"""What one member logs of its election, for operators: one line for each change, with its reason.

Decides nothing, and is told of each step after it was taken. What it says is bounded, because other
members can cause changes and refusals any number of times.
"""

from logging import INFO, WARNING, Logger, LoggerAdapter

from leader.election.quorum_watch import QuorumWatch, listed
from leader.protocol.actions import Action
from leader.protocol.effects import ReportRefusal
from leader.protocol.events import Event, Received, ResignationAsked
from leader.protocol.lease import expires_at
from leader.protocol.membership import Membership
from leader.protocol.messages import (
    HeartbeatRefused,
    PreVoteRefused,
    Refusal,
    Resigned,
    VoteRefused,
)
from leader.protocol.quorum import quorum_size
from leader.protocol.state import Leader, Settings, State, leader_of
from leader.protocol.transition import Transition
from leader.protocol.vocabulary import MemberId, Term
from runtime import Clock
from runtime.log_limit import LogLimit

NANOSECONDS = 1_000_000_000

CHANGES_LIMIT = 30
"""How many changes of the leader are logged within a minute."""

PEER_LINES_LIMIT = 6
"""How many lines a minute are logged of the coming and going of one peer."""

ASKED = {PreVoteRefused: "pre-vote", VoteRefused: "vote", HeartbeatRefused: "heartbeat"}
"""What was refused, by the refusal."""


class Story:
    """The story of one member."""

    def __init__(
        self, settings: Settings, listed: Membership, clock: Clock, log: LoggerAdapter[Logger]
    ) -> None:
        """``listed`` is the bootstrap list: who votes until the member has begun."""
        self._settings = settings
        self._clock = clock
        self._log = log
        self._voters = listed.voters
        self._why = "no leader was heard from since the start"
        self._changes = LogLimit(clock, CHANGES_LIMIT)
        self._once = LogLimit(clock)
        self._peers = LogLimit(clock, PEER_LINES_LIMIT)
        timeout = settings.timing.election_timeout_max
        self._quorum = QuorumWatch(settings.member, lambda: self._voters, timeout, clock, log)

    def starts(self, storage: str) -> None:
        """The member starts, with its record in ``storage``."""
        timing, count, who = self._settings.timing, len(self._voters), "observes, has no vote"
        if count:
            who = f"voters {listed(self._voters)}, {quorum_size(count)} of {count} are a quorum"
        self._log.info(
            "starts: %s; promise %.3f s, election timeout %.3f to %.3f s, a heartbeat each %.3f s; record in %s",
            who,
            timing.promise / NANOSECONDS,
            timing.election_timeout_min / NANOSECONDS,
            timing.election_timeout_max / NANOSECONDS,
            timing.heartbeat_interval / NANOSECONDS,
            storage,
        )
        self._quorum.leader_lost()

    def begins(self, recorded: Term | None) -> None:
        """The record was read: it is of that term, or there is none."""
        if recorded is None:
            self._log.info("there is no record of this member: it begins as a new one")
        else:
            self._log.info("the record of this member is of term %d", recorded)

    def stops(self) -> None:
        """The member takes no further step."""
        self._quorum.stop()

    def peer_joined(self, member: MemberId) -> None:
        """That member takes part."""
        if self._peers.allows(member):
            self._log.info("found %s", member)

    def peer_left(self, member: MemberId) -> None:
        """That member takes part no longer, as far as is known."""
        if self._peers.allows(member):
            self._log.info("lost %s: it left, or the connection with its node ended", member)

    def stepped(self, before: State, event: Event, transition: Transition) -> None:
        """A step was taken."""
        after = transition.state
        self._voters = after.voters
        if isinstance(event, Received) and event.message.sender in after.voters:
            self._quorum.heard(event.message.sender)
            if isinstance(event.message, Refusal):
                self._refused(event.message, before.term)
        for effect in transition.effects:
            if isinstance(effect, ReportRefusal) and self._once.allows(
                f"{effect.to} {effect.reason}"
            ):
                why = effect.reason.replace("_", " ")
                self._log.info("refuses a request of %s: %s", effect.to, why)
        if leader_of(before) != leader_of(after):
            self._leader_changed(before, event, transition)

    def _refused(self, message: Refusal, term: Term) -> None:
        asked = ASKED[type(message)]
        if self._once.allows(f"{message.sender} {asked}"):
            text = "%s refuses a %s: its term is %d, that of this member %d"
            self._log.info(text, message.sender, asked, message.term, term)

    def _leader_changed(self, before: State, event: Event, transition: Transition) -> None:
        after = transition.state
        old, new = leader_of(before), leader_of(after)
        if old is not None:
            self._leader_lost(before, event, transition)
        if new is None:
            return
        waited = self._quorum.leader_found() / NANOSECONDS
        if new != after.member:
            self._say(
                "follows %s in term %d, after %.3f s without a leader", new, after.term, waited
            )
        elif isinstance(after.role, Leader):
            text = "leads with token %d, elected by %s after %.3f s without a leader: %s"
            votes = sorted({self._settings.member, *(each.member for each in after.role.backing)})
            self._say(text, after.term, listed(votes), waited, self._why)

    def _leader_lost(self, before: State, event: Event, transition: Transition) -> None:
        old, new = leader_of(before), leader_of(transition.state)
        self._quorum.leader_lost()
        if old == before.member:
            self._why = self._end_of_own(before, event, transition)
        else:
            self._why = _end_of_other(old, event, transition.action)
        lost_lease = old == before.member and transition.action is Action.EXPIRE_LEASE
        if new is None or old == before.member:
            self._say("%s", self._why, level=WARNING if lost_lease else INFO)

    def _end_of_own(self, before: State, event: Event, transition: Transition) -> str:
        if isinstance(event, ResignationAsked):
            to = event.successor
            return "this member resigned" if to is None else f"this member handed over to {to}"
        if transition.state.term > before.term:
            return f"this member leads no longer: it has heard of term {transition.state.term}"
        missing = self._silent(before)
        reason = (
            f"no answer of {listed(missing)} came in time" if missing else "it was left to expire"
        )
        return f"this member lost its lease: {reason}"

    def _silent(self, before: State) -> list[MemberId]:
        backing = before.role.backing if isinstance(before.role, Leader) else frozenset()
        timing, now = before.settings.timing, self._clock.now()
        live = {each.member for each in backing if expires_at(each, timing) > now}
        return [voter for voter in before.voters if voter != before.member and voter not in live]

    def _say(self, text: str, *about: object, level: int = INFO) -> None:
        if self._changes.allows("leader"):
            self._log.log(level, text, *about)
        elif self._once.allows("leader"):
            self._log.warning(
                "the leader has changed %d times within a minute: no more changes are logged until it is over",
                CHANGES_LIMIT,
            )


def _end_of_other(old: MemberId | None, event: Event, action: Action | None) -> str:
    match action:
        case Action.HANDLE_RESIGNED:
            assert isinstance(event, Received)
            to = event.message.successor if isinstance(event.message, Resigned) else None
            return f"{old} resigned" if to is None else f"{old} handed over to {to}"
        case Action.PEER_DOWN:
            return f"{old} was lost: the connection with its node ended"
        case Action.LOSE_LEADER | Action.START_PRE_VOTE:
            return f"{old} was lost: it was silent for longer than the election timeout"
        case _ if isinstance(event, Received):
            return f"{old} was lost: {event.message.sender} is in a later election"
        case _:
            return f"{old} was lost"
