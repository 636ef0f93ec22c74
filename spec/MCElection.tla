----------------------------- MODULE MCElection -----------------------------
(* What a model needs besides Election: bounds, the claims, and wrong rules for
   red models, in which TLC must find a violation.                            *)
EXTENDS Election, TLC

CONSTANTS
  MaxTerm,       \* the highest term
  PromiseTicks,  \* for how many ticks a promise binds a member
  Patient,       \* the members whose promises bind them for one tick more
  PreVote        \* FALSE: a member may campaign without pre-votes; allows more, in a smaller model

MCTerms == 0..MaxTerm
MCPromise == [m \in Members |-> PromiseTicks + IF m \in Patient THEN 1 ELSE 0]
MCPreVoters(m) == IF PreVote THEN Voters \ {m} ELSE {}
MCWouldWin(S) == PreVote => IsQuorum(S, Voters)

\* The permutations of the members that every constant maps to itself.  If the identity is the only one,
\* leave SYMMETRY out of the cfg: TLC 2.15 fails on it.
Image(p, S) == {p[m] : m \in S}
Symmetry == {p \in Permutations(Members) :
  /\ \A S \in {Observers, Recorded, MayCrash, MayResign, Patient} : Image(p, S \cap Members) = S \cap Members
  /\ {[from |-> p[way.from], to |-> p[way.to]] : way \in Cut} = Cut}

TypeOK ==
  /\ role \in [Members -> {"down", "follower", "precandidate", "candidate", "leader", "renewing"}]
  /\ term \in [Members -> Terms]
  /\ stamp \in [Members -> Terms]
  /\ leader \in [Members -> Members \cup {None}]
  /\ granted \in [Members -> SUBSET Members]
  /\ backing \in [Members -> [Members -> 0..MaxAge]]
  /\ held \in [Members -> 0..MaxAge]
  /\ promise \in [Members -> [to : Members \cup {None}, left : 0..MaxAge]]
  /\ \A m \in Members :
       /\ stamp[m] <= term[m] \/ role[m] = "down"
       /\ leader[m] # None => role[m] = "follower"       \* these variables belong to a role and are reset with it
       /\ granted[m] # {} => role[m] = "precandidate"
       /\ backing[m] # NoBacking => role[m] \in {"candidate", "leader", "renewing"}
       /\ held[m] > 0 => role[m] = "renewing"

\* Wrong rules: a red model puts one of them in the place of a definition of Election.
CountObservers(S, voters) == 2 * Cardinality(S) > Cardinality(voters)  \* for IsQuorum: each answer counts
HearEverybody(m, from) == TRUE  \* for Hears: there is no gate
OneTickLonger(p) == p + 1     \* for LeaseOf: a lease outlasts the promises it rests on
EveryMember == Members        \* for StartAtZero: a voter forgets its vote with its record
NoMessages(m) == {}           \* for OfEarlierRounds: they are not dropped
NeverRenew(m) == FALSE        \* for Renew, together with the next one
Untimed == INSTANCE Election WITH Timed <- FALSE
StepDown(m) == Untimed!UpdateTerm(m)  \* for UpdateTerm: a leader does so too, as if its lease were over

OneLeaderPerTerm == \A a, b \in winners : a.term = b.term => a.member = b.member
ExclusiveLeadership == \A a, b \in Members : Acts(a) /\ Acts(b) => a = b
TokensNeverGoBack == \A m \in Members : Acts(m) => \A w \in winners : stamp[m] >= w.term
\* Of voters only: an observer without a record starts in term 0, and has no vote to give twice.
TermsNeverDecrease == [][\A m \in Voters : term'[m] >= term[m]]_vars

\* A member that acts continues to act until time ends its lease, it crashes, or it resigns.  A member
\* that resigns keeps its term and follows no leader.
NoDisruption == [][\A m \in Members : Acts(m) /\ ~Acts(m)' =>
  \/ role'[m] \in {role[m], "down"}
  \/ m \in MayResign /\ term'[m] = term[m] /\ leader'[m] = None]_vars
=============================================================================
