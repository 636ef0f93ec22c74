"""Short names for members, times, roles and messages, shared by the tests of the core.

All times are milliseconds. There is one timing, chosen for round numbers: a promise lasts 101 ms, and
at a drift of 1 % a leader may count on 99 ms of it.
"""

from leader.protocol.durable import Durable
from leader.protocol.effects import Effect, Ignored, RefusalReason, ReportRefusal, Send
from leader.protocol.events import Received, Woke
from leader.protocol.membership import Membership, MembershipId, founding
from leader.protocol.messages import (
    Heartbeat,
    HeartbeatAck,
    HeartbeatRefused,
    Message,
    PreVoteGranted,
    PreVoteRefused,
    PreVoteRequest,
    Resignation,
    Resigned,
    VoteGranted,
    VoteRefused,
    VoteRequest,
)
from leader.protocol.state import (
    Candidate,
    Follower,
    Leader,
    LeaseGrant,
    Pacing,
    PreCandidate,
    PreVoteBackoff,
    Promise,
    Renewing,
    Role,
    Settings,
    State,
    StopMode,
)
from leader.protocol.timing import Timing
from leader.protocol.transition import Transition
from leader.protocol.vocabulary import ClusterId, Duration, Instant, MemberId, Moment, Term

CLUSTER = ClusterId("shop")
A, B, C, D, E = (MemberId(f"{name}@host") for name in "abcde")
TRIO, FIVE = (A, B, C), (A, B, C, D, E)
WOKE = Woke()
HALF = 1 << 15
"""The random draw in the middle: an election timeout of 151 ms; a draw of 0 gives 101 ms."""
NANOSECOND = 0.000_001


def instant(milliseconds: float) -> Instant:
    return Instant(round(milliseconds * 1_000_000))


def duration(milliseconds: float) -> Duration:
    return Duration(round(milliseconds * 1_000_000))


def at(milliseconds: float, jitter: int = 0, highest_term: Term | None = None) -> Moment:
    return Moment(now=instant(milliseconds), jitter=jitter, highest_term=highest_term)


TIMING = Timing(
    election_timeout_min=duration(101),
    election_timeout_max=duration(201),
    heartbeat_interval=duration(30),
    max_clock_drift=10_000,
    stagger=duration(0.5),
    pre_vote_backoff=duration(2),
    observer_interval=duration(1000),
)


def membership(stamp: int = 0, voters: tuple[MemberId, ...] = TRIO) -> Membership:
    return founding(voters).stamped(Term(stamp))


def identity(stamp: int = 0, voters: tuple[MemberId, ...] = TRIO) -> MembershipId:
    return membership(stamp, voters).identity


def record(
    term: int = 5, stamp: int = 0, voters: tuple[MemberId, ...] = TRIO, promise: float = 101
) -> Durable:
    return Durable(term=Term(term), membership=membership(stamp, voters), promise=duration(promise))


def settings(
    member: MemberId = A, timing: Timing = TIMING, trust_disconnect: bool = False
) -> Settings:
    return Settings(
        cluster=CLUSTER, member=member, timing=timing, trust_disconnect=trust_disconnect
    )


def member(
    role: Role,
    *,
    name: MemberId = A,
    durable: Durable | None = None,
    promise: Promise | None = None,
    parked: tuple[PreVoteRequest, ...] = (),
    resignation: Resignation | None = None,
    no_retry_before: float = 0,
    backoff: PreVoteBackoff | None = None,
    answered: tuple[tuple[MemberId, Instant], ...] = (),
    observers_told: float = 0,
    informed: frozenset[MemberId] = frozenset(),
    stopped: StopMode | None = None,
    trust_disconnect: bool = False,
    observers: frozenset[MemberId] = frozenset(),
) -> State:
    """A member of term 5 in a cluster of three, unless an argument says otherwise."""
    return State(
        settings=settings(name, trust_disconnect=trust_disconnect),
        durable=durable or record(),
        role=role,
        promise=promise,
        pacing=Pacing(
            parked=parked,
            resignation=resignation,
            no_retry_before=instant(no_retry_before),
            backoff=backoff,
            answered=answered,
            observers_told=instant(observers_told),
            informed=informed,
            stopped=stopped,
        ),
        observers=observers,
    )


def promised(to: MemberId | None, until: float) -> Promise:
    return Promise(to=to, until=instant(until))


def backoff(to: MemberId, until: float) -> PreVoteBackoff:
    return PreVoteBackoff(to=to, until=instant(until))


def grant(of: MemberId, sent: float, promise: float = 101) -> LeaseGrant:
    return LeaseGrant(member=of, sent=instant(sent), promise=duration(promise))


