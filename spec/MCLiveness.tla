----------------------------- MODULE MCLiveness -----------------------------
(* What members that can talk to a quorum get: a leader, who then stays.

   First a storm: anything that Election allows, in terms up to StormTerm.  Then,
   from some moment on and for ever, calm: nobody crashes or resigns, and the
   network is timely: whatever is sent over a link that is not cut is handled
   before the next tick and then gone, and a leader sends heartbeats in every
   tick.  Calm begins when the last message of the storm has come or is lost.
   In a tick one member at most asks for pre-votes, which is what timeouts drawn
   at random come to sooner or later.

   The terms above StormTerm are room for what happens in calm; that calm never
   runs out of them is checked, so the bound takes nothing away.             *)
EXTENDS MCElection

CONSTANTS
  StormTerm,  \* the highest term of the storm
  Unheard,    \* what these members say ...
  Deaf        \* ... does not reach those, ever

MCCut == [from : Unheard, to : Deaf]

VARIABLES
  calm,       \* whether the storm is over
  asked       \* whether somebody has asked for pre-votes in this tick of calm

livenessVars == <<vars, calm, asked>>

LivenessInit == Init /\ calm = FALSE /\ asked = FALSE

Handles(m) ==
  \/ HandlePreVoteRequest(m) \/ HandlePreVoteGranted(m) \/ Campaign(m)
  \/ HandleVoteRequest(m) \/ HandleVoteGranted(m) \/ BecomeLeader(m)
  \/ HandleHeartbeat(m) \/ HandleHeartbeatAck(m) \/ HandleResigned(m)
  \/ UpdateTerm(m) \/ (Refusals(m) # {} /\ Renew(m))
  \/ role[m] \in {"leader", "renewing"} /\ ~Acts(m) /\ ExpireLease(m)

Beats(m) == role[m] = "leader" /\ backing[m][m] < Left(Promise[m], 0) /\ SendHeartbeat(m)

\* A step that changes something: to handle a message again as before is none.
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

\* Whether the deadline of m makes it ask again; OnlyOnce, the wrong rule, leaves out a candidate.
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

\* Weak: what could be done all the time is done.  Strong: who could ask again and again, asks.
Fairness ==
  /\ WF_livenessVars(CalmTick)
  /\ \A m \in Members : WF_livenessVars(CalmHandle(m)) /\ SF_livenessVars(CalmAsk(m))

LivenessSpec == LivenessInit /\ [][LivenessNext]_livenessVars /\ Fairness

Leads == \E m \in Members : Acts(m)

EventuallyALeader == calm ~> Leads
StableLeader == calm ~> []Leads
TermsSuffice == calm => \A m \in Members : term[m] < MaxTerm
=============================================================================
