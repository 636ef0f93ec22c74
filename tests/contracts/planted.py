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


PLANTED: Final = {
    "half_is_a_quorum": Planted(
        patch=Patch(module="quorum", old="return voters // 2 + 1", new="return (voters + 1) // 2"),
        breaks=(
            "two_quorums_are_too_many_to_part",
            "a_quorum_is_more_than_half",
            "fewer_than_a_quorum_reach_nothing",
        ),
    ),
    "half_may_elect": Planted(
        patch=Patch(module="quorum", old="> len(voters)", new=">= len(voters)"),
        breaks=("a_quorum_of_six_leaves_none_to_the_others",),
    ),
    "one_less_than_a_quorum": Planted(
        patch=Patch(module="quorum", old="descending[size - 1]", new="descending[size - 2]"),
        breaks=("a_quorum_of_four_reaches_the_third_greatest",),
    ),
    "only_one_clock_drifts": Planted(
        patch=Patch(
            module="timing", old="// (MILLION + self.max_clock_drift)", new="// (MILLION * 1)"
        ),
        breaks=("a_lease_ends_before_its_promise",),
    ),
    "drift_counted_twice": Planted(
        patch=Patch(
            module="timing",
            old="promise * (MILLION - self.max_clock_drift)",
            new="promise * (MILLION - 2 * self.max_clock_drift)",
        ),
        breaks=("a_lease_gives_nothing_away",),
    ),
    "chance_reaches_the_longest_wait": Planted(
        patch=Patch(module="timing", old="span * jitter //", new="span * (jitter + 1) //"),
        breaks=("a_wait_is_between_the_timeouts",),
    ),
    "two_heartbeats_in_a_promise": Planted(
        patch=Patch(module="timing", old="shortest_promise // 3", new="shortest_promise // 2"),
        breaks=("heartbeats_are_in_time",),
    ),
    "a_membership_is_older_than_itself": Planted(
        patch=Patch(
            module="membership",
            old="(self.term, self.version) < (other.term, other.version)",
            new="(self.term, self.version) <= (other.term, other.version)",
        ),
        breaks=("replacing_is_a_strict_order", "of_two_one_is_older"),
    ),
    "a_changed_list_contradicts": Planted(
        patch=Patch(
            module="membership", old="self.version == other.version == 0", new="self.version == 0"
        ),
        breaks=("a_contradiction_is_mutual",),
    ),
    "votes_again_in_its_own_term": Planted(
        patch=Patch(
            module="voting",
            old="        message.term > state.term\n",
            new="        message.term >= state.term\n",
        ),
        breaks=("a_vote_moves_and_binds",),
    ),
    "promise_ignored_in_a_vote": Planted(
        patch=Patch(
            module="voting",
            old="and (not promised_to_another(state, message.sender, now) or _released_for(state, message))",
            new="and True",
        ),
        breaks=("a_vote_moves_and_binds", "no_two_votes_in_one_term"),
    ),
    "an_old_resignation_releases": Planted(
        patch=Patch(module="voting", old="        and state.term <= resignation.term\n", new=""),
        breaks=("a_resignation_releases_its_own_promise_only",),
    ),
    "a_promise_is_cut_short": Planted(
        patch=Patch(module="voting", old="until = max(until, owed.until)", new="until += 0"),
        breaks=("no_promise_is_cut_short",),
    ),
    "follows_a_lower_term": Planted(
        patch=Patch(
            module="leading",
            old="if message.term < state.term:\n        refused",
            new="if False:\n        refused",
        ),
        breaks=("a_heartbeat_is_followed_or_refused",),
    ),
    "any_resignation_releases": Planted(
        patch=Patch(
            module="leading",
            old="released = owes and _promised(state, message.sender)",
            new="released = owes",
        ),
        breaks=("who_resigns_releases_no_other",),
    ),
    "the_latest_answer_counts": Planted(
        patch=Patch(module="quorum", old="descending[size - 1]", new="descending[0]"),
        breaks=("a_lease_of_three_rests_on_two",),
    ),
    "a_lease_wraps_around": Planted(
        patch=Patch(
            module="timing",
            old="// (MILLION + self.max_clock_drift)",
            new="// (MILLION + self.max_clock_drift) % MILLION",
        ),
        breaks=("a_longer_promise_is_no_shorter_lease",),
    ),
    "a_failover_without_the_last_voter": Planted(
        patch=Patch(module="timing", old="max(0, voters - 2)", new="max(0, voters - 3)"),
        breaks=("a_failover_outlasts_the_promise",),
    ),
    "a_leader_does_not_stamp": Planted(
        patch=Patch(
            module="membership",
            old="return Membership(term=term,",
            new="return Membership(term=self.term,",
        ),
        breaks=("a_later_leader_hands_on_what_is_newer",),
    ),
    "a_pre_vote_releases": Planted(
        patch=Patch(
            module="voting",
            old="helping(state, message.sender, moment),",
            new="replace(helping(state, message.sender, moment), promise=None),",
        ),
        breaks=("a_pre_vote_binds_to_nothing",),
    ),
    "a_refusal_teaches_nothing": Planted(
        patch=Patch(
            module="leading",
            old="update_term(state, message.term, moment)",
            new="update_term(state, state.term, moment)",
        ),
        breaks=("a_refusal_teaches_a_term_only",),
    ),
    "record_forgets_a_longer_promise": Planted(
        patch=Patch(
            module="start",
            old="promise=max(record.promise, settings.timing.promise)",
            new="promise=settings.timing.promise",
        ),
        breaks=("a_restart_owes_what_was_recorded",),
    ),
}


def plant(patch: Patch, folder: Path) -> None:
    """The package in ``folder``, with the patch applied; ValueError if it does not fit."""
    shutil.copytree(
        ROOT / "leader", folder / "leader", ignore=shutil.ignore_patterns("__pycache__")
    )
    path = folder / "leader" / "protocol" / f"{patch.module}.py"
    source = QUOTATION.sub("", path.read_text())
    if source.count(patch.old) != 1:
        raise ValueError(f"{patch.old!r}: must be in {patch.module}.py once")
    path.write_text(source.replace(patch.old, patch.new))
