----------------------------- MODULE MCLiveness -----------------------------
(* If a quorum of members can talk, they get a leader, and it stays.

   First there is a storm: anything that Election allows, in terms up to StormTerm.
   Then, from some moment on and for ever, there is calm: no member crashes or
   resigns, each message on a link that is not cut is handled before the next tick
   and then dropped, and a leader sends heartbeats in every tick.  When calm begins,
   all messages of the storm have arrived or are lost.  In each tick at most one
   member asks for pre-votes: random timeouts make this happen sooner or later.

   Calm needs terms above StormTerm.  TermsSuffice checks that it never needs more
   than there are, so the bound on terms hides no behaviour.                  *)
EXTENDS MCElection

CONSTANTS
  StormTerm,  \* the highest term of the storm
  Unheard,    \* no message from these members ...
  Deaf        \* ... ever reaches one of these

MCCut == [from : Unheard, to : Deaf]

VARIABLES
  calm,       \* whether the storm is over
  asked       \* whether a member has asked for pre-votes in this tick of calm

livenessVars == <<vars, calm, asked>>

LivenessInit == Init /\ calm = FALSE /\ asked = FALSE

Handles(m) ==
  \/ HandlePreVoteRequest(m) \/ HandlePreVoteGranted(m) \/ Campaign(m)
  \/ HandleVoteRequest(m) \/ HandleVoteGranted(m) \/ BecomeLeader(m)
  \/ HandleHeartbeat(m) \/ HandleHeartbeatAck(m) \/ HandleResigned(m)
  \/ UpdateTerm(m) \/ (Refusals(m) # {} /\ Renew(m))
  \/ role[m] \in {"leader", "renewing"} /\ ~Acts(m) /\ ExpireLease(m)

Beats(m) == role[m] = "leader" /\ backing[m][m] < Left(Promise[m], 0) /\ SendHeartbeat(m)

\* Only a step that changes something counts: a message that was handled already changes nothing.
Pending(m) == ENABLED <<Handles(m) \/ Beats(m)>>_vars

Storm ==
  /\ ~calm
  /\ Next
  /\ \A m \in Members : term'[m] <= StormTerm
  /\ UNCHANGED <<calm, asked>>

CalmDown ==
  /\ ~calm
  /\ \A m \in Members : role[m] # "down"
  /\ calm' = TRUE
  /\ messages' = {}
  /\ UNCHANGED <<memory, durable, asked>>

CalmHandle(m) == calm /\ (Handles(m) \/ Beats(m)) /\ UNCHANGED <<calm, asked>>

\* Whether the deadline of m makes it ask again.  With the wrong rule, OnlyOnce, a candidate does not.
AsksAgain(m) == TRUE
OnlyOnce(m) == role[m] # "candidate"

CalmAsk(m) ==
  /\ calm /\ ~asked
  /\ \A n \in Members : ~Pending(n)
  /\ AsksAgain(m)
  /\ StartPreVote(m) \/ (role[m] = "renewing" /\ Renew(m))
  /\ asked' = TRUE
  /\ UNCHANGED calm

CalmTick ==
  /\ calm
  /\ \A m \in Members : ~Pending(m)
  /\ TimePasses
  /\ messages' = {}
  /\ asked' = FALSE
  /\ UNCHANGED calm

LivenessNext == Storm \/ CalmDown \/ CalmTick \/ \E m \in Members : CalmHandle(m) \/ CalmAsk(m)

\* Weak fairness: a step that stays possible is taken.  Strong: so is one that is possible again and again.
Fairness ==
  /\ WF_livenessVars(CalmTick)
  /\ \A m \in Members : WF_livenessVars(CalmHandle(m)) /\ SF_livenessVars(CalmAsk(m))

LivenessSpec == LivenessInit /\ [][LivenessNext]_livenessVars /\ Fairness

Leads == \E m \in Members : Acts(m)

EventuallyALeader == calm ~> Leads
StableLeader == calm ~> []Leads
TermsSuffice == calm => \A m \in Members : term[m] < MaxTerm
=============================================================================
