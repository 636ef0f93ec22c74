"""What a refusal leads to, which shows the refuser's term: one function for each action of the specification.

A member that does not act adopts a higher term. A leader that acts goes above it without ceasing to act.
"""

from dataclasses import replace

from leader.protocol.actions import Action, ActionResult, NoAction, ignored
from leader.protocol.effects import RefusalReason
from leader.protocol.guards import is_higher_term, is_own_term
from leader.protocol.lease import acts
from leader.protocol.messages import Refusal
from leader.protocol.pacing import retry_once_at_once, round_superseded
from leader.protocol.promises import next_record, without_own_promise
from leader.protocol.state import Candidate, Follower, Leader, PreCandidate, Renewing, State
from leader.protocol.vocabulary import Moment, Term, after, require
from leader.protocol.voting import become_candidate


def handle_refusal(state: State, message: Refusal, moment: Moment) -> ActionResult | NoAction:
    """Learn of a higher term: adopt it or, while acting, go above it. Spec: Refusals, UpdateTerm, Renew."""
    # Spec: r.term > term[m]
    if not is_higher_term(state, message.term):
        why = f"refused by {message.sender} in term {message.term}, not above ours"
        return ignored(state, RefusalReason.TERM_NOT_HIGHER, why)
    if round_superseded(state):
        why = f"refused by {message.sender}, perhaps in the term of the member that we just granted a pre-vote"
        return ignored(state, RefusalReason.ROUND_SUPERSEDED, why)
    # Spec: LeaseOver(m)
    # Spec: Acts(m)
    if acts(state, moment.now):
        return renew(state, message.term, moment)
    return update_term(state, message.term, moment)


def update_term(state: State, term: Term, moment: Moment) -> ActionResult:
    """Adopt a higher term and follow; a member that was campaigning asks again. Spec: Refusals, UpdateTerm."""
    # Spec: r.term > term[m]
    require(is_higher_term(state, term), "UpdateTerm: a term must never decrease")
    # Spec: LeaseOver(m)
    require(
        not acts(state, moment.now), "UpdateTerm: a leader with a live lease must not step down"
    )
    role = state.role
    deadline, paced = role.deadline, state
    if isinstance(role, PreCandidate | Candidate):
        deadline, paced = retry_once_at_once(state, role.deadline, moment.now)
    elif isinstance(role, Leader | Renewing):
        deadline = after(moment.now, state.settings.timing.election_timeout(moment.jitter))
    adopted = replace(
        paced,
        durable=next_record(state, term, moment.now),
        role=Follower(
            leader=role.leader if isinstance(role, Follower) else None, deadline=deadline
        ),
        promise=without_own_promise(state),
    )
    return ActionResult(Action.UPDATE_TERM, adopted)


def renew(state: State, term: Term, moment: Moment) -> ActionResult:
    """Move a live leadership above ``term`` as a candidate does, without ceasing to act. Spec: Renew.

    The promises that its voters gave are to this member, whatever the term, so they grant at once. If
    it stepped down instead, every member that comes back with a higher term would depose a healthy leader.
    """
    # Spec: Acts(m)
    require(acts(state, moment.now), "Renew: the lease is over, so another member may lead")
    # Spec: t > term[m] \/ role[m] = "renewing"
    again = isinstance(state.role, Renewing) and is_own_term(state, term)
    require(is_higher_term(state, term) or again, "Renew: no higher term is known")
    return become_candidate(Action.RENEW, state, Term(term + 1), None, moment)


def renew_again(state: State, moment: Moment) -> ActionResult:
    """Ask for votes in the next term, because the last try has not won them in time. Spec: Renew."""
    return renew(state, state.term, moment)
