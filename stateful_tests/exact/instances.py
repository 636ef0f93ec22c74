"""The instances: who there is, what may happen to them, and how large their graphs are.

Knows how TLC is told of an instance, not what any member does. The idea: each action of the
specification is in the smallest instance where it matters, and the counts are pinned.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from leader.protocol.vocabulary import MemberId
from spec.configuration import with_constants
from spec.models import Tier

SPECIFICATION: Final = Path(__file__).parents[2] / "spec"
MODULE: Final = "MCExact.tla"
NAMES: Final = tuple(MemberId(f"m{number}") for number in range(1, 5))


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A cluster with bounds; ``states`` and ``transitions`` are those of its whole graph.

    Unless it says otherwise, three members and two terms, in time, with records, and nothing breaks.
    """

    name: str
    shows: str
    tier: Tier = Tier.QUICK
    size: int = 3
    terms: int = 2
    """The highest term there is."""
    timed: bool = True
    patient: int = 0
    """How many of the last members promise two ticks instead of one."""
    pre_vote: bool = False
    """Whether pre-votes are asked for; without them, whoever may ask may campaign."""
    recorded: bool = True
    trusts: bool = False
    """Whether a broken connection releases a promise."""
    breaks: bool = False
    """Whether a connection may break though both its ends live."""
    crashing: int = 0
    """How many of the first members may crash."""
    resigning: int = 0
    observing: int = 0
    """How many of the last members only observe."""
    apart: tuple[tuple[MemberId, MemberId], ...] = ()
    """Pairs of members that never hear each other."""
    states: int
    transitions: int

    @property
    def members(self) -> tuple[MemberId, ...]:
        return NAMES[: self.size]

    @property
    def voters(self) -> tuple[MemberId, ...]:
        return self.members[: self.size - self.observing]

    @property
    def observers(self) -> frozenset[MemberId]:
        return frozenset(self.members) - {*self.voters}

    def ticks(self, member: MemberId) -> int:
        """How many ticks ``member`` promises at a time."""
        return 2 if member in self.members[self.size - self.patient :] else 1

    @property
    def any_connection_breaks(self) -> bool:
        """Whether living processes, too, are seen to go down: of no account where that is not trusted."""
        return self.breaks or not self.trusts

    def hears(self, one: MemberId, other: MemberId) -> bool:
        """Whether anything that ``other`` sends to ``one`` ever arrives, and the reverse."""
        return (one, other) not in self.apart and (other, one) not in self.apart

    def configuration(self) -> str:
        """This instance for TLC: no symmetry, no view, no claims."""
        text = (SPECIFICATION / "models" / "exact.cfg").read_text()
        constants: dict[str, bool | int | str] = {
            "Members": _set(self.members),
            "Observers": _set(sorted(self.observers)),
            "MaxTerm": self.terms,
            "Patient": _set(self.members[self.size - self.patient :]),
            "Timed": self.timed,
            "Recorded": _set(self.members if self.recorded else ()),
            "TrustDisconnect": self.trusts,
            "AccurateDetector": not self.breaks,
            "PreVote": self.pre_vote,
            "MayCrash": _set(self.members[: self.crashing]),
            "MayResign": _set(self.members[: self.resigning]),
            "Apart": _set([_set(pair) for pair in self.apart]),
        }
        return with_constants(text, constants)


def _set(elements: Collection[str]) -> str:
    return "{" + ", ".join(elements) + "}"


def _pairs(*pairs: str) -> tuple[tuple[MemberId, MemberId], ...]:
    """The members that each pair of digits tells of."""
    return tuple((NAMES[int(pair[0]) - 1], NAMES[int(pair[1]) - 1]) for pair in pairs)


INSTANCES: Final = {
    instance.name: instance
    for instance in (
        Instance(
            name="two-members",
            shows="pre-vote, vote, heartbeat and the end of a lease, in time",
            size=2,
            pre_vote=True,
            states=503,
            transitions=2151,
        ),
        Instance(
            name="three-members",
            shows="a quorum that is not everybody; answers that extend a lease",
            terms=1,
            pre_vote=True,
            states=1912,
            transitions=13573,
        ),
        Instance(
            name="timeless",
            shows="the same without time: a promise or a lease may end at any moment",
            terms=1,
            timed=False,
            pre_vote=True,
            states=2941,
            transitions=20406,
        ),
        Instance(
            name="four-members",
            shows="a pre-vote that does not decide: three must agree, one of four cannot be reached",
            size=4,
            terms=1,
            timed=False,
            pre_vote=True,
            apart=_pairs("14", "23", "24", "34"),
            states=968,
            transitions=6450,
        ),
        Instance(
            name="handing-over",
            shows="resignation, with a successor or without, and renewal in place",
            size=2,
            terms=3,
            timed=False,
            resigning=2,
            states=4362,
            transitions=17637,
        ),
        Instance(
            name="observer",
            shows="one that follows and answers without a vote, beside two that lead and resign",
            size=3,
            terms=2,
            patient=2,
            observing=1,
            resigning=1,
            states=10332,
            transitions=51947,
        ),
        Instance(
            name="crashes",
            shows="crash, restart with a record, a broken connection that is trusted, resignation",
            size=2,
            pre_vote=True,
            trusts=True,
            crashing=2,
            resigning=2,
            states=5149,
            transitions=26611,
        ),
        Instance(
            name="renewal",
            shows="a lease goes on in a higher term; a connection is wrongly trusted to prove a death",
            size=2,
            terms=3,
            patient=2,
            trusts=True,
            breaks=True,
            states=6173,
            transitions=25661,
        ),
        Instance(
            name="lost-records",
            shows="crash and restart without a record: a silent wait, and a term from the wall clock",
            size=2,
            recorded=False,
            crashing=2,
            states=1369,
            transitions=5287,
        ),
        Instance(
            name="two-lengths",
            shows="promises of one tick and of two, with crash and resignation",
            terms=1,
            patient=2,
            crashing=1,
            resigning=1,
            states=6167,
            transitions=32349,
        ),
        Instance(
            name="two-terms",
            shows="one leader after the other, in time",
            states=20050,
            transitions=116998,
        ),
        Instance(
            name="two-terms-timeless",
            shows="the same without time",
            tier=Tier.FULL,
            timed=False,
            states=50320,
            transitions=355344,
        ),
        Instance(
            name="everything",
            shows="whatever can happen in one term, to any of three",
            tier=Tier.FULL,
            terms=1,
            pre_vote=True,
            crashing=3,
            resigning=3,
            states=40074,
            transitions=322296,
        ),
        Instance(
            name="handing-over-in-time",
            shows="a successor named or none, and a third that has heard of it or has not",
            tier=Tier.FULL,
            resigning=1,
            states=54306,
            transitions=352086,
        ),
        Instance(
            name="lost-records-of-three",
            shows="one of three starts anew beside a leader",
            tier=Tier.FULL,
            recorded=False,
            crashing=1,
            states=36990,
            transitions=223134,
        ),
        Instance(
            name="renewal-in-time",
            shows="a leader goes on above a higher term while its lease lasts; two never hear each other",
            tier=Tier.DEEP,
            terms=3,
            apart=_pairs("23"),
            states=150112,
            transitions=955161,
        ),
    )
}


def selected(tier: Tier, *, only: bool = False) -> list[Instance]:
    """The instances of ``tier`` and, unless that ``only`` is asked for, of those before it."""
    return [
        instance
        for instance in INSTANCES.values()
        if tier.includes(instance.tier) and (instance.tier is tier or not only)
    ]
