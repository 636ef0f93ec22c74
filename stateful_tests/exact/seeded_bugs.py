"""Guards taken out of the core alone, or out of the specification alone: each must be reported.

Knows texts, no rule. Each names an instance in which it shows: the first of the table that does.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from spec.comparison.instance import SPECIFICATION
from stateful_tests.mutants.loader import Mutant, Patch, replaced_once


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Replace ``old``, which must be there exactly once, in ``Election.tla``."""

    name: str
    instance: str
    old: str
    new: str

    def written_to(self, folder: Path) -> Path:
        """The specification with the edit in it, in ``folder``.

        Raises:
            ValueError: the edit does not fit the specification any more.
        """
        for module in SPECIFICATION.glob("*.tla"):
            (folder / module.name).write_text(module.read_text())
        election = folder / "Election.tla"
        text = election.read_text()
        election.write_text(replaced_once(text, self.old, self.new, election.name))
        return folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A bug in the core, and an instance in which it shows."""

    instance: str
    mutant: Mutant


def _planted(instance: str, name: str, disaster: str, module: str, old: str, new: str) -> Planted:
    patch = Patch(module=module, old=old, new=new)
    return Planted(instance=instance, mutant=Mutant(name=name, disaster=disaster, patches=(patch,)))


IN_THE_CORE: Final = (
    _planted(
        "two-members",
        "candidate_does_not_arm_its_timer",
        "a split vote is the last election",
        "voting",
        "role = Candidate(backing=own, deadline=after(now, wait))",
        "role = Candidate(backing=own, deadline=Instant(1 << 62))",
    ),
    _planted(
        "two-members",
        "candidate_has_no_appointment",
        "a split vote is the last election",
        "step",
        "    return [(earliest_pre_vote(state, role.deadline), start_pre_vote)]",
        "    return [] if isinstance(role, Candidate) else [(earliest_pre_vote(state, role.deadline), start_pre_vote)]",
    ),
    _planted(
        "two-members",
        "pre_vote_in_spite_of_a_promise",
        "a leader is disturbed while its lease lasts",
        "voting",
        "promised = promised_to_another(state, message.sender, now)",
        "promised = False",
    ),
    _planted(
        "two-members",
        "pre_vote_for_its_own_term",
        "a campaign is begun that cannot be won",
        "voting",
        "higher = state.votes and message.term > state.term",
        "higher = state.votes and message.term >= state.term",
    ),
    _planted(
        "two-members",
        "pre_vote_of_an_earlier_round",
        "a member that was away disturbs a leader",
        "voting",
        "\n        or message.sent != role.started",
        "",
    ),
    _planted(
        "handing-over",
        "vote_for_an_older_membership",
        "whoever missed the last leader is elected",
        "voting",
        "\n        and not message.membership.is_older_than(state.durable.membership.identity)\n    ):\n        leader",
        "\n    ):\n        leader",
    ),
    _planted(
        "two-members",
        "votes_that_back_nothing_any_more",
        "a leader is elected whose lease is over",
        "voting",
        "and quorum_stands(backing, state, moment.now)",
        "and is_quorum({each.member for each in backing}, state.voters)",
    ),
    _planted(
        "two-members",
        "vote_of_an_earlier_term",
        "a candidate counts what was given to its former candidacy",
        "voting",
        'Leader) or message.term != state.term:\n        return ignored(state, f"vote of',
        'Leader):\n        return ignored(state, f"vote of',
    ),
    _planted(
        "two-members",
        "answer_to_an_earlier_term",
        "a lease rests on promises that were made to a former leadership",
        "leading",
        'Leader) or message.term != state.term:\n        return ignored(state, f"answer',
        'Leader):\n        return ignored(state, f"answer',
    ),
    _planted(
        "two-members",
        "heartbeat_after_the_lease",
        "a leader whose lease is over speaks before it steps down",
        "step",
        "(Instant(0) if over is None else over, expire_lease),\n                (role.deadline, send_heartbeat),",
        "(role.deadline, send_heartbeat),\n                (Instant(0) if over is None else over, expire_lease),",
    ),
    _planted(
        "two-members",
        "renewal_after_the_lease",
        "a leader goes on though somebody else may act",
        "leading",
        "if acts(state, moment.now):",
        "if isinstance(state.role, Leader | Renewing):",
    ),
    _planted(
        "renewal",
        "renewal_stretches_the_lease",
        "a renewing leader acts longer than it was promised",
        "voting",
        "lease_until=held, backing",
        "lease_until=after(now, timing.promise), backing",
    ),
    _planted(
        "handing-over",
        "resignation_of_an_earlier_term",
        "a promise to a later leadership is broken",
        "leading",
        "if message.term < state.term:\n        # Our",
        "if False:\n        # Our",
    ),
    _planted(
        "two-lengths",
        "successor_of_another_term",
        "a successor campaigns beside a newer leader",
        "leading",
        "message.successor == state.member and message.term == state.term",
        "message.successor == state.member",
    ),
    _planted(
        "crashes",
        "successor_that_owes_a_promise",
        "a promise of the former life is broken",
        "leading",
        "if named and (released or not owes) and",
        "if named and",
    ),
    _planted(
        "observer",
        "observer_asks_for_votes",
        "a member that nobody counts is elected",
        "step",
        "    if not state.votes:\n",
        "    if False:\n",
    ),
    _planted(
        "observer",
        "observer_keeps_a_silent_leader",
        "its application waits for somebody who is gone",
        "step",
        "[] if leader_of(state) is None else [(role.deadline, lose_leader)]",
        "[]",
    ),
    _planted(
        "observer",
        "heartbeats_for_voters_only",
        "an observer never learns who leads",
        "leading",
        "sent, to_all(state, heartbeat))",
        "sent, to_all(replace(state, observers=frozenset()), heartbeat))",
    ),
    _planted(
        "two-members",
        "any_broken_connection_trusted",
        "a promise to a living leader is released",
        "leading",
        "trusted = state.settings.trust_disconnect",
        "trusted = True",
    ),
    _planted(
        "two-members",
        "vote_before_its_record",
        "a vote is forgotten in a crash, and given again",
        "step",
        "return (*record, *outcome.messages,",
        "return (*outcome.messages, *record,",
    ),
)

IN_THE_SPECIFICATION: Final = (
    Edit(
        name="a_vote_in_its_own_term",
        instance="two-members",
        old="r.term > term[v]                    \\* the term is the vote",
        new="r.term >= term[v]                   \\* the term is the vote",
    ),
    Edit(
        name="a_vote_for_an_older_membership",
        instance="handing-over",
        old="/\\ r.stamp >= stamp[v]                 \\* its membership is not older\n     THEN /\\ Follow",
        new="THEN /\\ Follow",
    ),
    Edit(
        name="a_heartbeat_after_the_lease",
        instance="two-members",
        old='  /\\ role[m] = "leader"\n  /\\ Acts(m)',
        new='  /\\ role[m] = "leader"\n  /\\ TRUE',
    ),
    Edit(
        name="a_pre_vote_of_an_earlier_round",
        instance="two-members",
        old='r.kind = "PreVoteGranted" /\\ r.to = m}',
        new="FALSE}",
    ),
    Edit(
        name="a_restart_that_owes_nothing",
        instance="crashes",
        old="promise' = [promise EXCEPT ![m] = [to |-> None, left |-> Promise[m]]]\n          /\\ UNCHANGED term",
        new="UNCHANGED <<promise, term>>",
    ),
)
