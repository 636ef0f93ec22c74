"""The settings of one member's election: which cluster, who votes, how long everything takes.

Knows no node. Everything is checked when the value is made.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from leader.election.storage import MemoryStorage, Storage
from leader.election.trace import Trace
from leader.protocol.membership import Membership, founding
from leader.protocol.state import Settings
from leader.protocol.timing import MILLION, Timing, scaled_timing
from leader.protocol.vocabulary import ClusterId, Duration, MemberId
from runtime import ProcessId

LARGEST_DRIFT = 0.1
"""The largest ``max_clock_drift``: at this value a lease is a fifth shorter than the promises it rests on."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """The election's settings; durations are seconds on the member's own clock.

    Raises:
        TypeError, ValueError: a field is unusable or two do not fit; the text names fields, values and rule.
    """

    cluster_id: str
    """Members of different clusters ignore each other."""
    bootstrap: Sequence[ProcessId] = ()
    """The voters, this member included; the same list for every voter. If empty, this member only observes."""
    election_timeout_min: float = 0.150
    """How long a voter's promise to a leader lasts: a follower whose connection to the leader broke waits no longer."""
    election_timeout_max: float = 0.300
    """The longest that a follower waits for a silent leader."""
    heartbeat_interval: float = 0.050
    """How often a leader sends heartbeats; its lease ends after about three without an answer."""
    max_clock_drift: float = 0.01
    """By how much the rates of two members' clocks may differ, as a fraction."""
    storage: Storage | None = None
    """Where the record is kept; None keeps it in memory only."""
    trust_disconnect: bool = False
    """Set it only if the network never resets a connection to a living process: failover then waits for no promise."""
    trace: Trace | None = None
    """Is called with every step of the protocol, at once: see ``leader.election.trace_file``. None costs nothing."""
    timing: Timing = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._check_cluster_id()
        self._check_bootstrap()
        self._check_storage()
        self._check_trace()
        if not isinstance(self.trust_disconnect, bool):
            raise TypeError(
                f"trust_disconnect = {self.trust_disconnect!r}: must be True or False, because safety depends on it"
            )
        timing = scaled_timing(
            election_timeout_min=self._nanoseconds("election_timeout_min"),
            election_timeout_max=self._nanoseconds("election_timeout_max"),
            heartbeat_interval=self._nanoseconds("heartbeat_interval"),
            max_clock_drift=self._millionths("max_clock_drift"),
        )
        object.__setattr__(self, "timing", timing)

    def membership(self) -> Membership:
        """The voters of the bootstrap list, as a membership that no leader has stamped yet."""
        return founding(MemberId(str(member)) for member in self.bootstrap)

    def settings(self, member: ProcessId) -> Settings:
        """The core's settings for ``member``.

        Raises:
            ValueError: ``bootstrap`` is not empty, and does not list ``member``.
        """
        if self.bootstrap and member not in self.bootstrap:
            listed = [str(each) for each in self.bootstrap]
            raise ValueError(
                f"bootstrap = {listed}: must be empty, or list every voter, {member} included"
            )
        return Settings(
            cluster=ClusterId(self.cluster_id),
            member=MemberId(str(member)),
            timing=self.timing,
            trust_disconnect=self.trust_disconnect,
        )

    @property
    def storage_or_memory(self) -> Storage:
        """The storage to use: the one that was set, or memory."""
        return MemoryStorage() if self.storage is None else self.storage

    def _check_cluster_id(self) -> None:
        name: object = self.cluster_id
        if not isinstance(name, str):
            raise TypeError(f"cluster_id = {name!r}: must be a str")
        if not name:
            raise ValueError(f"cluster_id = {name!r}: must not be empty")
        try:
            name.encode()
        except UnicodeEncodeError as error:
            raise ValueError(
                f"cluster_id = {name!r}: must be text that UTF-8 can encode"
            ) from error

    def _check_bootstrap(self) -> None:
        members: object = self.bootstrap
        if not isinstance(members, Collection):
            raise TypeError(f"bootstrap = {members!r}: must be a sequence of ProcessIds")
        for member in members:
            if not isinstance(member, ProcessId):
                raise TypeError(
                    f"bootstrap = {members!r}: every member must be a ProcessId, {member!r} is not"
                )
        if len(set(members)) != len(members):
            listed = [str(member) for member in members]
            raise ValueError(f"bootstrap = {listed}: must name each member once")

    def _check_storage(self) -> None:
        storage: object = self.storage
        usable = not isinstance(storage, type) and callable(getattr(storage, "open", None))
        if storage is not None and not usable:
            raise TypeError(
                f"storage = {storage!r}: must be a FileStorage, or another object with its methods"
            )

    def _check_trace(self) -> None:
        if self.trace is not None and not callable(self.trace):
            raise TypeError(f"trace = {self.trace!r}: must be callable with a line")

    def _finite(self, name: str) -> float:
        value: object = getattr(self, name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError(f"{name} = {value!r}: must be a finite number")
        if not math.isfinite(value):
            raise ValueError(f"{name} = {value!r}: must be a finite number")
        return float(value)

    def _nanoseconds(self, name: str) -> Duration:
        return Duration(round(self._finite(name) * 1_000_000_000))

    def _millionths(self, name: str) -> int:
        fraction = self._finite(name)
        if not 0 <= fraction <= LARGEST_DRIFT:
            raise ValueError(f"{name} = {fraction!r}: must be from 0 to {LARGEST_DRIFT}")
        return math.ceil(fraction * MILLION)