def following(leader: MemberId | None, deadline: float) -> Follower:
    return Follower(leader=leader, deadline=instant(deadline))


def asking(*granted: MemberId, started: float, deadline: float) -> PreCandidate:
    return PreCandidate(
        started=instant(started), granted=frozenset(granted), deadline=instant(deadline)
    )


def standing(*backing: LeaseGrant, deadline: float) -> Candidate:
    return Candidate(backing=frozenset(backing), deadline=instant(deadline))


def leading(*backing: LeaseGrant, deadline: float) -> Leader:
    return Leader(backing=frozenset(backing), deadline=instant(deadline))


def renewing(*backing: LeaseGrant, lease_until: float, deadline: float) -> Renewing:
    return Renewing(
        lease_until=instant(lease_until), backing=frozenset(backing), deadline=instant(deadline)
    )


def heard(message: Message) -> Received:
    return Received(message=message)


def to(recipient: MemberId, message: Message) -> Send:
    return Send(to=recipient, message=message)


def nothing(state: State) -> Transition:
    """The step that does nothing, because nothing was due."""
    return Transition(None, state, ())


def ignoring(
    state: State, reason: RefusalReason, why: str, *, alarming: bool = False
) -> Transition:
    """The step that does nothing and reports why."""
    return Transition(None, state, (Ignored(reason=reason, why=why, alarming=alarming),))


def refusing(asker: MemberId, refusal: Message, reason: RefusalReason) -> tuple[Effect, ...]:
    """The effects of a step that refuses a request."""
    return (to(asker, refusal), ReportRefusal(to=asker, reason=reason))


def pre_vote_request(
    sender: MemberId,
    term: int,
    *,
    sent: float,
    stamp: int = 0,
    voters: tuple[MemberId, ...] = TRIO,
) -> PreVoteRequest:
    return PreVoteRequest(
        cluster=CLUSTER,
        sender=sender,
        term=Term(term),
        sent=instant(sent),
        membership=identity(stamp, voters),
    )


def pre_vote_granted(sender: MemberId, term: int, *, sent: float) -> PreVoteGranted:
    return PreVoteGranted(cluster=CLUSTER, sender=sender, term=Term(term), sent=instant(sent))


def pre_vote_refused(sender: MemberId, term: int) -> PreVoteRefused:
    return PreVoteRefused(cluster=CLUSTER, sender=sender, term=Term(term))


def resignation(leader: MemberId, term: int) -> Resignation:
    return Resignation(leader=leader, term=Term(term))


def vote_request(
    sender: MemberId,
    term: int,
    *,
    sent: float,
    stamp: int = 0,
    voters: tuple[MemberId, ...] = TRIO,
    rests_on: Resignation | None = None,
) -> VoteRequest:
    return VoteRequest(
        cluster=CLUSTER,
        sender=sender,
        term=Term(term),
        sent=instant(sent),
        membership=identity(stamp, voters),
        resignation=rests_on,
    )


def vote_granted(sender: MemberId, term: int, *, sent: float, promise: float = 101) -> VoteGranted:
    return VoteGranted(
        cluster=CLUSTER,
        sender=sender,
        term=Term(term),
        sent=instant(sent),
        promise=duration(promise),
    )


def vote_refused(sender: MemberId, term: int) -> VoteRefused:
    return VoteRefused(cluster=CLUSTER, sender=sender, term=Term(term))


def heartbeat(
    sender: MemberId,
    term: int,
    *,
    sent: float,
    stamp: int | None = None,
    voters: tuple[MemberId, ...] = TRIO,
) -> Heartbeat:
    """A leader stamps its membership with its term, unless ``stamp`` says otherwise."""
    stamped = membership(term if stamp is None else stamp, voters)
    return Heartbeat(
        cluster=CLUSTER, sender=sender, term=Term(term), sent=instant(sent), membership=stamped
    )


def heartbeat_ack(
    sender: MemberId,
    term: int,
    *,
    sent: float,
    promise: float = 101,
    stamp: int | None = None,
) -> HeartbeatAck:
    return HeartbeatAck(
        cluster=CLUSTER,
        sender=sender,
        term=Term(term),
        sent=instant(sent),
        promise=duration(promise),
        membership=identity(term if stamp is None else stamp),
    )


def heartbeat_refused(sender: MemberId, term: int) -> HeartbeatRefused:
    return HeartbeatRefused(cluster=CLUSTER, sender=sender, term=Term(term))


def resigned(sender: MemberId, term: int, successor: MemberId | None = None) -> Resigned:
    return Resigned(cluster=CLUSTER, sender=sender, term=Term(term), successor=successor)
