------------------------------ MODULE MCGuards ------------------------------
(* What single guards are for, where no claim of MCElection says it: guards that
   keep the protocol small, its actions apart, or its efforts from being vain.
   Each of these holds, and each is violated without some guard: see guards.toml. *)
EXTENDS MCElection

Sent == {r \in messages' : ~\E o \in messages : Newer(r, o)}

\* Who is down says nothing, and is not brought back but by waiting.
DownIsSilent == [][\A r \in Sent : r.from \in Members => role[r.from] # "down"]_vars
DownWaits == [][\A m \in Members : role[m] = "down" /\ role'[m] # "down" =>
  /\ role'[m] = "follower"
  /\ IF m \in Recorded THEN promise'[m] = [to |-> None, left |-> Promise[m]] ELSE promise[m].left = 0]_vars

\* A pre-vote is granted by who would grant the vote now.
PreVotesForetell == [][\A r \in Sent : r.kind = "PreVoteGranted" =>
  r.term > term[r.from] /\ ~PromisedToAnother(r.from, r.to)]_vars

\* Nobody helps a member whose membership is older than its own.
OlderMembershipsLose == [][\A r \in Sent : r.kind \in {"PreVoteGranted", "VoteGranted"} =>
  stamp[r.to] >= stamp[r.from]]_vars

\* A quorum is acted upon by the step that completes it.
CompletedAtOnce == \A m \in Members :
  /\ ~IsQuorum(granted[m], Voters)
  /\ Asks(m) => ~IsQuorum(Backs(backing[m]), Voters)

\* An answer counts for the term and the round it was given to.
AnswersAreOfThisTerm == [][\A m, v \in Members : v # m =>
  /\ backing'[m][v] > backing[m][v] =>
       \E r \in messages : r.kind \in {"VoteGranted", "HeartbeatAck"} /\ r.from = v /\ r.to = m /\ r.term = term[m]
  /\ v \in granted'[m] \ granted[m] =>
       \E r \in messages : r.kind = "PreVoteGranted" /\ r.from = v /\ r.to = m /\ r.term = term[m] + 1]_vars

\* Only who has led is followed.
LeadersHaveWon == \A m \in Members : leader[m] # None => \E w \in winners : w.member = leader[m]

\* To a voter, a leader is forgotten when it resigns or dies, when a promise to another is made, or to ask anew.
LeadersAreRemembered == [][\A m \in Voters : leader[m] # None /\ leader'[m] = None =>
  \/ role'[m] # "follower"
  \/ term'[m] > term[m]
  \/ role[leader[m]] = "down"
  \/ \E r \in messages : r.kind = "Resigned" /\ r.to = m /\ r.from = leader[m]]_vars

\* Whoever has no vote does not ask for any.
ObserversOnlyFollow == \A m \in Observers : role[m] \in {"down", "follower"}

\* Who stands without pre-votes was named for it by the leader of its term.
SuccessorsAreNamed == [][\A m \in Members : role[m] = "follower" /\ role'[m] = "candidate" =>
  \E r \in messages : r.kind = "Resigned" /\ r.to = m /\ r.successor = m /\ r.term = term[m]]_vars

\* Who is named owes no promise to anybody but who resigned.
SuccessorsAreFree == [][\A m \in Members : role[m] = "follower" /\ role'[m] = "candidate" =>
  \/ promise[m].left = 0
  \/ \E r \in messages : r.kind = "Resigned" /\ r.to = m /\ r.from = promise[m].to]_vars

\* A leadership gets a higher token only while it lasts, and only because a higher term is about.
RenewsForAReason == [][\A m \in Members : role[m] # "renewing" /\ role'[m] = "renewing" =>
  Acts(m) /\ Refusals(m) # {}]_vars

\* A leader whose lease is over claims nothing any more.
HeartbeatsRestOnLeases == [][\A r \in Sent : r.kind = "Heartbeat" => Acts(r.from)]_vars

\* A promise is released by a resignation of whom it was made to, in a term not below one's own.
ReleasesAreCurrent == [][\A v \in Members :
  /\ promise[v].left > 0 /\ promise[v].to # v /\ promise'[v] = NoPromise
  /\ role'[v] = "follower" /\ ~TimePasses
  => \/ \E r \in messages : r.kind = "Resigned" /\ r.from = promise[v].to /\ r.to = v /\ r.term >= term[v]
     \/ \E p \in Members : p = promise[v].to /\ role[p] = "down"]_vars

\* A resignation releases the promises to who resigned, and no others.
ReleasesOwnPromises == [][\A r \in Sent : r.kind = "VoteGranted" =>
  \/ ~PromisedToAnother(r.from, r.to)
  \/ \E q \in messages : q.kind = "VoteRequest" /\ q.resigned # None /\ q.resigned = promise[r.from].to]_vars
=============================================================================
