------------------------------ MODULE MCGuards ------------------------------
(* Claims for guards that no claim of MCElection needs: these guards keep the
   protocol small, keep its actions apart, or avoid useless steps.  Each claim
   holds, and each is violated if some guard is removed: see guards.toml.       *)
EXTENDS MCElection

Sent == {r \in messages' : ~\E o \in messages : Newer(r, o)}

\* A member that is down sends nothing, and restarts only as Restart allows.
DownIsSilent == [][\A r \in Sent : r.from \in Members => role[r.from] # "down"]_vars
DownWaits == [][\A m \in Members : role[m] = "down" /\ role'[m] # "down" =>
  /\ role'[m] = "follower"
  /\ IF m \in Recorded THEN promise'[m] = [to |-> None, left |-> Promise[m]] ELSE promise[m].left = 0]_vars

\* A pre-vote comes only from a member that would grant the vote now.
PreVotesForetell == [][\A r \in Sent : r.kind = "PreVoteGranted" =>
  r.term > term[r.from] /\ ~PromisedToAnother(r.from, r.to)]_vars

\* No member grants anything to a member whose membership is older than its own.
OlderMembershipsLose == [][\A r \in Sent : r.kind \in {"PreVoteGranted", "VoteGranted"} =>
  stamp[r.to] >= stamp[r.from]]_vars

\* The step that completes a quorum also acts on it.
CompletedAtOnce == \A m \in Members :
  /\ ~IsQuorum(granted[m], Voters)
  /\ Asks(m) => ~IsQuorum(Backs(backing[m]), Voters)

\* An answer counts only in the term and the round for which it was given.
AnswersAreOfThisTerm == [][\A m, v \in Members : v # m =>
  /\ backing'[m][v] > backing[m][v] =>
       \E r \in messages : r.kind \in {"VoteGranted", "HeartbeatAck"} /\ r.from = v /\ r.to = m /\ r.term = term[m]
  /\ v \in granted'[m] \ granted[m] =>
       \E r \in messages : r.kind = "PreVoteGranted" /\ r.from = v /\ r.to = m /\ r.term = term[m] + 1]_vars

\* A member follows only a member that has won a term.
LeadersHaveWon == \A m \in Members : leader[m] # None => \E w \in winners : w.member = leader[m]

\* A voter forgets its leader only to ask for pre-votes, to vote in a higher term, or because the leader
\* is down or has resigned.
LeadersAreRemembered == [][\A m \in Voters : leader[m] # None /\ leader'[m] = None =>
  \/ role'[m] # "follower"
  \/ term'[m] > term[m]
  \/ role[leader[m]] = "down"
  \/ \E r \in messages : r.kind = "Resigned" /\ r.to = m /\ r.from = leader[m]]_vars

\* A member that has no vote asks for none.
ObserversOnlyFollow == \A m \in Observers : role[m] \in {"down", "follower"}

\* A member that campaigns without pre-votes was named as successor by the leader of its term.
SuccessorsAreNamed == [][\A m \in Members : role[m] = "follower" /\ role'[m] = "candidate" =>
  \E r \in messages : r.kind = "Resigned" /\ r.to = m /\ r.successor = m /\ r.term = term[m]]_vars

\* Such a successor has no promise to a member other than the leader that resigned.
SuccessorsAreFree == [][\A m \in Members : role[m] = "follower" /\ role'[m] = "candidate" =>
  \/ promise[m].left = 0
  \/ \E r \in messages : r.kind = "Resigned" /\ r.to = m /\ r.from = promise[m].to]_vars

\* A leader renews only while it acts, and only if it hears of a higher term.
RenewsForAReason == [][\A m \in Members : role[m] # "renewing" /\ role'[m] = "renewing" =>
  Acts(m) /\ Refusals(m) # {}]_vars

\* A leader whose lease is over sends no heartbeat.
HeartbeatsRestOnLeases == [][\A r \in Sent : r.kind = "Heartbeat" => Acts(r.from)]_vars

\* A promise is released only by the member that it was made to: by its death, or by its resignation in a
\* term not below that of the promiser.
ReleasesAreCurrent == [][\A v \in Members :
  /\ promise[v].left > 0 /\ promise[v].to # v /\ promise'[v] = NoPromise
  /\ role'[v] = "follower" /\ ~TimePasses
  => \/ \E r \in messages : r.kind = "Resigned" /\ r.from = promise[v].to /\ r.to = v /\ r.term >= term[v]
     \/ \E p \in Members : p = promise[v].to /\ role[p] = "down"]_vars

\* A resignation releases only promises that were made to the leader that resigned.
ReleasesOwnPromises == [][\A r \in Sent : r.kind = "VoteGranted" =>
  \/ ~PromisedToAnother(r.from, r.to)
  \/ \E q \in messages : q.kind = "VoteRequest" /\ q.resigned # None /\ q.resigned = promise[r.from].to]_vars
=============================================================================
