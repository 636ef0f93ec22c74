------------------------------- MODULE MCAway -------------------------------
(* A member that was away and returns with old pre-votes does not campaign beside
   a leader.

   `beside` is history, read by no action: beside[m] is the leader that has acted
   ever since m began its present round, or None.  With three members, that leader
   and m both need the third, and its promise to the leader prevents the campaign.
   With five, the leader may change its quorum within one round of m, so a campaign
   beside it is possible, although it cannot succeed.                          *)
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

NoCampaignBesideLeader == \A m \in Members : role[m] = "candidate" => beside[m] = None
=============================================================================
