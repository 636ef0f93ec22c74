-------------------------------- MODULE Ergo --------------------------------
(* The election of the original, Ergo Framework's leader actor in Go (module
   ergo.services/actor/leader at commit 00a2ca1; a later version mends some of
   this), with each of its wrong rules behind a switch: why this project keeps
   its API and its promises, and not its protocol.

   The idea in three sentences.  It is Raft's election, with terms and one vote
   a term, among whoever happens to have met.  Each switch sets one rule to what
   the original does, TRUE, or to what would keep its promises, FALSE.  With all
   of them FALSE every claim holds, so a claim that one of them breaks is broken
   by that rule.

   The original's network neither repeats a message nor loses one while a
   connection stands, and no counterexample needs it to: here a message is
   consumed by being received, and lost only to a member that is cut off.

   Time as in Election: a promise is the number of ticks still owed, an answer
   the number of ticks that it still backs, a message in flight the number of
   ticks since it was sent; nothing ticks while LeadsUnheard.                *)
EXTENDS Naturals, FiniteSets

CONSTANTS
  Members,             \* who takes part: each has the names of all of them, its bootstrap list
  None,                \* nobody: not a member
  Terms,               \* the terms there are: Nat; a model takes a prefix of it
  Promise,             \* how many ticks a follower promises a leader at a time
  Mishaps              \* how often a timer may be too early or a member be cut off; None: without limit

CONSTANTS              \* the rules of the original: TRUE as it has them, FALSE mended
  StartsAlone,         \* peers starts empty and grows by whom one has met
  OmitsItself,         \* a quorum is half of the peers and one; who counts is no peer of its own
  ForgetsTheLost,      \* a broken connection takes its other end out of the peers
  ForgetsVoteAt,       \* when a vote of the current term is cleared, "leader down" or "heartbeat" (as shipped, at a
                       \* heartbeat only by a leader that meets another of its own term); mended: {}
  ForgetsOverRestart,  \* term and vote are only in memory
  LeadsUnheard,        \* a leader leads until it hears of another; mended: while a quorum has just answered it
  FiresOnce,           \* who stands does not arm its election timer again
  GreetsByVoteRequest, \* Join sends the request for a vote
  MutesRefusals        \* the refusal of a lower term leaves out the cluster, so its receiver drops it

CONSTANTS              \* the world
  MayCampaign,         \* the members whose election timers may fire
  MayCrash,            \* the members that may crash
  MayLose,             \* the members that may lose a connection
  MayGreet,            \* the members that may call Join
  MayBeCutOff,         \* the members that may be cut off from all others
  Punctual             \* the members whose timers, where fairness is asked for, do fire

VARIABLES
  role,                \* "down", "follower", "candidate", "leader"
  term,                \* the term that m is in
  voted,               \* for whom in that term, or None
  peers,               \* whom m counts with
  votes,               \* of a candidate: who has voted for it
  leader,              \* whom m follows, a leader itself, or None
  timer,               \* whether m's election timer runs
  promise,             \* for how many ticks m votes for nobody but leader[m]
  backing,             \* of a leader: backing[m][v], ticks that v's newest answer still backs
  cut,                 \* who is cut off from all others, or None
  mishaps,             \* how many are left
  messages,            \* in flight; two that say the same are one
  winners              \* history, read by no action: every [term, member] that ever became leader

own == <<role, term, voted, peers, votes, leader, timer, promise, backing>>
world == <<cut, mishaps>>
vars == <<own, world, messages, winners>>

-----------------------------------------------------------------------------
(* Quorums, leases, messages *)

\* Whether S is a quorum for a member that knows these others.
IsQuorum(S, others) ==
  IF OmitsItself THEN Cardinality(S) >= (Cardinality(others) \div 2) + 1
                 ELSE 2 * Cardinality(S) > Cardinality(others) + 1

KnownAtStart(m) == IF StartsAlone THEN {} ELSE Members \ {m}

NoBacking == [v \in Members |-> 0]

Acts(m) ==
  /\ role[m] = "leader"
  /\ LeadsUnheard \/ IsQuorum({m} \cup {v \in Members : backing[m][v] > 0}, peers[m])

PromisedToAnother(m, to) == promise[m] > 0 /\ leader[m] # to

\* What can no longer matter is dropped: a question that nobody asks any more and that could move
\* no vote, an answer to one, what is of a term that its receiver has left.
Matters(r) ==
  CASE r.kind = "VoteRequest"  -> \/ r.term > term[r.to]
                                  \/ r.term = term[r.to] /\ voted[r.to] = None
                                  \/ r.term = term[r.from] /\ role[r.from] = "candidate"
    [] r.kind = "VoteGranted"  -> r.term = term[r.to] /\ role[r.to] = "candidate"
    [] r.kind = "VoteRefused"  -> r.term > term[r.to]
    [] r.kind = "Heartbeat"    -> r.term >= term[r.to]
    [] r.kind = "HeartbeatAck" -> /\ r.term = term[r.to] /\ role[r.to] = "leader"
                                  /\ Promise > backing[r.to][r.from] + r.age
    [] r.kind = "Greeting"     -> TRUE

