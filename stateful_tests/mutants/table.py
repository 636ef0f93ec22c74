"""The planted bugs: where they break the rules, the lines changed, the disaster. The net has to catch every one.

``MUTANTS`` and ``THE_ORIGINALS`` are in the core, ``OF_THE_STACK`` in what is built on it. More, in
the core, are where it is compared with the specification.
"""

from typing import Final

from stateful_tests.exact.seeded_bugs import IN_THE_CORE
from stateful_tests.mutants.loader import Mutant, Patch

Change = tuple[str, str, str]
"""In a module, these words, by those."""


def bug(name: str, disaster: str, *changes: Change) -> Mutant:
    """A row of the table."""
    patches = tuple(Patch(module=module, old=old, new=new) for module, old, new in changes)
    return Mutant(name=name, disaster=disaster, patches=patches)


MUTANTS: Final = (
    bug(
        "votes_again_in_its_own_term",
        "two candidates of one term each win it",
        (
            "voting",
            "message.term > state.term\n        and (",
            "message.term >= state.term\n        and (",
        ),
    ),
    bug(
        "promise_ignored_in_a_vote",
        "a second leader is elected while the first one's lease lasts",
        (
            "voting",
            "and (not promised_to_another(state, message.sender, now) or _released_for(state, message))",
            "and True",
        ),
    ),
    bug(
        "lease_counted_from_receipt_of_an_answer",
        "a lease outlives the promises that it rests on",
        ("leading", "sent=message.sent, promise=", "sent=moment.now, promise="),
    ),
    bug(
        "half_is_a_quorum",
        "each half of four members elects a leader",
        ("quorum", "> len(voters)", ">= len(voters)"),
        ("quorum", "return voters // 2 + 1", "return (voters + 1) // 2"),
    ),
    bug(
        "no_wait_after_a_restart",
        "a promise of the former life is broken",
        (
            "start",
            "Promise(to=None, until=after(moment.now, record.promise)), moment",
            "None, moment",
        ),
    ),
    bug(
        "no_floor_without_a_record",
        "a member that lost its record votes twice in a term",
        ("start", "Term(wall_clock if membership.voters else 0)", "Term(0)"),
    ),
    bug(
        "follows_a_lower_term",
        "a leader of the past is followed, and a vote given twice",
        ("leading", "if message.term < state.term:\n        refused", "if False:\n        refused"),
    ),
    bug(
        "drift_of_clocks_ignored",
        "a slow clock's lease outlives what fast clocks promised",
        ("lease", "timing.lease(grant.promise)", "grant.promise"),
    ),
    bug(
        "former_longer_promise_cut_short",
        "a shorter setting after a restart breaks the promise of the former life",
        (
            "start",
            "until=after(moment.now, record.promise))",
            "until=after(moment.now, settings.timing.promise))",
        ),
    ),
    bug(
        "higher_term_deposes_a_live_leader",
        "whoever comes back with a higher term ends a healthy leadership",
        ("leading", "if acts(state, moment.now):", "if False:"),
    ),
    bug(
        "lease_never_ends",
        "a leader that nobody hears leads for ever beside the next one",
        ("lease", "else Instant(until)", "else Instant(1 << 62)"),
    ),
    bug(
        "follower_without_a_timer",
        "nobody stands after the leader's death",
        (
            "step",
            "    return [(earliest_pre_vote(state, role.deadline), start_pre_vote)]",
            "    return [] if leader_of(state) else [(earliest_pre_vote(state, role.deadline), start_pre_vote)]",
        ),
    ),
)

