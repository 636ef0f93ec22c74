"""Planted bugs in the functions under contract, each with the contracts that it breaks.

``python -m tests.contracts.planted BUG ...`` plants one in its own process and asks CrossHair there,
with the rest of the command line; the contracts are asked as they are.
"""

import importlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from crosshair.main import main

from leader.protocol.actions import ActionResult, NoAction
from leader.protocol.timing import MILLION
from stateful_tests.mutants.core_bugs import MUTANTS, OF_PROMISES
from stateful_tests.mutants.loader import Planted, Replacement

SHARED: Final = {mutant.name: mutant.replacements for mutant in (*MUTANTS, *OF_PROMISES)}
"""Bugs that other checks are to find too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuted:
    """A bug, and the contracts that CrossHair must refute with it: at least one."""

    replacements: tuple[Replacement, ...]
    breaks: tuple[str, ...]


def _breaks(*contracts: str, where: str, planted: Planted) -> Refuted:
    return Refuted(replacements=(Replacement(where=where, planted=planted),), breaks=contracts)


def _shared(name: str, *contracts: str) -> Refuted:
    return Refuted(replacements=SHARED[name], breaks=contracts)


def _releasing(result: ActionResult | NoAction) -> ActionResult | NoAction:
    return replace(result, state=replace(result.state, promise=None))


PLANTED: Final[Mapping[str, Refuted]] = {
    "half_is_a_quorum": _breaks(
        "two_quorums_share_a_voter",
        "a_quorum_is_more_than_half",
        "fewer_values_than_a_quorum_reach_none",
        where="quorum.quorum_size",
        planted=lambda _, voters: (voters + 1) // 2,
    ),
    "half_may_elect": _breaks(
        "of_six_voters_no_two_disjoint_sets_are_quorums",
        where="quorum.is_quorum",
        planted=lambda _, votes, voters: (
            2 * sum(1 for voter in voters if voter in votes) >= len(voters)
        ),
    ),
    "one_less_than_a_quorum": _breaks(
        "a_quorum_of_four_reaches_the_third_greatest",
        where="quorum.reached_by_quorum",
        planted=lambda original, values, voters: original(values, voters - 1),
    ),
    "only_one_clock_drifts": _breaks(
        "a_lease_ends_before_its_promise",
        where="timing.Timing.lease",
        planted=lambda _, timing, promise: (
            promise * (MILLION - timing.max_clock_drift) // (MILLION * 1)
        ),
    ),
    "drift_counted_twice": _breaks(
        "a_lease_is_the_longest_that_is_safe",
        where="timing.Timing.lease",
        planted=lambda _, timing, promise: (
            promise * (MILLION - 2 * timing.max_clock_drift) // (MILLION + timing.max_clock_drift)
        ),
    ),
    "chance_reaches_the_longest_wait": _breaks(
        "a_wait_is_between_the_timeouts",
        where="timing.Timing.election_timeout",
        planted=lambda original, timing, jitter: original(timing, jitter + 1),
    ),
    "two_heartbeats_in_a_promise": _breaks(
        "heartbeats_are_in_time",
        where="timing.Timing.heartbeat_pace",
        planted=lambda _, timing, shortest: max(
            timing.stagger, min(timing.heartbeat_interval, shortest // 2)
        ),
    ),
    "a_membership_is_older_than_itself": _breaks(
        "replacing_is_a_strict_order",
        "one_of_two_memberships_is_older",
        where="membership.MembershipId.is_older_than",
        planted=lambda _, own, other: (own.term, own.version) <= (other.term, other.version),
    ),
    "a_changed_list_contradicts": _breaks(
        "a_contradiction_is_mutual",
        where="membership.MembershipId.contradicts",
        planted=lambda _, own, other: own.version == 0 and own.digest != other.digest,
    ),
    "votes_again_in_its_own_term": _shared("votes_again_in_its_own_term", "a_vote_moves_and_binds"),
    "promise_ignored_in_a_vote": _shared(
        "promise_ignored_in_a_vote", "a_vote_moves_and_binds", "no_two_votes_in_one_term"
    ),
    "an_old_resignation_releases": _breaks(
        "a_resignation_releases_its_own_promise_only",
        where="guards.is_released_for",
        planted=lambda _, state, request: (
            request.resignation is not None and state.promise.to == request.resignation.leader
        ),
    ),
    "a_promise_is_cut_short": _shared(
        "new_promise_cuts_the_old_one_short", "no_promise_is_cut_short"
    ),
    "follows_a_lower_term": _shared("follows_a_lower_term", "a_heartbeat_is_followed_or_refused"),
    "any_resignation_releases": _shared(
        "any_resignation_releases", "a_resignation_releases_only_promises_to_its_sender"
    ),
    "the_latest_answer_counts": _breaks(
        "a_lease_of_three_rests_on_two",
        where="quorum.reached_by_quorum",
        planted=lambda _, values, __: max(values),
    ),
    "a_lease_wraps_around": _breaks(
        "a_longer_promise_gives_no_shorter_lease",
        where="timing.Timing.lease",
        planted=lambda original, timing, promise: original(timing, promise) % MILLION,
    ),
    "a_failover_without_the_last_voter": _breaks(
        "a_failover_takes_at_least_a_promise",
        where="timing.Timing.worst_failover",
        planted=lambda original, timing, voters: original(timing, voters - 1),
    ),
    "a_leader_does_not_stamp": _breaks(
        "a_later_stamp_makes_a_membership_newer",
        where="membership.Membership.stamped",
        planted=lambda original, membership, _: original(membership, membership.term),
    ),
    "a_pre_vote_releases": _breaks(
        "a_pre_vote_binds_no_member",
        where="pre_voting.handle_pre_vote_request",
        planted=lambda original, *arguments: _releasing(original(*arguments)),
    ),
    "a_refusal_teaches_nothing": _breaks(
        "a_refusal_changes_only_the_term",
        where="refusals.handle_refusal",
        planted=lambda _, state, *__: NoAction(state),
    ),
    "record_forgets_a_longer_promise": _breaks(
        "a_restart_owes_the_recorded_promise",
        where="start._follower",
        planted=lambda original, settings, durable, *rest: original(
            settings, replace(durable, promise=settings.timing.promise), *rest
        ),
    ),
}


def plant(replacements: tuple[Replacement, ...]) -> None:
    """Replace functions in this process, in every module that has imported them.

    Raises:
        LookupError: there is no such function any more.
    """
    for replacement in replacements:
        module = importlib.import_module(f"leader.protocol.{replacement.module}")
        before = dict(vars(module))
        replacement.apply(vars(module))
        for name, original in before.items():
            if vars(module)[name] is not original:
                _replace_everywhere(original, vars(module)[name])


def _replace_everywhere(original: object, planted: object) -> None:
    for name in [each for each in sys.modules if each.startswith("leader.")]:
        namespace: dict[str, Any] = vars(sys.modules[name])
        namespace.update({key: planted for key in namespace if namespace[key] is original})


if __name__ == "__main__":
    plant(PLANTED[sys.argv[1]].replacements)
    main(sys.argv[2:])
