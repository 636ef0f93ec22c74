"""What an actor's ``init`` returns: which cluster, who is in it, how long everything takes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from leader.protocol.membership import Membership, founding
from leader.protocol.timing import MILLION, Timing, scaled_timing
from leader.protocol.vocabulary import Duration, MemberId
from leader.storage import MemoryStorage, Storage
from runtime import ProcessId


@dataclass(frozen=True, kw_only=True)
class Options:
    """The election's settings; durations are seconds on the member's own clock.

    Raises:
        TypeError, ValueError: a field is unusable or two do not fit; the text names fields, values and rule.
    """

    cluster_id: str
    """Members of different clusters ignore each other."""
    bootstrap: Sequence[ProcessId]
    """All members, this one included; the same list on every member."""
    election_timeout_min: float = 0.150
    """How long a voter promises a leader: the longest a follower waits before it acts on a broken connection."""
    election_timeout_max: float = 0.300
    """The longest a follower waits for a silent leader."""
    heartbeat_interval: float = 0.050
    """How often a leader is heard from; it loses its lease after about three in vain."""
    max_clock_drift: float = 0.01
    """By how much the rates of two members' clocks may differ, as a fraction."""
    storage: Storage | None = None
    """Where the record is kept; None keeps it in memory only."""
    trust_disconnect: bool = False
    """Whether the network never resets a connection to a living process: then failover need not wait for a promise."""
    timing: Timing = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.cluster_id:
            raise ValueError(f"cluster_id = {self.cluster_id!r}: must be a text that is not empty")
        for member in self.bootstrap:
            if not isinstance(member, ProcessId):
                raise TypeError(
                    f"bootstrap = {self.bootstrap!r}: every member must be a ProcessId, {member!r} is not"
                )
        if len(set(self.bootstrap)) != len(self.bootstrap):
            raise ValueError(
                f"bootstrap = {[str(member) for member in self.bootstrap]}: must name each member once"
            )
        timing = scaled_timing(
            election_timeout_min=self._nanoseconds("election_timeout_min"),
            election_timeout_max=self._nanoseconds("election_timeout_max"),
            heartbeat_interval=self._nanoseconds("heartbeat_interval"),
            max_clock_drift=math.ceil(self._finite("max_clock_drift") * MILLION),
        )
        object.__setattr__(self, "timing", timing)

    def membership(self) -> Membership:
        """The membership that the bootstrap list stands for."""
        return founding(MemberId(str(member)) for member in self.bootstrap)

    @property
    def opened_storage(self) -> Storage:
        """The storage to use: that of the setting, or memory."""
        return MemoryStorage() if self.storage is None else self.storage

    def _finite(self, name: str) -> float:
        value: object = getattr(self, name)
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not math.isfinite(value)
        ):
            raise ValueError(f"{name} = {value!r}: must be a finite number")
        return float(value)

    def _nanoseconds(self, name: str) -> Duration:
        return Duration(round(self._finite(name) * 1_000_000_000))
