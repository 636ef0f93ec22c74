"""The instances in which the proof's actions are compared with TLC's, and how large they are.

Knows no action. Together they take every action in every case, few members at a time. With
`long_leases`, a lease outlasts its promise: so the two lengths are told apart, and a leader meets a
term that another member reached while it still acts. Of these instances only the steps are claimed.
"""

from spec.comparison.instance import ALL_MEMBERS, NO_MEMBER, Instance, members

INSTANCES = (
    Instance(
        name="alone",
        size=1,
        crashing=members("1"),
        resigning=members("1"),
        states=36,
        transitions=98,
    ),
    Instance(
        name="patience",
        size=2,
        highest_term=1,
        long_leases=True,
        patient=members("2"),
        recorded=NO_MEMBER,
        crashing=members("12"),
        resigning=members("1"),
        states=737,
        transitions=2464,
    ),
    Instance(
        name="two",
        size=2,
        recorded=members("1"),
        crashing=members("12"),
        resigning=members("12"),
        trusts=True,
        states=3235,
        transitions=14092,
    ),
    Instance(
        name="two, renewing",
        size=2,
        highest_term=3,
        long_leases=True,
        recorded=NO_MEMBER,
        crashing=members("2"),
        states=8835,
        transitions=38052,
    ),
    Instance(
        name="two, giving way",
        size=2,
        long_leases=True,
        renew_in_place=False,
        recorded=NO_MEMBER,
        crashing=members("2"),
        states=1449,
        transitions=5419,
    ),
    Instance(
        name="three",
        highest_term=1,
        recorded=members("1"),
        crashing=members("12"),
        resigning=members("3"),
        states=3419,
        transitions=18619,
    ),
)

# A few minutes more.
THOROUGH = (
    *INSTANCES,
    Instance(
        name="two, renewing twice",
        size=2,
        highest_term=4,
        long_leases=True,
        recorded=NO_MEMBER,
        crashing=members("2"),
        states=45867,
        transitions=221552,
    ),
    Instance(
        name="three, two terms",
        recorded=ALL_MEMBERS,
        states=20050,
        transitions=116998,
    ),
)
