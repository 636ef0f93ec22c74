"""Bugs in the core that break a claim, or what a claim rests on, within a few runs.

``MUTANTS`` break the rules of this protocol, ``THE_ORIGINALS`` are rules of Ergo's leader actor that do
not keep its promises, ``OF_PROMISES`` are about promises, ``OF_THE_PAST`` was in this repository once.
A planted function is called with the original before its arguments.
"""

from dataclasses import replace
from typing import Final

from leader.protocol.actions import ActionResult, NoAction
from leader.protocol.state import Promise, State, leader_of
from leader.protocol.vocabulary import Duration, Instant, MemberId, Term, after
from stateful_tests.mutants.loader import Planted, bug, holds

FAR: Final = Instant(1 << 62)


def _old_promise(_: Planted, state: State, *__: object) -> Promise | None:
    return state.promise


def _without_voter(state: State, peer: MemberId) -> State:
    left = tuple(voter for voter in state.voters if voter != peer)
    membership = replace(state.durable.membership, voters=left)
    return replace(state, durable=replace(state.durable, membership=membership))


def _moved_to(result: ActionResult | NoAction, term: Term) -> ActionResult | NoAction:
    """What a granted request leads to, in ``term``; a refused one is left as it is."""
    if isinstance(result, NoAction) or result.refused is not None:
        return result
    durable = replace(result.state.durable, term=term)
    return replace(result, state=replace(result.state, durable=durable))


MUTANTS: Final = (
    bug(
        "votes_again_in_its_own_term",
        "two candidates win the same term",
        {"voting.handle_vote_request/is_higher_term": lambda _, state, term: term >= state.term},
    ),
    bug(
        "promise_ignored_in_a_vote",
        "a second leader is elected while the lease of the first one lasts",
        holds("voting.handle_vote_request", "is_free_to_vote_for"),
    ),
    bug(
        "lease_counted_from_receipt_of_an_answer",
        "a lease lasts longer than the promises that it rests on",
        {
            "leading.handle_heartbeat_ack": lambda original, state, message, moment: original(
                state, replace(message, sent=moment.now), moment
            )
        },
    ),
    bug(
        "half_is_a_quorum",
        "each half of four members elects a leader",
        {
            "quorum.is_quorum": lambda _, votes, voters: (
                2 * len({*votes} & {*voters}) >= len(voters)
            ),
            "quorum.quorum_size": lambda _, voters: (voters + 1) // 2,
        },
    ),
    bug(
        "no_wait_after_a_restart",
        "a promise of the former life is broken",
        {
            "start._follower": lambda original, settings, durable, _, moment: original(
                settings, durable, None, moment
            )
        },
    ),
    bug(
        "no_floor_without_a_record",
        "a member that lost its record votes twice in a term",
        {
            "start.start_without_record": lambda original, settings, membership, _, moment: (
                original(settings, membership, 0, moment)
            )
        },
    ),
    bug(
        "follows_a_lower_term",
        "a former leader is followed, and a second vote is given in a term",
        holds("leading.handle_heartbeat", "is_not_lower_term"),
    ),
    bug(
        "drift_of_clocks_ignored",
        "a lease on a slow clock lasts longer than promises on fast clocks",
        {"lease.expires_at": lambda _, grant, timing: after(grant.sent, grant.promise)},
    ),
    bug(
        "former_longer_promise_cut_short",
        "a shorter setting after a restart breaks the promise of the former life",
        {
            "start._follower": lambda original, settings, durable, owed, moment: original(
                settings,
                durable,
                owed and Promise(to=None, until=after(moment.now, settings.timing.promise)),
                moment,
            )
        },
    ),
    bug(
        "higher_term_deposes_a_live_leader",
        "a member that comes back with a higher term ends a healthy leadership",
        {"refusals.acts": lambda *_: False},
    ),
    bug(
        "lease_never_ends",
        "a leader that is cut off leads for ever beside the next one",
        {
            "lease.backed_by_quorum_until": lambda original, *backing: (
                None if original(*backing) is None else FAR
            )
        },
    ),
    bug(
        "follower_without_a_timer",
        "no member campaigns after the leader's death",
        {
            "step._due_for_non_leader": lambda original, state, role: (
                [] if leader_of(state) and state.member in state.voters else original(state, role)
            )
        },
    ),
)

