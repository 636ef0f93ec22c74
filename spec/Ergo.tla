-------------------------------- MODULE Ergo --------------------------------
(* The election of Ergo's leader actor in Go (module ergo.services/actor/leader at
   commit 00a2ca1; a later version mends some of this).  Each of its wrong rules
   has a switch.  The module shows why this project keeps the API of the original
   and what it promises, but not its protocol.

   The idea in three sentences.  It is Raft's election, with terms and one vote in
   each term, among the members that happen to have met.  A switch that is TRUE
   makes one rule as it is in the original, FALSE makes it as it should be.  With
   all switches FALSE every claim holds, so if one switch violates a claim, its
   rule is the cause.

   While a connection stands, the network of the original neither duplicates nor
   loses messages, and no counterexample needs it to.  So here a message is removed
   when it is received, and lost only to and from a member that is cut off.

   Time as in Election: a promise is the number of ticks for which it still binds,
   an answer is the number of ticks of lease that it still gives, a message in
   flight is the number of ticks since it was sent.  With LeadsUnheard there is
   no time.                                                                    *)
EXTENDS Naturals, FiniteSets

CONSTANTS
  Members,             \* the participants: each has a bootstrap list that names them all
  None,                \* stands for no member
  Terms,               \* the terms that exist: Nat, of which a model takes the first few
  Promise,             \* for how many ticks a follower's promise to its leader binds it
  Mishaps              \* how often a timer may fire early or a member may be cut off; None: no limit

CONSTANTS              \* the rules of the original: TRUE as they are, FALSE mended
  StartsAlone,         \* peers starts empty, and grows by each member that is met
  OmitsItself,         \* a quorum is half of the peers plus one, and a member is not one of its own peers
  ForgetsTheLost,      \* a broken connection removes the member at its other end from the peers
  ForgetsVoteAt,       \* when a vote of the current term is cleared, "leader down" or "heartbeat" (as shipped, at a
                       \* heartbeat only by a leader that meets another of its own term); mended: {}
  ForgetsOverRestart,  \* term and vote are kept in memory only
  LeadsUnheard,        \* a leader leads until it hears of another; mended: as long as a quorum answers it
  FiresOnce,           \* a candidate does not arm its election timer again
  GreetsByVoteRequest, \* Join sends a request for a vote
  MutesRefusals        \* a refusal to a lower term does not name the cluster, so its receiver drops it

CONSTANTS              \* the environment
  MayCampaign,         \* the members whose election timers may fire
  MayCrash,            \* the members that may crash
  MayLose,             \* the members that may lose a connection
  MayGreet,            \* the members that may call Join
  MayBeCutOff,         \* the members that may be cut off from all others
  Punctual             \* the members whose timers do fire, in models with fairness

VARIABLES
  role,                \* "down", "follower", "candidate", "leader"
  term,                \* the term that m is in
  voted,               \* the member that it voted for in that term, or None
  peers,               \* the other members that m counts
  votes,               \* of a candidate: the members that have voted for it
  leader,              \* the leader that m follows; of a leader, itself; or None
  timer,               \* whether m's election timer runs
  promise,             \* for how many ticks m votes only for leader[m]
  backing,             \* of a leader: backing[m][v], the ticks of lease that v's newest answer still gives
  cut,                 \* the member that is cut off from all others, or None
  mishaps,             \* how many mishaps are left
  messages,            \* in flight; equal messages are one
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

\* A message that no longer matters is dropped: a question that is no longer asked and that could win no
\* vote, an answer to such a question, and a message of a term that its receiver has left.
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

\* Of two heartbeats, or two answers to them, only the newer is kept: it says the same and gives more lease.
Newer(r, s) == r.kind = s.kind /\ r.from = s.from /\ r.to = s.to /\ r.term = s.term

Exchange(old, new) ==
  messages' = {r \in Reaching(new) \cup {o \in messages \ old : ~\E s \in new : Newer(s, o)} : Matters(r)'}

Send(S) == Exchange({}, S)
Answer(r, S) == Exchange({r}, S)

ToOthers(m, make(_)) == {make(v) : v \in Members \ {m}}

Heartbeats(m, t) ==
  LET heartbeat(v) == [kind |-> "Heartbeat", from |-> m, to |-> v, term |-> t, age |-> 0]
  IN  ToOthers(m, heartbeat)

\* v receives the message r of kind k, and has met its sender from then on.
Takes(v, r, k) ==
  /\ r.kind = k /\ r.to = v /\ role[v] # "down"
  /\ peers' = [peers EXCEPT ![v] = @ \cup {r.from}]

-----------------------------------------------------------------------------
(* Timers.  A timer is early if it fires while messages are in flight, or while its
   member hears a leader.  Chance and delay cause this; for liveness it must happen
   only finitely often.                                                       *)

