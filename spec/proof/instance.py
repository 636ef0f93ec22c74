"""A small instance of Election.tla: for TLC its configuration, here the values of the proof's symbols.

Knows the constants on both sides, and no action. Each instance is as large as its graph is quick to
explore; together they take every action, which a test sees to.
"""

from dataclasses import dataclass
from itertools import chain, combinations
from pathlib import Path

from spec.configuration import with_constants, with_invariants, with_overrides, with_properties
from spec.proof.concrete import Lengths

MODULE = Path(__file__).parents[1] / "MCElection.tla"
_CONFIGURATION = MODULE.parent / "models" / "election.cfg"
_NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """How many members and terms, what may happen, and what is pinned: the size of the graph.

    Members are numbered from 0; lengths are in ticks, and patient members promise one tick more.
    """

    name: str
    size: int = 2
    highest_term: int = 2
    promise: int = 1
    slack: int = 0
    patient: frozenset[int] = _NONE
    recorded: frozenset[int] = _NONE
    crashes: frozenset[int] = _NONE
    resigns: frozenset[int] = _NONE
    trust_disconnect: bool = False
    renew_in_place: bool = True
    states: int
    transitions: int

    @property
    def lengths(self) -> Lengths:
        """Everybody's promise and lease."""
        promises = [self.promise + (m in self.patient) for m in range(self.size)]
        leases = [promise + self.slack for promise in promises]
        return Lengths(promises=(*promises, 0), leases=(*leases, 0))

    def configuration(self) -> str:
        """The configuration for MCElection, which claims nothing: all that counts is the graph."""
        text = _CONFIGURATION.read_text().replace("SYMMETRY Symmetry", "")
        unclaiming = with_properties(with_invariants(text, ()), ())
        return with_overrides(with_constants(unclaiming, self._constants()), self._overrides())

    def _constants(self) -> dict[str, bool | int | str]:
        return {
            "Members": _set_of(frozenset(range(self.size))),
            "MaxTerm": self.highest_term,
            "PromiseTicks": self.promise,
            "Patient": _set_of(self.patient),
            "Recorded": _set_of(self.recorded),
            "MayCrash": _set_of(self.crashes),
            "MayResign": _set_of(self.resigns),
            "TrustDisconnect": self.trust_disconnect,
            "PreVote": False,
        }

    def _overrides(self) -> dict[str, str]:
        return {
            **({"LeaseOf": "OneTickLonger"} if self.slack else {}),
            **({} if self.renew_in_place else {"UpdateTerm": "StepDown", "Renew": "NeverRenew"}),
        }

    def symbols(self) -> dict[str, object]:
        """The values of a sort, by the name that a loop over them has, and those of the constants.

        Every set of members is a value of the sort of quorums; those that are one are told apart.
        """
        members, terms = range(self.size + 1), range(self.highest_term + 1)
        sets = [frozenset(some) for some in _subsets(range(self.size))]
        return {
            "every_member": members,
            "every_quorum": sets,
            "every_int": terms,
            "every_real": (1,),  # the next tick
            "now": 0,
            "nobody": self.size,
            "is_quorum": {(some,) for some in sets if 2 * len(some) > self.size},
            "in_quorum": {(member, some) for some in sets for member in some},
            "promise_length": self.lengths.promises,
            "lease_length": self.lengths.leases,
            "in_terms": {(term,) for term in terms},
            "recorded": {(member,) for member in self.recorded},
            "may_crash": {(member,) for member in self.crashes},
            "may_resign": {(member,) for member in self.resigns},
            "renew_in_place": self.renew_in_place,
            "trust_disconnect": self.trust_disconnect,
        }


def name_of(member: int) -> str:
    """The member's name for TLC."""
    return f"m{member + 1}"


def _set_of(members: frozenset[int]) -> str:
    return "{" + ", ".join(name_of(member) for member in sorted(members)) + "}"


def _subsets(members: range) -> chain[tuple[int, ...]]:
    return chain.from_iterable(combinations(members, size) for size in range(len(members) + 1))
