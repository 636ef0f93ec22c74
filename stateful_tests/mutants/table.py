"""The planted bugs: for each the lines changed and the disaster. The net has to catch every one."""

from typing import Final

from stateful_tests.mutants.loader import Mutant, Patch

MUTANTS: Final = (
    Mutant(
        name="votes_again_in_its_own_term",
        disaster="two candidates of one term each win it",
        patches=(
            Patch(
                module="voting",
                old="message.term > state.term\n        and (not promised",
                new="message.term >= state.term\n        and (not promised",
            ),
        ),
    ),
    Mutant(
        name="promise_ignored_in_a_vote",
        disaster="a second leader is elected while the first one's lease lasts",
        patches=(
            Patch(
                module="voting",
                old="and (not promised_to_another(state, message.sender, now) or _released_for(state, message))",
                new="and True",
            ),
        ),
    ),
    Mutant(
        name="lease_counted_from_receipt_of_an_answer",
        disaster="a lease outlives the promises that it rests on",
        patches=(
            Patch(
                module="leading",
                old="sent=message.sent, promise=message.promise)",
                new="sent=moment.now, promise=message.promise)",
            ),
        ),
    ),
    Mutant(
        name="half_is_a_quorum",
        disaster="each half of four members elects a leader",
        patches=(
            Patch(module="quorum", old="> len(voters)", new=">= len(voters)"),
            Patch(module="quorum", old="return voters // 2 + 1", new="return (voters + 1) // 2"),
        ),
    ),
    Mutant(
        name="no_wait_after_a_restart",
        disaster="a promise of the former life is broken",
        patches=(
            Patch(
                module="start",
                old="settings, durable, Promise(to=None, until=after(moment.now, record.promise)), moment",
                new="settings, durable, None, moment",
            ),
        ),
    ),
    Mutant(
        name="no_floor_without_a_record",
        disaster="a member that lost its record votes twice in a term",
        patches=(
            Patch(
                module="start", old="Term(wall_clock if membership.voters else 0)", new="Term(0)"
            ),
        ),
    ),
    Mutant(
        name="follows_a_lower_term",
        disaster="a leader of the past is followed, and a vote given twice",
        patches=(
            Patch(
                module="leading",
                old="if message.term < state.term:\n        refused",
                new="if False:\n        refused",
            ),
        ),
    ),
    Mutant(
        name="drift_of_clocks_ignored",
        disaster="a slow clock's lease outlives what fast clocks promised",
        patches=(Patch(module="lease", old="timing.lease(answer.promise)", new="answer.promise"),),
    ),
    Mutant(
        name="former_longer_promise_cut_short",
        disaster="a shorter setting after a restart breaks the promise of the former life",
        patches=(
            Patch(
                module="start",
                old="until=after(moment.now, record.promise))",
                new="until=after(moment.now, settings.timing.promise))",
            ),
        ),
    ),
    Mutant(
        name="higher_term_deposes_a_live_leader",
        disaster="whoever comes back with a higher term ends a healthy leadership",
        patches=(Patch(module="leading", old="if acts(state, moment.now):", new="if False:"),),
    ),
    Mutant(
        name="lease_never_ends",
        disaster="a leader that nobody hears leads for ever beside the next one",
        patches=(
            Patch(
                module="lease",
                old="return None if until is None else Instant(until)",
                new="return None if until is None else Instant(1 << 62)",
            ),
        ),
    ),
    Mutant(
        name="follower_without_a_timer",
        disaster="nobody stands after the leader's death",
        patches=(
            Patch(
                module="election",
                old="    return [(free_at(state, role.deadline), start_pre_vote)]",
                new="    return [] if leader_of(state) else [(free_at(state, role.deadline), start_pre_vote)]",
            ),
        ),
    ),
)
