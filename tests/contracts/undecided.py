"""Contracts that CrossHair does not decide, because it can hash or quote only one value at a time.

Each is tried for a short time in case it is false. The tests of the modules show more, and for the
lease a twin on integers does.
"""

from leader.protocol.lease import answered, backed_by_quorum_until
from leader.protocol.state import LeaseGrant
from leader.protocol.vocabulary import Duration, Instant
from runtime.durable_file import file_name
from tests.contracts.durations import timing
from tests.contracts.votes import A, B, C


def a_lease_of_answers_rests_on_two(a: int, b: int, c: int, x: int, y: int, z: int) -> bool:
    """While a lease of three members lasts, two of them are bound: the contract on integers, with answers.

    pre: min(a, b, c, x, y, z) >= 0
    post: _
    """
    ends = {A: a + x, B: b + y, C: c + z}
    backing = frozenset(
        LeaseGrant(member=member, sent=Instant(sent), promise=Duration(promise))
        for member, sent, promise in ((A, a, x), (B, b, y), (C, c, z))
    )
    until = backed_by_quorum_until(backing, (A, B, C), timing(drift=10_000))
    return until is not None and sum(until <= end for end in ends.values()) >= 2


def an_answer_never_shortens(known: int, sent: int, promise: int) -> bool:
    """Of two answers of one voter the one that lasts longer is kept.

    pre: min(known, sent, promise) >= 0
    post: _
    """
    first = LeaseGrant(member=A, sent=Instant(known), promise=Duration(150))
    second = LeaseGrant(member=A, sent=Instant(sent), promise=Duration(promise))
    [kept] = answered(frozenset({first}), second, timing())
    return kept.sent + kept.promise == max(known + 150, sent + promise)


def two_names_have_two_files(one: str, other: str) -> bool:
    """No two members write to the same file.

    pre: 0 < len(one) <= 3
    pre: 0 < len(other) <= 3
    pre: one.isascii() and other.isascii()
    post: _
    """
    return (file_name("member", one) == file_name("member", other)) == (one == other)