THE_ORIGINALS: Final = (
    bug(
        "majority_of_those_it_has_met",
        "each member is a majority of itself, and all lead",
        ("quorum", "2 * sum(1 for voter in voters if voter in votes) > len(voters)", "bool(votes)"),
        ("quorum", "return voters // 2 + 1", "return 1"),
    ),
    bug(
        "quorum_shrinks_with_its_connections",
        "each side of a partition elects",
        (
            "leading",
            "    role, promise = state.role, state.promise if _promised(state, peer) else None\n",
            "    left = tuple(voter for voter in state.voters if voter != peer)\n"
            "    known = replace(state.durable.membership, voters=left)\n"
            "    state = replace(state, durable=replace(state.durable, membership=known))\n"
            "    role, promise = state.role, state.promise if _promised(state, peer) else None\n",
        ),
    ),
    bug(
        "vote_cleared_with_its_leader",
        "two votes in one term",
        (
            "voting",
            "message.term > state.term\n        and (",
            "(message.term > state.term or (message.term == state.term and state.promise is None))\n        and (",
        ),
    ),
    bug(
        "nothing_remembered_over_a_restart",
        "two votes in one term",
        ("start", "term=record.term", "term=Term(0)"),
    ),
    bug(
        "greeting_uses_up_a_vote",
        "whoever is asked whether it would vote has voted: nobody is elected",
        (
            "voting",
            "after_granting_pre_vote(state, message.sender, moment),",
            "after_granting_pre_vote(replace(state, durable=next_record(state, message.term, now)), message.sender, moment),",
        ),
    ),
    bug(
        "refusals_are_dropped",
        "a leader never learns the higher term of one that has to follow it",
        (
            "leading",
            'if message.term <= state.term:\n        return ignored(state, f"refused',
            'if True:\n        return ignored(state, f"refused',
        ),
    ),
)

OF_PROMISES: Final = (
    bug(
        "no_silence_without_a_record",
        "a promise of the former life is broken",
        ("start", "    return settings.timing.promise", "    return Duration(0)"),
    ),
    bug(
        "vote_without_a_promise",
        "a voter helps the next one while the lease lasts that rests on it",
        (
            "voting",
            "            promise=promise_to(state, message.sender, now),",
            "            promise=state.promise,",
        ),
    ),
    bug(
        "answer_without_a_promise",
        "a follower votes while the lease lasts that its answer extends",
        (
            "leading",
            "        promise=promise_to(state, message.sender, now),",
            "        promise=state.promise,",
        ),
    ),
    bug(
        "candidate_that_does_not_promise_itself",
        "a candidate votes for another beside its own lease",
        (
            "voting",
            "        promise=promise_to(state, state.member, now),",
            "        promise=state.promise,",
        ),
    ),
    bug(
        "heartbeat_without_a_promise_to_itself",
        "a leader counts on itself for longer than it has promised",
        (
            "leading",
            "        promise=promise_to(state, state.member, now),",
            "        promise=state.promise,",
        ),
    ),
    bug(
        "new_promise_cuts_the_old_one_short",
        "what a former life promised for longer is forgotten at the first heartbeat",
        ("voting", "        until = max(until, owed.until)", "        until = until"),
    ),
    bug(
        "record_forgets_the_longer_promise",
        "a second restart does not wait for what the first one still owed",
        ("voting", "        return max(state.durable.promise, own)", "        return own"),
    ),
    bug(
        "every_promise_taken_for_as_long_as_ones_own",
        "a lease rests on a promise that was shorter",
        (
            "leading",
            "sent=message.sent, promise=message.promise)",
            "sent=message.sent, promise=state.settings.timing.promise)",
        ),
    ),
    bug(
        "resignation_of_anybody_releases",
        "a promise to a living leader ends with another's leadership",
        ("leading", "released = owes and _promised(state, message.sender)", "released = owes"),
    ),
    bug(
        "resignation_shown_of_anybody_releases",
        "a successor is elected beside a later leader",
        ("voting", "        and promise.to == resignation.leader\n", ""),
    ),
    bug(
        "death_of_anybody_releases",
        "a promise to a living leader ends with another's process",
        (
            "leading",
            "state.role, state.promise if _promised(state, peer) else None",
            "state.role, state.promise",
        ),
    ),
    bug(
        "campaigns_in_spite_of_its_promise",
        "a voter that is promised to a leader stands against it",
        (
            "pacing",
            "    if promise is not None and promise.to != state.member:\n        return max(deadline",
            "    if False:\n        return max(deadline",
        ),
    ),
    bug(
        "says_that_it_resigned_and_goes_on",
        "a successor is elected beside it",
        (
            "leading",
            "    resigned = replace(state, role=Follower(leader=None, deadline=deadline), promise=None)",
            "    resigned = replace(state, promise=None)",
        ),
    ),
    bug(
        "membership_without_a_stamp",
        "a new leader acts by an old token",
        ("voting", "moment.now, stamped=True)", "moment.now)"),
    ),
)