Mishap ==
  /\ mishaps # 0
  /\ mishaps' = IF mishaps = None THEN None ELSE mishaps - 1

Hears(m) == \E l \in Members :
  leader[m] = l /\ role[l] = "leader" /\ term[l] = term[m] /\ cut \notin {l, m}

Unless(timely) == (timely /\ UNCHANGED mishaps) \/ (~timely /\ Mishap)

-----------------------------------------------------------------------------
(* Parts that several actions share *)

\* m forgets its former role and follows `l`; the timer of a follower runs.
Follow(m, l) ==
  /\ role' = [role EXCEPT ![m] = "follower"]
  /\ leader' = [leader EXCEPT ![m] = l]
  /\ votes' = [votes EXCEPT ![m] = {}]
  /\ timer' = [timer EXCEPT ![m] = TRUE]
  /\ backing' = [backing EXCEPT ![m] = NoBacking]

\* m has the votes S.  If they are enough it becomes leader; if not, its timer is `armed` or not.
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

\* The election timer has fired: become candidate in the next term.
Campaign(m) ==
  /\ m \in MayCampaign /\ timer[m]
  /\ role[m] \in {"follower", "candidate"}
  /\ ~PromisedToAnother(m, m)                  \* a leader counts on this promise
  /\ term[m] + 1 \in Terms
  /\ Unless(messages = {} /\ m # cut /\ ~Hears(m))
  /\ term' = [term EXCEPT ![m] = @ + 1]
  /\ voted' = [voted EXCEPT ![m] = m]
  /\ UNCHANGED <<peers, promise, backing, cut>>
  /\ Count(m, {m}, ~FiresOnce)                 \* not armed, a split vote is the last election
  /\ LET request(v) == [kind |-> "VoteRequest", from |-> m, to |-> v, term |-> term'[m]]
     IN  Send(ToOthers(m, request) \cup IfElected(m, Heartbeats(m, term'[m])))

HandleVoteRequest(v) == \E r \in messages :
  /\ Takes(v, r, "VoteRequest")
  /\ IF /\ \/ r.term > term[v]
           \/ r.term = term[v] /\ voted[v] \in {None, r.from}  \* two votes in a term could elect two leaders
        /\ ~PromisedToAnother(v, r.from)       \* the lease of another leader may rest on it
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

\* The last vote of a quorum makes m the leader, within this step.
HandleVoteGranted(m) == \E r \in messages :
  /\ Takes(m, r, "VoteGranted")
  /\ role[m] = "candidate" /\ r.term = term[m]   \* a vote counts only in the term that it was given in
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

\* The refusal might come from another cluster, so m ignores it.
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
  /\ r.term >= term[v]                         \* a leader of an earlier term is not followed
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
  /\ backing' = [backing EXCEPT ![m][r.from] = Promise - r.age]  \* counted from the question: from the answer is too late
  /\ UNCHANGED <<role, term, voted, votes, leader, timer, promise, world, winners>>
  /\ Answer(r, {})

\* A leader without a quorum of fresh answers steps down.
ExpireLease(m) ==
  /\ role[m] = "leader" /\ ~Acts(m)
  /\ Follow(m, None)
  /\ UNCHANGED <<term, voted, peers, promise, world, winners>>
  /\ Send({})

-----------------------------------------------------------------------------
(* Peers that are lost, and peers that are met *)

\* A connection breaks: the process at its other end may be dead or alive.
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

\* Join: m makes itself known to p.
Greet(m) == \E p \in Members \ {m} :
  /\ m \in MayGreet /\ role[m] # "down"
  /\ UNCHANGED <<own, world, winners>>
  /\ Send({[kind |-> IF GreetsByVoteRequest THEN "VoteRequest" ELSE "Greeting", from |-> m, to |-> p, term |-> term[m]]})

HandleGreeting(v) == \E r \in messages :
  /\ Takes(v, r, "Greeting")
  /\ UNCHANGED <<role, term, voted, votes, leader, timer, promise, backing, world, winners>>
  /\ Answer(r, {})

-----------------------------------------------------------------------------
(* The environment *)

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

\* Messages are sent to a name, so they remain in flight when the process with that name crashes.
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
  /\ promise' = [promise EXCEPT ![m] = IF LeadsUnheard THEN 0 ELSE Promise]  \* it may have promised this before
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

\* Each message in flight is received.
Delivery == \A m \in Members : WF_vars(Receive(m))

\* A timer that runs fires.  This needs strong fairness, because heartbeats interrupt the quiet again and again.
Timers == \A m \in Punctual : SF_vars(Campaign(m)) /\ WF_vars(SendHeartbeat(m))

FairSpec == Spec /\ Delivery /\ Timers
=============================================================================
