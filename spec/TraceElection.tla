--------------------------- MODULE TraceElection ---------------------------
(* Is a recorded run a behaviour of Election?

   The idea: nothing is left to choose.  Each move of the recording names the
   member, its action, the message that it handled, the messages that it sent,
   the time since its previous move, and its state afterwards.  A move is three
   steps: time passes, the action is taken, the outcome is compared.  If the last
   step can be taken, the recording is accepted.  Otherwise the first step that
   cannot be taken is where the recording leaves the specification.

   Time.  A tick is a nanosecond, so nothing is rounded.  A promise has its full
   length.  A leader counts on it for less, because of drift: see RecordedLeaseOf.
   If all instants were read from one clock, `elapsed` ticks are as many Ticks of
   Election.  If each member read its own clock, a move ages only the promise and
   the lease of its member: this is Election with a Tick for each member.  It
   checks all that a member does, because a member reads only its own clock: by it
   it starts and ends its promises and leases, and the age of an answer is the time
   since it asked.  One Tick for all says more: clocks run at one rate, up to the
   drift.  This is assumption A3, which the readings of the members can neither
   show nor refute.
   A request here always has age 0: the member that answers copies the age without
   reading it, and the asker counts the age when the answer arrives.

   Messages.  `messages` contains the message that the move handles, and then those
   that it sends.  The reader of the recording has checked that the handled message
   was sent, and not received more often than it was sent or duplicated.  It never
   hands over a pre-vote of an earlier round, because StartPreVote drops those.  No
   action requires that a message is absent, so leaving the others out removes only
   steps that the member did not take.  Matters and Newer are switched off: they
   keep models small, but a real network also delivers old messages.

   Lives.  The first life of a member begins with the state that it had.  If a
   member lost its record, or had none, it crashes and restarts as a member of
   Election that is not in Recorded.                                          *)
EXTENDS Election, Sequences

CONSTANTS
  Moves,     \* the recording: see spec/recording/translation.py
  OneClock,  \* TRUE: all instants were read from one clock
  Leases,    \* Leases[p]: for how many ticks a leader counts on a promise of p ticks
  LastStep   \* the step after which to stop, to look at the state there

VARIABLES
  step,      \* the number of steps taken: three for each move
  begun      \* the members whose first life has begun

Forgetful == INSTANCE Election WITH Recorded <- {}

-----------------------------------------------------------------------------
(* These replace definitions of Election.  Only LeaseOf has another meaning there.   *)

RecordedLeaseOf(p) == Leases[p]
AlwaysMatters(r) == TRUE
NeverNewer(r, s) == FALSE

\* Equal to Lease, but it does not try every number of ticks.
LeaseByAnswers(m) == Max({0} \cup {t \in {backing[m][v] : v \in Members} :
                                     IsQuorum({v \in Members : backing[m][v] >= t}, Voters)})

-----------------------------------------------------------------------------
Move == Moves[(step \div 3) + 1]

Elapsed(v) == IF OneClock \/ v = Move.member THEN Move.elapsed ELSE 0
Rest(n, v) == IF n <= Elapsed(v) THEN 0 ELSE n - Elapsed(v)

\* As many Ticks as time has passed; the message arrives.
Pass ==
  /\ promise' = [v \in Members |-> IF promise[v].left <= Elapsed(v) THEN NoPromise
                                   ELSE [promise[v] EXCEPT !.left = Rest(@, v)]]
  /\ backing' = [v \in Members |-> [w \in Members |-> Rest(backing[v][w], v)]]
  /\ held' = [v \in Members |-> Rest(held[v], v)]
  /\ messages' = Move.handled
  /\ UNCHANGED <<role, leader, granted, durable, begun>>

\* The first life of m begins: it owes no promise, or one that it may have made in a life before.
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
    [] Move.action = "PeerDown" -> PeerDown(m) \/ UNCHANGED vars  \* the promise was over already
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
         /\ \A r \in messages \ told : r.to \in Observers  \* the leader may not know this observer
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