Reaching(S) == {r \in S : cut \notin {r.from, r.to}}

\* Of two heartbeats, or two answers to them, only the newer is kept: it says the same and backs more.
Newer(r, s) == r.kind = s.kind /\ r.from = s.from /\ r.to = s.to /\ r.term = s.term

Exchange(old, new) ==
  messages' = {r \in Reaching(new) \cup {o \in messages \ old : ~\E s \in new : Newer(s, o)} : Matters(r)'}

Send(S) == Exchange({}, S)
Answer(r, S) == Exchange({r}, S)

ToOthers(m, make(_)) == {make(v) : v \in Members \ {m}}

Heartbeats(m, t) ==
  LET heartbeat(v) == [kind |-> "Heartbeat", from |-> m, to |-> v, term |-> t, age |-> 0]
  IN  ToOthers(m, heartbeat)

\* A message of kind k that v takes in; whoever sends one is met.
Takes(v, r, k) ==
  /\ r.kind = k /\ r.to = v /\ role[v] # "down"
  /\ peers' = [peers EXCEPT ![v] = @ \cup {r.from}]

-----------------------------------------------------------------------------
(* Timers.  A timer is early if it fires while messages are still under way, or
   while its member hears a leader: chance, and delay, and what liveness needs
   to happen only finitely often.                                            *)

Mishap ==
  /\ mishaps # 0
  /\ mishaps' = IF mishaps = None THEN None ELSE mishaps - 1

Hears(m) == \E l \in Members :
  leader[m] = l /\ role[l] = "leader" /\ term[l] = term[m] /\ cut \notin {l, m}

Unless(timely) == (timely /\ UNCHANGED mishaps) \/ (~timely /\ Mishap)

-----------------------------------------------------------------------------
(* What several actions have in common *)

\* Nothing remembered of a role but that it follows `l`; a follower's timer runs.
Follow(m, l) ==
  /\ role' = [role EXCEPT ![m] = "follower"]
  /\ leader' = [leader EXCEPT ![m] = l]
  /\ votes' = [votes EXCEPT ![m] = {}]
  /\ timer' = [timer EXCEPT ![m] = TRUE]
  /\ backing' = [backing EXCEPT ![m] = NoBacking]

\* m has the votes S: enough of them make it the leader, the others leave its timer `armed` or not.
Count(m, S, armed) ==
  LET elected == IsQuorum(S, peers'[m])
  IN  /\ role' = [role EXCEPT ![m] = IF elected THEN "leader" ELSE "candidate"]
      /\ leader' = [leader EXCEPT ![m] = IF elected THEN m ELSE None]
      /\ votes' = [votes EXCEPT ![m] = IF elected THEN {} ELSE S]
      /\ timer' = [timer EXCEPT ![m] = armed /\ ~elected]
      /\ winners' = IF elected THEN winners \cup {[term |-> term'[m], member |-> m]} ELSE winners

IfElected(m, S) == IF role[m] # "leader" /\ role'[m] = "leader" THEN S ELSE {}

-----------------------------------------------------------------------------
(* Becoming a leader *)

