"""How a run begins: who there is, how their clocks differ, which assumptions hold.

A plan and a list of calls are a whole run; nothing else is drawn while it goes on. Times are whole
nanoseconds where a name does not say otherwise.
"""

from dataclasses import dataclass
from typing import Final

from leader.protocol.membership import Membership, founding
from leader.protocol.state import Settings
from leader.protocol.timing import MILLION, scaled_timing
from leader.protocol.vocabulary import ClusterId, Duration, MemberId

MILLISECOND: Final = 1_000_000
DRIFT: Final = 10_000
FASTEST: Final = DRIFT - 1
"""What a clock may really drift, in millionths: the last one is left to its readings being rounded."""
PROMISE: Final = 150 * MILLISECOND
LONGEST_PROMISE: Final = 2 * PROMISE
AMOUNTS: Final = (1, MILLISECOND, 10 * MILLISECOND, 50 * MILLISECOND, PROMISE, LONGEST_PROMISE)
"""Times to let pass."""
EPOCH: Final = 1_000_000
"""What the wall clocks read at the beginning of a run, in milliseconds."""
CLUSTER: Final = ClusterId("cluster")
NAMES: Final = tuple(MemberId(letter) for letter in "abcdefg")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """A cluster of as many members as ``drifts`` lists."""

    drifts: tuple[int, ...]
    """By how many millionths the clock of each member is fast."""
    promises: tuple[int, ...]
    """How long each member promises, as its first life is set."""
    trust_disconnect: bool
    records_get_lost: bool
    """Whether A2 takes the place of A1: terms start at the wall clock, promises keep their length."""
    dice: int
    """The seed of every draw of chance that members make."""

    @property
    def members(self) -> tuple[MemberId, ...]:
        return NAMES[: len(self.drifts)]

    @property
    def membership(self) -> Membership:
        return founding(self.members)

    def settings(self, member: MemberId, promise: int) -> Settings:
        """What ``member`` is started with when it is to promise ``promise`` at a time."""
        return Settings(
            cluster=CLUSTER,
            member=member,
            timing=scaled_timing(
                election_timeout_min=Duration(promise),
                election_timeout_max=Duration(2 * promise),
                heartbeat_interval=Duration(50 * MILLISECOND),
                max_clock_drift=DRIFT,
            ),
            trust_disconnect=self.trust_disconnect,
        )

    def wall_clock(self, member: MemberId, true_time: int) -> int:
        """What the wall clock of ``member`` reads, in ms; two differ by less than half a promise."""
        offset = (-36, 36, 0)[self.members.index(member) % 3]
        return EPOCH + offset + true_time // MILLISECOND


def simple_plan(members: int = 3) -> RunPlan:
    """Perfect clocks, equal settings, records that survive."""
    return RunPlan(
        drifts=(0,) * members,
        promises=(PROMISE,) * members,
        trust_disconnect=False,
        records_get_lost=False,
        dice=0,
    )


@dataclass(frozen=True, slots=True)
class DriftingClock:
    """A clock with its own zero and its own rate."""

    zero: int
    drift: int

    def reads(self, true_time: int) -> int:
        """What it shows at ``true_time``."""
        return self.zero + true_time * (MILLION + self.drift) // MILLION

    def shows(self, reading: int) -> int:
        """The first true time at which it shows ``reading`` or more."""
        return -((self.zero - reading) * MILLION // (MILLION + self.drift))

    def restarted(self, true_time: int) -> "DriftingClock":
        """The same, set to zero at ``true_time``."""
        return DriftingClock(-DriftingClock(0, self.drift).reads(true_time), self.drift)
