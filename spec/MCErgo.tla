------------------------------- MODULE MCErgo -------------------------------
(* What a model needs besides Ergo: bounds, and the claims.  The claims are what
   the documentation of the original promises, named as in MCElection if they are
   the same.                                                                   *)
EXTENDS Ergo, TLC

CONSTANT MaxTerm

MCTerms == 0..MaxTerm

EveryMember == Members

\* The permutations of the members that every constant maps to itself.
Symmetry == {p \in Permutations(Members) :
  \A S \in {MayCampaign, MayCrash, MayLose, MayGreet, MayBeCutOff} : {p[m] : m \in S} = S}

TypeOK ==
  /\ role \in [Members -> {"down", "follower", "candidate", "leader"}]
  /\ term \in [Members -> Terms]
  /\ voted \in [Members -> Members \cup {None}]
  /\ peers \in [Members -> SUBSET Members]
  /\ votes \in [Members -> SUBSET Members]
  /\ leader \in [Members -> Members \cup {None}]
  /\ timer \in [Members -> BOOLEAN]
  /\ promise \in [Members -> 0..Promise]
  /\ backing \in [Members -> [Members -> 0..Promise]]
  /\ cut \in Members \cup {None}
  /\ \A m \in Members : m \notin peers[m]

\* "Each term has at most one leader."
OneLeaderPerTerm == \A a, b \in winners : a.term = b.term => a.member = b.member

\* "Ensuring only one node writes."
ExclusiveLeadership == \A a, b \in Members : Acts(a) /\ Acts(b) => a = b

\* The vote of v went to a member that is no candidate: in that term it voted for another itself.
IsWasted(v) == voted[v] # None /\ term[voted[v]] = term[v] /\ voted[voted[v]] # voted[v]

\* A candidate can lose only to another candidate: votes that went to no candidate leave it a quorum.
LostOnlyToRivals == \A m \in Members : role[m] = "candidate" =>
  IsQuorum({v \in Members : term[v] = term[m] => ~IsWasted(v)}, peers[m])

\* The bound on terms never prevents a campaign.  A claim about infinite behaviours needs this.
TermsSuffice == \A m \in Members : term[m] < MaxTerm

\* From some moment on there is a leader, and it stays.
EventuallyALeader == <>[](\E m \in Members : role[m] = "leader" /\ m # cut)

\* Two members may act at once for a time, but not for ever.
OverlapEnds == []<>ExclusiveLeadership

\* A refusal that names a higher term brings the candidate to that term, unless the refusal is lost.
StaleCandidateLearns == \A m \in Members : \A t \in Terms :
  (\E r \in messages : r.kind = "VoteRefused" /\ r.to = m /\ r.term = t) ~> (term[m] >= t \/ cut # None)
=============================================================================
