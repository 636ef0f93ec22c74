--------------------------- MODULE TraceElection ---------------------------
(* Is a recorded run a behaviour of Election?

   The idea: nothing is left to choose.  Each move of the recording names the
   member, its action, the message handled and those sent, the time since, and
   what the member's state was afterwards.  A move is three steps: time passes,
   the action is taken, the outcome is compared.  The recording is accepted if
   the last step can be taken; else the first that cannot is to blame.

   Time.  A tick is a nanosecond, so nothing is rounded.  A promise is counted
   at its full length; an answer backs a lease for the shorter time that the
   code allows itself because of drift: see RecordedLeaseOf.
   If all instants were read from one clock, `elapsed` ticks are that many
   Ticks of Election.  If each member has read its own, only its own promise
   and lease move on, at its own moves: Election with a Tick for each member.
   That misses nothing a member does, since it looks at no clock but its own:
   it starts and ends its promises and leases on it, and the age of an answer
   is the time since it asked the question.  What one Tick for all says beyond
   that, that clocks go at one rate but for the drift, is assumption A3; the
   members' readings alone can neither show nor refute it.
   A request carries age 0 here, always: who answers hands the age on unread,
   and the asker counts it when the answer comes.

   Messages.  `messages` holds the one message that the move handles, and then
   those it sends.  Whether what is handled was sent before, how often, and is
   not lost, the recording's reader has counted; a pre-vote grant from before
   the asker's present round it hands over to nobody, as StartPreVote demands.
   No action asks for a message to be absent, so to leave the others out only
   takes away what the move did not do.  Matters and Newer are switched off:
   they keep a model small, and a real network delivers old messages too.

   Lives.  The first life of a member begins with whatever it knew.  Where a
   record is lost, or there was none, the member crashes as one of Election
   without a record.                                                         *)
EXTENDS Election, Sequences

CONSTANTS
  Moves,     \* the recording: see spec/recording/moves.py
  OneClock,  \* TRUE: all instants were read from one clock
  Leases,    \* Leases[p]: for how many ticks a promise of p ticks backs a lease
  LastStep   \* how far to go, to look at the state there

VARIABLES
  step,      \* how many steps were taken: three for each move
  begun      \* the members whose first life has begun

Forgetful == INSTANCE Election WITH Recorded <- {}

-----------------------------------------------------------------------------
(* What takes the place of definitions of Election; only LeaseOf says something else. *)

RecordedLeaseOf(p) == Leases[p]
AlwaysMatters(r) == TRUE
NeverNewer(r, s) == FALSE

\* As Lease, without counting up to it.
LeaseByAnswers(m) == Max({0} \cup {t \in {backing[m][v] : v \in Members} :
                                     IsQuorum({v \in Members : backing[m][v] >= t}, Voters)})

-----------------------------------------------------------------------------
Move == Moves[(step \div 3) + 1]

Elapsed(v) == IF OneClock \/ v = Move.member THEN Move.elapsed ELSE 0
Rest(n, v) == IF n <= Elapsed(v) THEN 0 ELSE n - Elapsed(v)

\* As many Ticks as time has passed, and the message is at hand.
Pass ==
  /\ promise' = [v \in Members |-> IF promise[v].left <= Elapsed(v) THEN NoPromise
                                   ELSE [promise[v] EXCEPT !.left = Rest(@, v)]]
  /\ backing' = [v \in Members |-> [w \in Members |-> Rest(backing[v][w], v)]]
  /\ held' = [v \in Members |-> Rest(held[v], v)]
  /\ messages' = Move.handled
  /\ UNCHANGED <<role, leader, granted, durable, begun>>

\* The first life of m begins: it owes nothing, or what a former life may have promised.
Begin(m) ==
  /\ m \notin begun
  /\ \E seen \in Move.seen :
       /\ seen.promise \in {NoPromise, [to |-> None, left |-> Promise[m]]}
       /\ promise' = [promise EXCEPT ![m] = seen.promise]
       /\ term' = [term EXCEPT ![m] = seen.term]
       /\ stamp' = [stamp EXCEPT ![m] = seen.stamp]
  /\ UNCHANGED <<role, leader, granted, backing, held, messages, winners>>

Take(m) ==
  CASE Move.action = "StartPreVote" -> StartPreVote(m)
    [] Move.action = "HandlePreVoteRequest" -> HandlePreVoteRequest(m)
    [] Move.action = "HandlePreVoteGranted" -> HandlePreVoteGranted(m)
    [] Move.action = "Campaign" -> Campaign(m)
    [] Move.action = "HandleVoteRequest" -> HandleVoteRequest(m)
    [] Move.action = "HandleVoteGranted" -> HandleVoteGranted(m)
    [] Move.action = "BecomeLeader" -> BecomeLeader(m)
    [] Move.action = "SendHeartbeat" -> SendHeartbeat(m)
    [] Move.action = "HandleHeartbeat" -> HandleHeartbeat(m)
    [] Move.action = "HandleHeartbeatAck" -> HandleHeartbeatAck(m)
    [] Move.action = "ExpireLease" -> ExpireLease(m)
    [] Move.action = "UpdateTerm" -> UpdateTerm(m)
    [] Move.action = "Renew" -> Renew(m)
    [] Move.action = "Resign" -> Resign(m)
    [] Move.action = "HandleResigned" -> HandleResigned(m)
    [] Move.action = "LoseLeader" -> LoseLeader(m)
    [] Move.action = "PeerDown" -> PeerDown(m) \/ UNCHANGED vars  \* a promise that was over anyway
    [] Move.action = "Crash" -> Crash(m)
    [] Move.action = "Restart" -> Restart(m)
    [] Move.action = "CrashWithoutRecord" -> Forgetful!Crash(m)
    [] Move.action = "RestartWithoutRecord" -> Forgetful!Restart(m)
    [] Move.action = "Ignore" -> UNCHANGED vars                   \* the message changed nothing

Act ==
  \/ Move.action = "Begin" /\ Begin(Move.member) /\ begun' = begun \cup {Move.member}
  \/ Move.action # "Begin" /\ Move.member \in begun /\ Take(Move.member) /\ UNCHANGED begun

Compare ==
  /\ LET told == Move.handled \cup Move.sent
     IN  /\ told \subseteq messages
         /\ \A r \in messages \ told : r.to \in Observers  \* a leader may not know of it yet, or no more
  /\ \A seen \in Move.seen :
       /\ role[Move.member] = seen.role
       /\ term[Move.member] = seen.term
       /\ stamp[Move.member] = seen.stamp
       /\ leader[Move.member] = seen.leader
       /\ granted[Move.member] = seen.granted
       /\ backing[Move.member] = seen.backing
       /\ held[Move.member] = seen.held
       /\ promise[Move.member] = seen.promise
       /\ Acts(Move.member) = seen.acts
  /\ UNCHANGED <<vars, begun>>

TraceInit == Init /\ step = 0 /\ begun = {}

TraceNext ==
  /\ step < 3 * Len(Moves)
  /\ step' = step + 1
  /\ \/ step % 3 = 0 /\ Pass
     \/ step % 3 = 1 /\ Act
     \/ step % 3 = 2 /\ Compare

TraceSpec == TraceInit /\ [][TraceNext]_<<vars, step, begun>>

NotYet == step < LastStep
=============================================================================
