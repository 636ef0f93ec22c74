"""A small instance of Election.tla: who there is, what may happen, and how large its graph is.

Knows how an instance is described to TLC, and no action. The instances are in `instances.toml`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from spec.configuration import with_constants, with_overrides
from spec.models import Tier

SPECIFICATION = Path(__file__).parents[1]
MODULE = "MCExact.tla"


def members(digits: str) -> frozenset[str]:
    """The members with these numbers: of "13", m1 and m3."""
    return frozenset(f"m{digit}" for digit in digits)


NO_MEMBER = members("")
ALL_MEMBERS = members("1234")


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A cluster with bounds; `states` and `transitions` are the size of its whole graph, pinned.

    Unless it says otherwise: three members and two terms, time passes, every member has a record,
    no process crashes and no connection breaks.
    """

    name: str
    shows: str = ""
    tier: Tier = Tier.QUICK
    size: int = 3
    highest_term: int = 2
    timed: bool = True
    long_leases: bool = False
    """Whether a lease outlasts the promise it rests on by a tick: not so in the protocol."""
    patient: frozenset[str] = NO_MEMBER
    """The members that promise two ticks instead of one."""
    pre_vote: bool = False
    """Whether pre-votes are asked for; without them, a member that may ask may campaign."""
    renew_in_place: bool = True
    recorded: frozenset[str] = ALL_MEMBERS
    """The members whose record survives a crash."""
    trusts: bool = False
    """Whether a broken connection releases a promise."""
    breaks: bool = False
    """Whether a connection may break though the processes at both its ends live."""
    crashing: frozenset[str] = NO_MEMBER
    resigning: frozenset[str] = NO_MEMBER
    observing: frozenset[str] = NO_MEMBER
    """The members without a vote."""
    apart: tuple[frozenset[str], ...] = ()
    """Pairs of members between which no message ever arrives."""
    states: int
    transitions: int

    @property
    def members(self) -> tuple[str, ...]:
        """The names of all members, in their order."""
        return tuple(f"m{number}" for number in range(1, self.size + 1))

    @property
    def voters(self) -> tuple[str, ...]:
        """The names of the members that have a vote, in their order."""
        return tuple(member for member in self.members if member not in self.observing)

    def hears(self, one: str, other: str) -> bool:
        """Whether messages between these two members can arrive."""
        return frozenset({one, other}) not in self.apart

    def promise_ticks(self, member: str) -> int:
        """How many ticks `member` promises at a time."""
        return 2 if member in self.patient else 1

    def lease_ticks(self, member: str) -> int:
        """How many ticks a leader counts on a promise of `member`."""
        return self.promise_ticks(member) + self.long_leases

    def configuration(self) -> str:
        """This instance for TLC: no symmetry, no view, no claims."""
        text = (SPECIFICATION / "models" / "exact.cfg").read_text()
        constants: dict[str, bool | int | str] = {
            "Members": _set(self.members),
            "Observers": _set(self.observing),
            "MaxTerm": self.highest_term,
            "Patient": _set(self.patient),
            "Timed": self.timed,
            "Recorded": _set(self.recorded),
            "TrustDisconnect": self.trusts,
            "AccurateDetector": not self.breaks,
            "PreVote": self.pre_vote,
            "MayCrash": _set(self.crashing),
            "MayResign": _set(self.resigning),
            "Apart": _set(map(_set, self.apart)),
        }
        overrides = {
            **({"LeaseOf": "OneTickLonger"} if self.long_leases else {}),
            **({} if self.renew_in_place else {"UpdateTerm": "StepDown", "Renew": "NeverRenew"}),
        }
        return with_overrides(with_constants(text, constants), overrides)


def _set(elements: Iterable[str]) -> str:
    return "{" + ", ".join(sorted(elements)) + "}"
