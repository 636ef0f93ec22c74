------------------------------- MODULE MCAway -------------------------------
(* Who was away, and asks for pre-votes when it is back, leaves a leader alone.

   `beside` is history, read by no action: beside[m] is the leader that has acted
   ever since m began the round it is in, or None.  With three members that leader
   and m share the one voter that both need, so its promise answers for it; with
   five, the leader may change the followers it rests on within one round, and a
   campaign beside it, though useless, cannot be ruled out.                    *)
EXTENDS MCElection

VARIABLE beside

awayVars == <<vars, beside>>

AwayInit == Init /\ beside = [m \in Members |-> None]

InRound(m) == role[m] \in {"precandidate", "candidate"}

Kept == [m \in Members |->
  IF \E l \in Members : l = beside[m] /\ Acts(l)' /\ InRound(m)' THEN beside[m] ELSE None]

Acting == IF \E l \in Members : Acts(l) THEN CHOOSE l \in Members : Acts(l) ELSE None

BeginRound(m) == StartPreVote(m) /\ beside' = [Kept EXCEPT ![m] = Acting]

Continue ==
  /\ Next
  /\ \A m \in Members : role'[m] = "precandidate" => role[m] = "precandidate"
  /\ beside' = Kept

AwayNext == Continue \/ \E m \in Members : BeginRound(m)

AwaySpec == AwayInit /\ [][AwayNext]_awayVars

NobodyStandsBeside == \A m \in Members : role[m] = "candidate" => beside[m] = None
=============================================================================
