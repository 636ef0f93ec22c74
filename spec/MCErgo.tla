------------------------------- MODULE MCErgo -------------------------------
(* Ergo with what a model needs besides: bounds, and the claims.  They are the
   original's own promises, most of them under the names of this project's. *)
EXTENDS Ergo, TLC

CONSTANT MaxTerm

MCTerms == 0..MaxTerm

Everybody == Members

\* Members are alike if the world treats them alike.
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

\* Who has v's vote without ever having stood for it: it voted for another in that very term itself.
HasGoneToNobody(v) == voted[v] # None /\ term[voted[v]] = term[v] /\ voted[voted[v]] # voted[v]

\* An election can be lost to a rival only: what nobody else stands for leaves a candidate a quorum.
LostOnlyToRivals == \A m \in Members : role[m] = "candidate" =>
  IsQuorum({v \in Members : term[v] = term[m] => ~HasGoneToNobody(v)}, peers[m])

\* The bound on terms keeps nobody from standing; where time is to run on for ever, it must not.
TermsSuffice == \A m \in Members : term[m] < MaxTerm

\* Once nothing goes wrong any more there is a leader, and it stays.
EventuallyALeader == <>[](\E m \in Members : role[m] = "leader" /\ m # cut)

\* Two may act at once for a moment, but not for ever.
OverlapEnds == []<>ExclusiveLeadership

\* Who is refused for its term gets there by the refusal, unless that is lost, and not by further timeouts.
StaleCandidateLearns == \A m \in Members : \A t \in Terms :
  (\E r \in messages : r.kind = "VoteRefused" /\ r.to = m /\ r.term = t) ~> (term[m] >= t \/ cut # None)
=============================================================================
