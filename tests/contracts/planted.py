"""A planted bug for the functions under contract, and the contracts that it breaks.

A copy of the package is patched, in a folder of its own; the contracts are asked about it as they are.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from stateful_tests.mutants.loader import QUOTATION, Patch
from tests.contracts.verdicts import ROOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A bug, and one contract at least that has to fall."""

    patch: Patch
    breaks: tuple[str, ...]


def _bug(module: str, old: str, new: str, *breaks: str) -> Planted:
    return Planted(patch=Patch(module=module, old=old, new=new), breaks=breaks)


PLANTED: Final = {
    "half_is_a_quorum": _bug(
        "quorum",
        "return voters // 2 + 1",
        "return (voters + 1) // 2",
        "two_quorums_are_too_many_to_part",
        "a_quorum_is_more_than_half",
        "fewer_than_a_quorum_reach_nothing",
    ),
    "half_may_elect": _bug(
        "quorum", "> len(voters)", ">= len(voters)", "a_quorum_of_six_leaves_none_to_the_others"
    ),
    "one_less_than_a_quorum": _bug(
        "quorum",
        "descending[size - 1]",
        "descending[size - 2]",
        "a_quorum_of_four_reaches_the_third_greatest",
    ),
    "only_one_clock_drifts": _bug(
        "timing",
        "// (MILLION + self.max_clock_drift)",
        "// (MILLION * 1)",
        "a_lease_ends_before_its_promise",
    ),
    "drift_counted_twice": _bug(
        "timing",
        "promise * (MILLION - self.max_clock_drift)",
        "promise * (MILLION - 2 * self.max_clock_drift)",
        "a_lease_gives_nothing_away",
    ),
    "chance_reaches_the_longest_wait": _bug(
        "timing", "span * jitter //", "span * (jitter + 1) //", "a_wait_is_between_the_timeouts"
    ),
    "two_heartbeats_in_a_promise": _bug(
        "timing", "shortest_promise // 3", "shortest_promise // 2", "heartbeats_are_in_time"
    ),
    "a_membership_is_older_than_itself": _bug(
        "membership",
        "(self.term, self.version) < (other.term, other.version)",
        "(self.term, self.version) <= (other.term, other.version)",
        "replacing_is_a_strict_order",
        "of_two_one_is_older",
    ),
    "a_changed_list_contradicts": _bug(
        "membership",
        "self.version == other.version == 0",
        "self.version == 0",
        "a_contradiction_is_mutual",
    ),
    "votes_again_in_its_own_term": _bug(
        "voting",
        "and message.term > state.term\n        and (not",
        "and message.term >= state.term\n        and (not",
        "a_vote_moves_and_binds",
    ),
    "promise_ignored_in_a_vote": _bug(
        "voting",
        "and (not promised_to_another(state, message.sender, now) or _released_for(state, message))",
        "and True",
        "a_vote_moves_and_binds",
        "no_two_votes_in_one_term",
    ),
    "an_old_resignation_releases": _bug(
        "voting",
        "        and state.term <= resignation.term\n",
        "",
        "a_resignation_releases_its_own_promise_only",
    ),
    "a_promise_is_cut_short": _bug(
        "voting", "until = max(until, owed.until)", "until += 0", "no_promise_is_cut_short"
    ),
    "follows_a_lower_term": _bug(
        "leading",
        "if message.term < state.term:\n        refused",
        "if False:\n        refused",
        "a_heartbeat_is_followed_or_refused",
    ),
    "any_resignation_releases": _bug(
        "leading",
        "released = owes and _promised(state, message.sender)",
        "released = owes",
        "who_resigns_releases_no_other",
    ),
    "the_latest_answer_counts": _bug(
        "quorum", "descending[size - 1]", "descending[0]", "a_lease_of_three_rests_on_two"
    ),
    "a_lease_wraps_around": _bug(
        "timing",
        "// (MILLION + self.max_clock_drift)",
        "// (MILLION + self.max_clock_drift) % MILLION",
        "a_longer_promise_is_no_shorter_lease",
    ),
    "a_failover_without_the_last_voter": _bug(
        "timing", "max(0, voters - 2)", "max(0, voters - 3)", "a_failover_outlasts_the_promise"
    ),
    "a_leader_does_not_stamp": _bug(
        "membership",
        "return Membership(term=term,",
        "return Membership(term=self.term,",
        "a_later_leader_hands_on_what_is_newer",
    ),
    "a_pre_vote_releases": _bug(
        "voting",
        "after_granting_pre_vote(state, message.sender, moment),",
        "replace(after_granting_pre_vote(state, message.sender, moment), promise=None),",
        "a_pre_vote_binds_to_nothing",
    ),
    "a_refusal_teaches_nothing": _bug(
        "leading",
        "update_term(state, message.term, moment)",
        "update_term(state, state.term, moment)",
        "a_refusal_teaches_a_term_only",
    ),
    "record_forgets_a_longer_promise": _bug(
        "start",
        "promise=max(record.promise, settings.timing.promise)",
        "promise=settings.timing.promise",
        "a_restart_owes_what_was_recorded",
    ),
}


def plant(patch: Patch, folder: Path) -> None:
    """The package in ``folder``, with the patch applied; ValueError if it does not fit."""
    shutil.copytree(
        ROOT / "leader", folder / "leader", ignore=shutil.ignore_patterns("__pycache__")
    )
    path = folder / "leader" / "protocol" / f"{patch.module}.py"
    path.write_text(patch.applied_to(QUOTATION.sub("", path.read_text())))
