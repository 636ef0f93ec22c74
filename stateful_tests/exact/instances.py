"""The instances in which the core is compared with the specification: bounds and pinned sizes.

Knows no rule. Each action of the specification is in the smallest instance in which it matters.
"""

from typing import Final

from spec.comparison.instance import NO_MEMBER, Instance, members
from spec.models import Tier

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
            shows="a quorum that is not every member; answers that extend a lease",
            highest_term=1,
            pre_vote=True,
            states=1912,
            transitions=13573,
        ),
        Instance(
            name="timeless",
            shows="the same without time: a promise or a lease may end at any moment",
            highest_term=1,
            timed=False,
            pre_vote=True,
            states=2941,
            transitions=20406,
        ),
        Instance(
            name="four-members",
            shows="a pre-vote that does not decide: three must agree, one of four cannot be reached",
            size=4,
            highest_term=1,
            timed=False,
            pre_vote=True,
            apart=(members("14"), members("23"), members("24"), members("34")),
            states=968,
            transitions=6450,
        ),
        Instance(
            name="handing-over",
            shows="resignation, with a successor or without, and renewal in place",
            size=2,
            highest_term=3,
            timed=False,
            resigning=members("12"),
            states=4362,
            transitions=17637,
        ),
        Instance(
            name="observer",
            shows="a member without a vote that follows and answers, beside two that lead and resign",
            patient=members("23"),
            observing=members("3"),
            resigning=members("1"),
            states=10332,
            transitions=51947,
        ),
        Instance(
            name="crashes",
            shows="crash, restart with a record, a broken connection that is trusted, resignation",
            size=2,
            pre_vote=True,
            trusts=True,
            crashing=members("12"),
            resigning=members("12"),
            states=5149,
            transitions=26611,
        ),
        Instance(
            name="renewal",
            shows="a lease goes on in a higher term; a connection is wrongly trusted to prove a death",
            size=2,
            highest_term=3,
            patient=members("12"),
            trusts=True,
            breaks=True,
            states=6173,
            transitions=25661,
        ),
        Instance(
            name="lost-records",
            shows="crash and restart without a record: a silent wait, and a term from the wall clock",
            size=2,
            recorded=NO_MEMBER,
            crashing=members("12"),
            states=1369,
            transitions=5287,
        ),
        Instance(
            name="two-lengths",
            shows="promises of one tick and of two, with crash and resignation",
            highest_term=1,
            patient=members("23"),
            crashing=members("1"),
            resigning=members("1"),
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
            highest_term=1,
            pre_vote=True,
            crashing=members("123"),
            resigning=members("123"),
            states=40074,
            transitions=322296,
        ),
        Instance(
            name="handing-over-in-time",
            shows="a resignation, with a successor or without, of which a third member may not hear",
            tier=Tier.FULL,
            resigning=members("1"),
            states=54306,
            transitions=352086,
        ),
        Instance(
            name="lost-records-of-three",
            shows="one of three starts without a record beside a leader",
            tier=Tier.FULL,
            recorded=NO_MEMBER,
            crashing=members("1"),
            states=36990,
            transitions=223134,
        ),
        Instance(
            name="renewal-in-time",
            shows="a leader goes on above a higher term while its lease lasts; two never hear each other",
            tier=Tier.DEEP,
            highest_term=3,
            apart=(members("23"),),
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