\* The election timer has fired: stand for the next term.
Campaign(m) ==
  /\ m \in MayCampaign /\ timer[m]
  /\ role[m] \in {"follower", "candidate"}
  /\ ~PromisedToAnother(m, m)                  \* whom a leader counts on does not stand against it
  /\ term[m] + 1 \in Terms
  /\ Unless(messages = {} /\ m # cut /\ ~Hears(m))
  /\ term' = [term EXCEPT ![m] = @ + 1]
  /\ voted' = [voted EXCEPT ![m] = m]
  /\ UNCHANGED <<peers, promise, backing, cut>>
  /\ Count(m, {m}, ~FiresOnce)                 \* or a split vote is the last election
  /\ LET request(v) == [kind |-> "VoteRequest", from |-> m, to |-> v, term |-> term'[m]]
     IN  Send(ToOthers(m, request) \cup IfElected(m, Heartbeats(m, term'[m])))

HandleVoteRequest(v) == \E r \in messages :
  /\ Takes(v, r, "VoteRequest")
  /\ IF /\ \/ r.term > term[v]
           \/ r.term = term[v] /\ voted[v] \in {None, r.from}  \* two votes in one term are two leaders
        /\ ~PromisedToAnother(v, r.from)       \* a promise kept is a lease kept
     THEN /\ IF r.term > term[v]
             THEN Follow(v, None)
             ELSE timer' = [timer EXCEPT ![v] = TRUE] /\ UNCHANGED <<role, leader, votes, backing>>
          /\ term' = [term EXCEPT ![v] = r.term]
          /\ voted' = [voted EXCEPT ![v] = r.from]
          /\ Answer(r, {[kind |-> "VoteGranted", from |-> v, to |-> r.from, term |-> r.term]})
     ELSE /\ UNCHANGED <<role, term, voted, votes, leader, timer, backing>>
          /\ LET mute == MutesRefusals /\ r.term < term[v]
             IN  Answer(r, {[kind |-> "VoteRefused", from |-> v, to |-> r.from, term |-> term[v],
                             cluster |-> IF mute THEN "missing" ELSE "named"]})
  /\ UNCHANGED <<promise, world, winners>>

\* The last vote of a quorum makes the leader, within this step.
HandleVoteGranted(m) == \E r \in messages :
  /\ Takes(m, r, "VoteGranted")
  /\ role[m] = "candidate" /\ r.term = term[m]   \* a vote is for the term it was asked for
  /\ UNCHANGED <<term, voted, promise, backing, world>>
  /\ Count(m, votes[m] \cup {r.from}, timer[m])
  /\ Answer(r, IfElected(m, Heartbeats(m, term[m])))

HandleRefusal(m) == \E r \in messages :
  /\ Takes(m, r, "VoteRefused") /\ r.cluster = "named"
  /\ r.term > term[m]
  /\ Follow(m, None)
  /\ term' = [term EXCEPT ![m] = r.term]
  /\ voted' = [voted EXCEPT ![m] = None]
  /\ UNCHANGED <<promise, world, winners>>
  /\ Answer(r, {})

\* It might come from another cluster: whatever it says is lost.
DropRefusal(m) == \E r \in messages :
  /\ r.kind = "VoteRefused" /\ r.cluster = "missing" /\ r.to = m /\ role[m] # "down"
  /\ UNCHANGED <<own, world, winners>>
  /\ Answer(r, {})

-----------------------------------------------------------------------------
(* Being a leader *)

SendHeartbeat(m) ==
  /\ role[m] = "leader"
  /\ Unless(messages = {})
  /\ UNCHANGED <<own, cut, winners>>
  /\ Send(Heartbeats(m, term[m]))

HandleHeartbeat(v) == \E r \in messages :
  /\ Takes(v, r, "Heartbeat")
  /\ r.term >= term[v]                         \* a leader of the past is not followed
  /\ Follow(v, r.from)
  /\ term' = [term EXCEPT ![v] = r.term]
  /\ voted' = [voted EXCEPT ![v] = IF r.term > term[v] \/ "heartbeat" \in ForgetsVoteAt THEN None ELSE @]
  /\ promise' = [promise EXCEPT ![v] = IF LeadsUnheard THEN 0 ELSE Promise]
  /\ UNCHANGED <<world, winners>>
  /\ LET ack == [kind |-> "HeartbeatAck", from |-> v, to |-> r.from, term |-> r.term, age |-> r.age]
     IN  Answer(r, IF LeadsUnheard THEN {} ELSE {ack})

HandleHeartbeatAck(m) == \E r \in messages :
  /\ Takes(m, r, "HeartbeatAck")
  /\ role[m] = "leader" /\ r.term = term[m]
  /\ backing' = [backing EXCEPT ![m][r.from] = Promise - r.age]  \* from when it asked: when it is told is too late
  /\ UNCHANGED <<role, term, voted, votes, leader, timer, promise, world, winners>>
  /\ Answer(r, {})

\* Who is not heard stops leading, whatever it has not heard.
ExpireLease(m) ==
  /\ role[m] = "leader" /\ ~Acts(m)
  /\ Follow(m, None)
  /\ UNCHANGED <<term, voted, peers, promise, world, winners>>
  /\ Send({})

-----------------------------------------------------------------------------
(* Peers that go and peers that come *)

\* A connection broke: the other end may be dead, or as alive as before.
PeerDown(m) == \E p \in Members \ {m} :
  /\ m \in MayLose /\ role[m] # "down"
  /\ leader[m] = p \/ (ForgetsTheLost /\ p \in peers[m])
  /\ peers' = [peers EXCEPT ![m] = IF ForgetsTheLost THEN @ \ {p} ELSE @]
  /\ IF leader[m] = p
     THEN /\ Follow(m, None)
          /\ voted' = [voted EXCEPT ![m] = IF "leader down" \in ForgetsVoteAt THEN None ELSE @]
     ELSE UNCHANGED <<role, voted, votes, leader, timer, backing>>
  /\ UNCHANGED <<term, promise, world, winners>>
  /\ Send({})

\* Join: make oneself known.
Greet(m) == \E p \in Members \ {m} :
  /\ m \in MayGreet /\ role[m] # "down"
  /\ UNCHANGED <<own, world, winners>>
  /\ Send({[kind |-> IF GreetsByVoteRequest THEN "VoteRequest" ELSE "Greeting", from |-> m, to |-> p, term |-> term[m]]})

HandleGreeting(v) == \E r \in messages :
  /\ Takes(v, r, "Greeting")
  /\ UNCHANGED <<role, term, voted, votes, leader, timer, promise, backing, world, winners>>
  /\ Answer(r, {})

-----------------------------------------------------------------------------
(* The world *)

CutOff(m) ==
  /\ m \in MayBeCutOff /\ cut = None
  /\ Mishap
  /\ cut' = m
  /\ messages' = {r \in messages : m \notin {r.from, r.to}}
  /\ UNCHANGED <<own, winners>>

Reconnect ==
  /\ cut # None
  /\ cut' = None
  /\ UNCHANGED <<own, mishaps, messages, winners>>

\* Messages to a name outlive the process that bears it.
Crash(m) ==
  /\ m \in MayCrash /\ role[m] # "down"
  /\ role' = [role EXCEPT ![m] = "down"]
  /\ leader' = [leader EXCEPT ![m] = None]
  /\ votes' = [votes EXCEPT ![m] = {}]
  /\ timer' = [timer EXCEPT ![m] = FALSE]
  /\ backing' = [backing EXCEPT ![m] = NoBacking]
  /\ promise' = [promise EXCEPT ![m] = 0]
  /\ peers' = [peers EXCEPT ![m] = KnownAtStart(m)]
  /\ IF ForgetsOverRestart
     THEN /\ term' = [term EXCEPT ![m] = 0]
          /\ voted' = [voted EXCEPT ![m] = None]
     ELSE UNCHANGED <<term, voted>>
  /\ UNCHANGED <<world, winners>>
  /\ Send({})

Restart(m) ==
  /\ role[m] = "down"
  /\ Follow(m, None)
  /\ promise' = [promise EXCEPT ![m] = IF LeadsUnheard THEN 0 ELSE Promise]  \* what its former life may owe
  /\ UNCHANGED <<term, voted, peers, world, winners>>
  /\ Send({})

Less(n) == IF n = 0 THEN 0 ELSE n - 1

Older(r) == IF r.kind \in {"Heartbeat", "HeartbeatAck"} /\ r.age < Promise THEN [r EXCEPT !.age = @ + 1] ELSE r

Tick ==
  /\ ~LeadsUnheard
  /\ promise' = [m \in Members |-> Less(promise[m])]
  /\ backing' = [m \in Members |-> [v \in Members |-> Less(backing[m][v])]]
  /\ UNCHANGED <<role, term, voted, peers, votes, leader, timer, world, winners>>
  /\ messages' = {r \in {Older(o) : o \in messages} : Matters(r)'}

-----------------------------------------------------------------------------
Init ==
  /\ role = [m \in Members |-> "follower"]
  /\ term = [m \in Members |-> 0]
  /\ voted = [m \in Members |-> None]
  /\ peers = [m \in Members |-> KnownAtStart(m)]
  /\ votes = [m \in Members |-> {}]
  /\ leader = [m \in Members |-> None]
  /\ timer = [m \in Members |-> TRUE]
  /\ promise = [m \in Members |-> 0]
  /\ backing = [m \in Members |-> NoBacking]
  /\ cut = None
  /\ mishaps = Mishaps
  /\ messages = {}
  /\ winners = {}

Receive(m) ==
  \/ HandleVoteRequest(m) \/ HandleVoteGranted(m) \/ HandleRefusal(m) \/ DropRefusal(m)
  \/ HandleHeartbeat(m) \/ HandleHeartbeatAck(m) \/ HandleGreeting(m)

Next ==
  \/ Tick \/ Reconnect
  \/ \E m \in Members :
       \/ Receive(m) \/ Campaign(m) \/ SendHeartbeat(m) \/ ExpireLease(m)
       \/ PeerDown(m) \/ Greet(m) \/ CutOff(m) \/ Crash(m) \/ Restart(m)

Spec == Init /\ [][Next]_vars

\* What is under way arrives.
Delivery == \A m \in Members : WF_vars(Receive(m))

\* A timer that runs fires.  Strongly fair, since heartbeats keep interrupting the quiet it waits for.
Timers == \A m \in Punctual : SF_vars(Campaign(m)) /\ WF_vars(SendHeartbeat(m))

FairSpec == Spec /\ Delivery /\ Timers
=============================================================================
