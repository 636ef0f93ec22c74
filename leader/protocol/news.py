"""Derives the effects of an action by comparing the states before and after it.

No action lists these effects itself, so an author of an action cannot leave one out.
"""

from leader.protocol.actions import ActionResult
from leader.protocol.effects import (
    AnnounceFollowing,
    AnnounceLeading,
    AnnounceTerm,
    Effect,
    Persist,
)
from leader.protocol.guards import is_voter
from leader.protocol.state import Leader, Renewing, State, leader_of, visible_term


def effects_of(before: State, result: ActionResult) -> tuple[Effect, ...]:
    """The record first, then messages, then what the application is told, then what is reported."""
    after = result.state
    # An observer owes no promise: it has no vote that it could give twice.
    owes = is_voter(before) or is_voter(after)
    changed = owes and after.durable != before.durable
    record: tuple[Effect, ...] = (Persist(after.durable),) if changed else ()
    report = () if result.refused is None else (result.refused,)
    return (*record, *result.messages, *announcements(before, after), *report)


def announcements(before: State, after: State) -> list[Effect]:
    """What the application has to be told: the term before the leader, so that it knows the token."""
    news: list[Effect] = []
    old, new = visible_term(before), visible_term(after)
    if old != new:
        news.append(AnnounceTerm(old=old, new=new))
    led = isinstance(before.role, Leader | Renewing)
    leads = isinstance(after.role, Leader | Renewing)
    if leads and not led:
        news.append(AnnounceLeading(new))
    elif not leads and (led or leader_of(before) != leader_of(after)):
        news.append(AnnounceFollowing(leader_of(after)))
    return news
