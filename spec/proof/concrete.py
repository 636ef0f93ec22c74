"""States of a few members, and what Election.tla forgets of them.

Knows the variables, and no action. The idea: now is always 0. What is over is 0 and a message sent
some ticks ago has a negative instant; so time that passes makes new states only as long as it
matters. Of the messages, which the proof keeps for ever, those are kept that Election.tla keeps.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from spec.proof.state import MESSAGES

# Members are numbers, the last of them is nobody's; quorums are sets of members.
Row: TypeAlias = tuple[int, ...]
Rows: TypeAlias = frozenset[Row]


class Concrete(NamedTuple):
    """The variables that Election.tla has too, under the proof's names.

    A function is a tuple of its values, a relation a set of rows.
    """

    role: tuple[str, ...]
    term: tuple[int, ...]
    stamp: tuple[int, ...]
    leader: tuple[int, ...]
    backing: tuple[tuple[int, ...], ...]
    held: tuple[int, ...]
    promised_to: tuple[int, ...]
    promised_until: tuple[int, ...]
    vote_request: Rows
    vote_granted: Rows
    heartbeat: Rows
    heartbeat_ack: Rows
    refused: Rows
    resignation: Rows
    won: Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """How many ticks each member promises, and for how many a leader counts on it; nobody's are 0."""

    promises: tuple[int, ...]
    leases: tuple[int, ...]

    @property
    def nobody(self) -> int:
        """The number of the member that is none."""
        return len(self.promises) - 1


def beginning(size: int) -> Concrete:
    """So many members at rest; nothing has happened."""
    nobody = (size,) * (size + 1)
    zeros = (0,) * (size + 1)
    return Concrete(
        role=("follower",) * size + ("down",),
        term=zeros,
        stamp=zeros,
        leader=nobody,
        backing=(zeros,) * (size + 1),
        held=zeros,
        promised_to=nobody,
        promised_until=zeros,
        won=frozenset(),
        **dict.fromkeys(MESSAGES, frozenset()),
    )


def settled(after: Concrete, sent: Mapping[str, Rows], now: int, lengths: Lengths) -> Concrete:
    """The state with these messages sent and `now` as its 0, without what is over or forgotten."""
    until = tuple(_left(end, now) for end in after.promised_until)
    s = after._replace(
        backing=tuple(tuple(_left(end, now) for end in ends) for ends in after.backing),
        held=tuple(_left(end, now) for end in after.held),
        promised_until=until,
        promised_to=tuple(
            to if left else lengths.nobody
            for to, left in zip(after.promised_to, until, strict=True)
        ),
    )
    messages: dict[str, Any] = {
        kind: frozenset(
            row
            for row in _aged(kind, _newest(getattr(after, kind), sent[kind]), now, lengths)
            if _may_arrive(row, kind, lengths) and _MATTERS[kind](s, lengths, *row)
        )
        for kind in MESSAGES
    }
    return s._replace(**messages)


def _left(end: int, now: int) -> int:
    return max(0, end - now)


def _newest(rows: Rows, sent: Rows) -> Rows:
    """Newer: of two messages of one kind, way and term the one sent last is kept."""
    ways = {row[:3] for row in sent}
    return sent | {row for row in rows if row[:3] not in ways}


def _aged(kind: str, rows: Rows, now: int, lengths: Lengths) -> Rows:
    """Older: ages are counted up to where every lease is over."""
    if not now or "sent" not in MESSAGES[kind]:
        return rows
    column = list(MESSAGES[kind]).index("sent")
    oldest = -max(lengths.leases)
    return frozenset(
        (*row[:column], max(oldest, row[column] - now), *row[column + 1 :]) for row in rows
    )


def _may_arrive(row: Row, kind: str, lengths: Lengths) -> bool:
    return row[list(MESSAGES[kind]).index("recipient")] != lengths.nobody


def _asks(s: Concrete, m: int) -> bool:
    return s.role[m] in ("candidate", "renewing")


def _request_matters(s: Concrete, _: Lengths, m: int, v: int, t: int, *rest: int) -> bool:
    return t > s.term[v] or (_asks(s, m) and t == s.term[m])


def _grant_matters(s: Concrete, lengths: Lengths, v: int, m: int, t: int, sent: int) -> bool:
    counts = (_asks(s, m) or s.role[m] == "leader") and t == s.term[m]
    return counts and sent + lengths.leases[v] > s.backing[m][v]


def _heartbeat_matters(s: Concrete, _: Lengths, m: int, v: int, t: int, sent: int) -> bool:
    return t >= s.term[v] or (s.role[m] == "leader" and t == s.term[m])


def _ack_matters(s: Concrete, lengths: Lengths, v: int, m: int, t: int, sent: int) -> bool:
    return s.role[m] == "leader" and t == s.term[m] and sent + lengths.leases[v] > s.backing[m][v]


def _refusal_matters(s: Concrete, _: Lengths, m: int, t: int) -> bool:
    return t > s.term[m]


def _resignation_matters(s: Concrete, _: Lengths, m: int, v: int, t: int, successor: int) -> bool:
    return t >= s.term[v]


# Matters, case by case.
_MATTERS: Mapping[str, Callable[..., Any]] = {
    "vote_request": _request_matters,
    "vote_granted": _grant_matters,
    "heartbeat": _heartbeat_matters,
    "heartbeat_ack": _ack_matters,
    "refused": _refusal_matters,
    "resignation": _resignation_matters,
}