THE_ORIGINALS: Final = (
    bug(
        "majority_of_those_it_has_met",
        "each member is a majority on its own, and all lead",
        {
            "quorum.is_quorum": lambda _, votes, __: bool(votes),
            "quorum.quorum_size": lambda *_: 1,
        },
    ),
    bug(
        "quorum_shrinks_with_its_connections",
        "each side of a partition elects",
        {
            "departures.peer_down": lambda original, state, peer, moment: original(
                _without_voter(state, peer), peer, moment
            )
        },
    ),
    bug(
        "vote_cleared_with_its_leader",
        "two votes in one term",
        {
            "voting.handle_vote_request/is_higher_term": lambda _, state, term: (
                term > state.term or (term == state.term and state.promise is None)
            )
        },
    ),
    bug(
        "nothing_remembered_over_a_restart",
        "two votes in one term",
        {
            "start.restart": lambda original, settings, record, moment: original(
                settings, replace(record, term=Term(0)), moment
            )
        },
    ),
    bug(
        "greeting_uses_up_a_vote",
        "a member that is asked for a pre-vote gives its vote, so no member is elected",
        {
            "pre_voting.handle_pre_vote_request": lambda original, state, message, moment: (
                _moved_to(original(state, message, moment), message.term)
            )
        },
    ),
    bug(
        "refusals_are_dropped",
        "a leader never learns the higher term of a member that has to follow it",
        {"refusals.handle_refusal": lambda _, state, *__: NoAction(state)},
    ),
)

OF_PROMISES: Final = (
    bug(
        "no_silence_without_a_record",
        "a promise of the former life is broken",
        {"start.silent_wait": lambda *_: Duration(0)},
    ),
    bug(
        "vote_without_a_promise",
        "a voter votes for another member while a lease still rests on its vote",
        {"voting.handle_vote_request/promise_to": _old_promise},
    ),
    bug(
        "answer_without_a_promise",
        "a follower votes for another member while a lease still rests on its answer",
        {"leading._follow/promise_to": _old_promise},
    ),
    bug(
        "candidate_that_does_not_promise_itself",
        "a candidate votes for another member while its own lease lasts",
        {"voting.become_candidate/promise_to": _old_promise},
    ),
    bug(
        "heartbeat_without_a_promise_to_itself",
        "a leader counts on its own vote for longer than it has promised it",
        {"leading.send_heartbeat/promise_to": _old_promise},
    ),
    bug(
        "new_promise_cuts_the_old_one_short",
        "a longer promise of a former life is forgotten at the first heartbeat",
        {
            "promises.promise_to": lambda original, state, member, now: original(
                replace(state, promise=None), member, now
            )
        },
    ),
    bug(
        "record_forgets_the_longer_promise",
        "a second restart does not wait for the promise that the first one still owed",
        {"promises.restart_wait": lambda _, state, __: state.settings.timing.promise},
    ),
    bug(
        "every_promise_taken_for_as_long_as_ones_own",
        "a lease counts on a promise for longer than it was given",
        {
            "leading.handle_heartbeat_ack": lambda original, state, message, moment: original(
                state, replace(message, promise=state.settings.timing.promise), moment
            )
        },
    ),
    bug(
        "any_resignation_releases",
        "a promise to a leader ends when another member resigns",
        holds("departures.handle_resigned", "is_promised_to"),
        instance="crashes",
    ),
    bug(
        "any_shown_resignation_releases",
        "a successor is elected beside a later leader",
        holds("guards.is_released_for", "is_promised_to"),
        instance="crashes",
    ),
    bug(
        "any_broken_connection_releases",
        "a promise to a leader ends when the process of another member does",
        holds("departures.peer_down", "is_promised_to"),
        instance="crashes",
    ),
    bug(
        "campaigns_in_spite_of_its_promise",
        "a voter campaigns against the leader that it has promised its vote",
        {
            "step.earliest_pre_vote": lambda _, __, deadline: deadline,
            **holds("pre_voting.start_pre_vote", "is_free_to_vote_for"),
        },
        instance="two-members",
    ),
    bug(
        "says_that_it_resigned_and_goes_on",
        "a successor is elected beside the leader that resigned",
        {
            "departures.resign/replace": lambda original, state, **changed: original(
                state, promise=None
            )
        },
    ),
    bug(
        "membership_without_a_stamp",
        "a new leader acts with an old token",
        {
            "voting.become_leader/next_record": lambda original, state, term, now, **_: original(
                state, term, now
            )
        },
    ),
)

OF_THE_PAST: Final = (
    bug(
        "gives_its_round_up_for_any_asker",
        "two members yield to each other again and again",
        {
            "pacing._outranks": lambda *_: False,
            "pre_voting.after_granting_pre_vote": lambda original, state, asker, moment: original(
                state, asker, replace(moment, jitter=0)
            ),
        },
    ),
)