OF_THE_PAST: Final = (
    bug(
        "gives_its_round_up_for_any_asker",
        "two give up their rounds for each other, again and again",
        (
            "pacing",
            "if isinstance(role, PreCandidate) and not _outranks(state, asker):",
            "if isinstance(role, PreCandidate):",
        ),
        ("pacing", "backoff is None or _outranks(state, backoff.to):", "backoff is None:"),
        (
            "pacing",
            "    if isinstance(role, PreCandidate) and _outranks(state, asker):\n        waits = ",
            "    if False:\n        waits = ",
        ),
        ("pacing", "timing.pre_vote_backoff * moment.jitter // JITTER_RANGE", "0"),
    ),
)

OF_THE_STACK: Final = (
    bug(
        "speaks_before_its_record_is_written",
        "a vote that was sent is forgotten in a crash, and given again",
        (
            "engine",
            "self._write(durable, lambda: self._execute_effects(transition))",
            "(self._execute_effects(transition), self._write(durable, lambda: None))",
        ),
    ),
    bug(
        "goes_on_after_a_record_that_failed",
        "a vote is given that the disk does not know",
        (
            "engine",
            "        if error is not None:\n            self.fail(error)",
            "        if error is not None:\n            self._run_pending(then)",
        ),
    ),
    bug(
        "leads_on_after_a_record_that_failed",
        "a leader that cannot write goes on as if nothing had been asked of it",
        (
            "engine",
            "        if error is not None:\n            self.fail(error)",
            "        if error is not None:\n            self._run_pending()",
        ),
    ),
    bug(
        "answers_without_looking_at_the_clock",
        "a process that was stopped says that it leads",
        (
            "engine",
            "            and may_application_act(state, self._environment.now())\n",
            "            and isinstance(state.role, Leader | Renewing)\n",
        ),
    ),
    bug(
        "longer_promise_not_recorded_at_the_start",
        "the life after next waits for too short",
        ("startup", "if state.durable != record:", "if False:"),
    ),
    bug(
        "sleeps_through_its_deadlines",
        "nobody stands, and no lease ends",
        ("engine", "self._alarm.set(due, self._run_pending)", "self._alarm.cancel()"),
    ),
    bug(
        "tells_of_a_leadership_that_is_over",
        "exclusive work is begun after the lease",
        (
            "mailbox_listener",
            "if not is_stale and self._last_announced !=",
            "if self._last_announced !=",
        ),
    ),
    bug(
        "tells_nobody_to_follow",
        "exclusive work is begun twice, and never ended",
        (
            "mailbox_listener",
            "            await resolve(self._actor.handle_become_follower(followed))",
            "            pass",
        ),
    ),
)

INSTANCE_OF: Final = {
    **{planted.mutant.name: planted.instance for planted in IN_THE_CORE},
    "resignation_of_anybody_releases": "crashes",
    "resignation_shown_of_anybody_releases": "crashes",
    "death_of_anybody_releases": "crashes",
    "campaigns_in_spite_of_its_promise": "two-members",
}
"""Where a bug that breaks no claim soon differs from the specification: an exact comparison's instance."""

ALL: Final = (
    *MUTANTS,
    *THE_ORIGINALS,
    *OF_PROMISES,
    *OF_THE_PAST,
    *(planted.mutant for planted in IN_THE_CORE),
    *OF_THE_STACK,
)
"""Every bug, by whom it is looked for here."""
