"""How a step is written into a transcript: time, member, event, action, effects.

A record is written as its term and the stamp of its membership. A recipient in parentheses does not
get the message.
"""

from collections.abc import Collection, Iterable
from textwrap import wrap
from typing import assert_never

from leader.protocol.effects import (
    AnnounceFollowing,
    AnnounceLeading,
    AnnounceTerm,
    Effect,
    Ignored,
    Persist,
    ReportRefusal,
    Send,
)
from leader.protocol.events import (
    ActingStopped,
    Event,
    ObserverCameUp,
    PeerWentDown,
    Received,
    ResignationAsked,
    Woke,
)
from leader.protocol.messages import MembershipContradicted, Message, Resigned, VoteRequest
from leader.protocol.transition import Transition
from leader.protocol.vocabulary import Instant, MemberId

WIDTH = 118
UNBREAKABLE = "\N{NO-BREAK SPACE}"


def columns(now: str, who: str, event: str, action: str, effects: str) -> str:
    """One step; effects that do not fit are continued on the next line."""
    margin = f"{now:>8}  {who:<3}  {event:<26} {action:<20}  "
    first, *more = wrap(effects, WIDTH - len(margin))
    lines = [margin + first, *(" " * len(margin) + line for line in more)]
    return "\n".join(lines).replace(UNBREAKABLE, " ")


HEADING = columns("ms", "who", "event", "action", "effects")


def line_of(
    now: Instant, who: MemberId, event: Event, step: Transition, lost_to: Collection[MemberId]
) -> str:
    """One step; its messages do not reach the members in ``lost_to``."""
    action = "-" if step.action is None else step.action
    texts = [text.replace(" ", UNBREAKABLE) for text in effects_of(step.effects, lost_to)]
    effects = "; ".join(texts) or "-"
    return columns(milliseconds(now), who, event_of(event), action, effects)


def note_of(now: Instant, text: str) -> str:
    """A line about what happens to the members, or which members there are."""
    return f"{milliseconds(now):>8}  ---  {text}"


def milliseconds(now: Instant) -> str:
    return f"{now / 1_000_000:.3f}"


def event_of(event: Event) -> str:
    match event:
        case Woke():
            return "woke"
        case Received(message=message):
            return f"{name_of(message)} from {message.sender}"
        case PeerWentDown(peer=peer):
            return f"connection to {peer} broke"
        case ObserverCameUp(observer=observer):
            return f"{observer} takes part without a vote"
        case ActingStopped():
            return "told to stop acting"
        case ResignationAsked(successor=None):
            return "asked to resign"
        case ResignationAsked(successor=successor):
            return f"asked to resign for {successor}"
        case _:
            assert_never(event)


def name_of(message: Message) -> str:
    """The kind of a message and its term."""
    if isinstance(message, MembershipContradicted):
        return type(message).__name__
    return f"{type(message).__name__} {message.term}"


def effects_of(effects: Iterable[Effect], lost_to: Collection[MemberId]) -> list[str]:
    """One text for each effect, but a message to several members is written once."""
    texts: list[str] = []
    for effect in effects:
        text = effect_of(effect)
        if not isinstance(effect, Send):
            texts.append(text)
            continue
        recipient = f"({effect.to})" if effect.to in lost_to else effect.to
        if texts and texts[-1].startswith(text):
            texts[-1] += f" {recipient}"
        else:
            texts.append(f"{text} {recipient}")
    return texts


def effect_of(effect: Effect) -> str:
    match effect:
        case Persist(durable=durable):
            return f"record {durable.term}/{durable.membership.term}"
        case Send(message=message):
            return f"{name_of(message)}{detail_of(message)} to"
        case AnnounceLeading(term=term):
            return f"LEADS, token {term}"
        case AnnounceFollowing(leader=None):
            return "no leader"
        case AnnounceFollowing(leader=leader):
            return f"follows {leader}"
        case AnnounceTerm(old=old, new=new):
            return f"term {old} -> {new}"
        case ReportRefusal(reason=reason):
            return f"because {reason}"
        case Ignored(why=why):
            return f"ignored: {why}"
        case _:
            assert_never(effect)


def detail_of(message: Message) -> str:
    """What a reader needs to know of a message besides its kind and term."""
    match message:
        case Resigned(successor=successor) if successor is not None:
            return f", for {successor},"
        case VoteRequest(resignation=resignation) if resignation is not None:
            return f", since {resignation.leader} resigned,"
        case _:
            return ""
