"""``to_spec``: what each state and message of the core is in the specification. Total.

Adds to a member's trace, which uses the specification's names, what no trace tells: a member that is
down. ``normal_form`` has removed what the specification does not have; instants become ticks here.
"""

from collections.abc import Sequence

from leader.election.trace import letter, view
from spec.comparison.spec_states import SpecMember, SpecMessage, at_rest
from spec.comparison.traced import traced_member, traced_message
from stateful_tests.exact.normal_form import (
    NOW,
    TICK,
    AnyRefusal,
    DownMember,
    InFlight,
    Local,
    term_of,
)


def member_to_spec(local: Local, members: Sequence[str]) -> SpecMember:
    """What ``local`` is, as one of ``members``."""
    if isinstance(local, DownMember):
        return _down(local, len(members))
    return traced_member(local.member, view(local, NOW), members, TICK)


def message_to_spec(in_flight: InFlight) -> SpecMessage:
    """What a message in flight is; one that the specification does not have keeps its own kind."""
    source, to, message = in_flight
    if isinstance(message, AnyRefusal):
        return SpecMessage(kind="Refused", sender=source, to=to, term=message.term)
    told = letter(message, to)
    if told is None:
        kind = type(message).__name__
        return SpecMessage(kind=kind, sender=source, to=to, term=term_of(message))
    age = 0 if told.sent is None else (NOW - told.sent) // TICK
    return traced_message(told, age)


def _down(down: DownMember, size: int) -> SpecMember:
    record = down.record
    return at_rest(down.member, size)._replace(
        role="down",
        term=down.floor if record is None else record.term,
        stamp=0 if record is None else record.membership.term,
        promise=(None, max(0, down.silent_until - NOW) // TICK),
    )
