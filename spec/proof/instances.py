"""The instances in which the proof's actions are compared with TLC's, and how large they are.

Knows no action. The idea: together they take every action in every case, few members at a time. With
`slack`, a lease outlasts its promise: so the two lengths are told apart, and a leader meets a term
that somebody reached while it still acts. Nothing is claimed of these instances but their steps.
"""

from spec.proof.instance import Instance

_ONE, _BOTH, _THREE = (frozenset(range(size)) for size in (1, 2, 3))
_SECOND, _THIRD = frozenset({1}), frozenset({2})

INSTANCES = (
    Instance(
        name="alone",
        size=1,
        recorded=_ONE,
        crashes=_ONE,
        resigns=_ONE,
        states=36,
        transitions=98,
    ),
    Instance(
        name="patience",
        highest_term=1,
        slack=1,
        patient=_SECOND,
        crashes=_BOTH,
        resigns=_ONE,
        states=737,
        transitions=2464,
    ),
    Instance(
        name="two",
        recorded=_ONE,
        crashes=_BOTH,
        resigns=_BOTH,
        trust_disconnect=True,
        states=3235,
        transitions=14092,
    ),
    Instance(
        name="two, renewing",
        highest_term=3,
        slack=1,
        crashes=_SECOND,
        states=8835,
        transitions=38052,
    ),
    Instance(
        name="two, giving way",
        slack=1,
        renew_in_place=False,
        crashes=_SECOND,
        states=1449,
        transitions=5419,
    ),
    Instance(
        name="three",
        size=3,
        highest_term=1,
        recorded=_ONE,
        crashes=_BOTH,
        resigns=_THIRD,
        states=3419,
        transitions=18619,
    ),
)

# A few minutes more.
THOROUGH = (
    *INSTANCES,
    Instance(
        name="two, renewing twice",
        highest_term=4,
        slack=1,
        crashes=_SECOND,
        states=45867,
        transitions=221552,
    ),
    Instance(
        name="three, two terms",
        size=3,
        recorded=_THREE,
        states=20050,
        transitions=116998,
    ),
)
