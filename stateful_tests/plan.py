"""How a run begins: its members, the drift of their clocks, and which assumptions hold.

A plan and a list of calls determine the whole run; no other chance enters it. Times are integers in
nanoseconds unless a name says otherwise.
"""

from dataclasses import dataclass
from typing import Final

from leader.protocol.membership import Membership, founding
from leader.protocol.state import Settings
from leader.protocol.timing import MILLION, scaled_timing
from leader.protocol.vocabulary import ClusterId, Duration, MemberId

MILLISECOND: Final = 1_000_000
HOUR: Final = 3_600_000 * MILLISECOND
DRIFT: Final = 10_000
"""The drift that members allow for, in millionths."""
FASTEST: Final = DRIFT - 1
"""How far a clock really drifts at most, in millionths; one is left for the rounding of its readings."""
PROMISE: Final = 150 * MILLISECOND
LONGEST_PROMISE: Final = 2 * PROMISE
DURATIONS: Final = (1, MILLISECOND, 10 * MILLISECOND, 50 * MILLISECOND, PROMISE, LONGEST_PROMISE)
"""The durations from which the drivers choose how much time passes."""
EPOCH: Final = 1_000_000
"""What wall clocks read at the beginning of a run, in milliseconds."""
CLUSTER: Final = ClusterId("cluster")
NAMES: Final = tuple(MemberId(letter) for letter in "abcdefg")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """The beginning of a run with as many members as ``drifts`` has entries."""

    drifts: tuple[int, ...]
    """By how many millionths the clock of each member is fast."""
    promises: tuple[int, ...]
    """For how long each member promises, in its first process."""
    trust_disconnect: bool
    records_get_lost: bool
    """Whether A2 holds instead of A1: terms start at the wall clock, promises keep their length."""
    dice: int
    """The seed of every random number that members draw."""

    @property
    def members(self) -> tuple[MemberId, ...]:
        return NAMES[: len(self.drifts)]

    @property
    def membership(self) -> Membership:
        return founding(self.members)

    def settings(self, member: MemberId, promise: int) -> Settings:
        """The settings with which ``member`` starts if it is to promise ``promise`` at a time."""
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

    def clocks(self) -> "tuple[DriftingClock, ...]":
        """The clock of each member; their zeros are hours apart."""
        return tuple(
            DriftingClock(place * HOUR, drift) for place, drift in enumerate(self.drifts, start=1)
        )

    def wall_clock(self, member: MemberId, true_time: int) -> int:
        """What the wall clock of ``member`` reads, in ms; two differ by less than half a promise."""
        offset = (-36, 36, 0)[self.members.index(member) % 3]
        return EPOCH + offset + true_time // MILLISECOND

    def first_term(self, member: MemberId, true_time: int) -> int:
        """The term in which ``member`` starts at ``true_time`` if it has no record."""
        return self.wall_clock(member, true_time) if self.records_get_lost else 0


def simple_plan(members: int = 3) -> RunPlan:
    """Clocks without drift, equal settings, records that are never lost."""
    return RunPlan(
        drifts=(0,) * members,
        promises=(PROMISE,) * members,
        trust_disconnect=False,
        records_get_lost=False,
        dice=0,
    )


@dataclass(frozen=True, slots=True)
class DriftingClock:
    """A clock with a zero and a rate of its own."""

    zero: int
    drift: int

    def reads(self, true_time: int) -> int:
        """What it shows at ``true_time``."""
        return self.zero + true_time * (MILLION + self.drift) // MILLION

    def shows(self, reading: int) -> int:
        """The first true time at which it shows ``reading`` or more."""
        return -((self.zero - reading) * MILLION // (MILLION + self.drift))

    def restarted(self, true_time: int) -> "DriftingClock":
        """The same clock, set to zero at ``true_time``."""
        return DriftingClock(-DriftingClock(0, self.drift).reads(true_time), self.drift)
