"""Bugs in the core that break no claim within a few runs: each is found by the exact comparison of an instance."""

from dataclasses import replace
from typing import Final

from leader.protocol.actions import ActionResult
from leader.protocol.effects import Effect, Persist
from leader.protocol.quorum import is_quorum
from leader.protocol.state import Candidate, Leader, Renewing, State
from leader.protocol.vocabulary import Instant, Moment, after
from stateful_tests.mutants.loader import bug, holds

FAR: Final = Instant(1 << 62)


def _without_a_timer(result: ActionResult) -> ActionResult:
    role = result.state.role
    if not isinstance(role, Candidate):
        return result
    return replace(result, state=replace(result.state, role=replace(role, deadline=FAR)))


def _stretched(result: ActionResult, moment: Moment) -> ActionResult:
    role, state = result.state.role, result.state
    if not isinstance(role, Renewing):
        return result
    longer = replace(role, lease_until=after(moment.now, state.settings.timing.promise))
    return replace(result, state=replace(state, role=longer))


def _leads(_: object, state: State, *__: object) -> bool:
    return isinstance(state.role, Leader | Renewing)


def _record_last(effects: tuple[Effect, ...]) -> list[Effect]:
    return sorted(effects, key=lambda effect: isinstance(effect, Persist))


COMPARED: Final = (
    bug(
        "candidate_does_not_arm_its_timer",
        "there is no election after a split vote",
        {
            "voting.become_candidate": lambda original, *arguments: _without_a_timer(
                original(*arguments)
            )
        },
        instance="two-members",
    ),
    bug(
        "candidate_is_never_due",
        "there is no election after a split vote",
        {
            "step._due_for_non_leader": lambda original, state, role: (
                [] if isinstance(role, Candidate) else original(state, role)
            )
        },
        instance="two-members",
    ),
    bug(
        "pre_vote_in_spite_of_a_promise",
        "a leader is disturbed while its lease lasts",
        holds("pre_voting.handle_pre_vote_request", "is_free_to_vote_for"),
        instance="two-members",
    ),
    bug(
        "pre_vote_for_its_own_term",
        "a member campaigns though it cannot win",
        {
            "pre_voting.handle_pre_vote_request/is_higher_term": lambda _, state, term: (
                term >= state.term
            )
        },
        instance="two-members",
    ),
    bug(
        "pre_vote_of_an_earlier_round",
        "a member that was away disturbs a leader",
        holds("pre_voting.handle_pre_vote_granted", "is_of_this_round"),
        instance="two-members",
    ),
    bug(
        "vote_for_an_older_membership",
        "a member that missed the last leader is elected",
        holds("voting.handle_vote_request", "is_not_older"),
        instance="handing-over",
    ),
    bug(
        "votes_that_back_nothing_any_more",
        "a leader is elected whose lease is over already",
        {
            "lease.quorum_stands": lambda _, backing, state, __: is_quorum(
                {grant.member for grant in backing}, state.voters
            )
        },
        instance="two-members",
    ),
    bug(
        "vote_of_an_earlier_term",
        "a candidate counts a vote for its former candidacy",
        holds("voting.handle_vote_granted", "is_own_term"),
        instance="two-members",
    ),
    bug(
        "answer_to_an_earlier_term",
        "a lease rests on promises that were made to a former leadership",
        holds("leading.handle_heartbeat_ack", "is_own_term"),
        instance="two-members",
    ),
    bug(
        "heartbeat_after_the_lease",
        "a leader whose lease is over sends heartbeats before it steps down",
        {
            "step.due_actions": lambda original, state: original(state)[
                :: -1 if isinstance(state.role, Leader) else 1
            ],
            **holds("leading.send_heartbeat", "acts"),
        },
        instance="two-members",
    ),
    bug(
        "renewal_after_the_lease",
        "a leader goes on though another member may act",
        {"refusals.acts": _leads},
        instance="two-members",
    ),
    bug(
        "renewal_stretches_the_lease",
        "a renewing leader acts longer than it was promised",
        {
            "voting.become_candidate": lambda original, *arguments: _stretched(
                original(*arguments), arguments[-1]
            )
        },
        instance="renewal",
    ),
    bug(
        "resignation_of_an_earlier_term",
        "a promise to a later leadership is broken",
        holds("departures.handle_resigned", "is_not_lower_term"),
        instance="handing-over",
    ),
    bug(
        "successor_of_another_term",
        "a successor campaigns beside a newer leader",
        holds("departures.handle_resigned", "is_own_term"),
        instance="two-lengths",
    ),
    bug(
        "successor_that_owes_a_promise",
        "a promise of the former life is broken",
        holds("departures.handle_resigned", "is_free_to_vote_for"),
        instance="crashes",
    ),
    bug(
        "observer_asks_for_votes",
        "a member without a vote is elected",
        {
            **holds("step._due_for_non_leader", "is_voter"),
            **holds("pre_voting.start_pre_vote", "is_voter"),
        },
        instance="observer",
    ),
    bug(
        "observer_keeps_a_silent_leader",
        "an application waits for a leader that is gone",
        {
            "step._due_for_non_leader": lambda original, state, role: (
                original(state, role) if state.member in state.voters else []
            )
        },
        instance="observer",
    ),
    bug(
        "heartbeats_for_voters_only",
        "an observer never learns who leads",
        {
            "leading.send_heartbeat/observers_due": lambda *_: frozenset(),
        },
        instance="observer",
    ),
    bug(
        "hears_everybody",
        "a leader renews for the term of an observer, and counts its answers",
        {"admission.hears": lambda *_: True},
        instance="observer",
    ),
    bug(
        "any_broken_connection_trusted",
        "a promise to a living leader is released",
        holds("departures.peer_down", "trusts_disconnect"),
        instance="two-members",
    ),
    bug(
        "vote_before_its_record",
        "a vote is forgotten in a crash and given a second time",
        {"news.effects_of": lambda original, *states: tuple(_record_last(original(*states)))},
        instance="two-members",
    ),
)
