------------------------------ MODULE Election ------------------------------
(* Leader election among a fixed set of members: who may act, and since when.

   The idea in three sentences.  A member that answers a leader promises to vote for nobody else
   for a while, and the leader counts its lease from the moment it *sent* what was answered: so
   every lease ends before the promises it rests on.  The term is the vote: a member grants only a
   term above its own, and granting moves it there.  Whoever acts asks its own clock first.

   Time without clocks: a promise is the number of ticks still owed, an answer the number of ticks
   of lease it still backs, a message in flight the number of ticks since it was sent.  One Tick
   ages them all.  Clock drift is folded in: Promise[m] is the shortest time that a promise of m can
   really last, and LeaseOf(Promise[m]) the longest that a leader may count on it.

   What only paces is not here: any member may do at any time what its guards allow.             *)
EXTENDS Naturals, FiniteSets

CONSTANTS
  Members,          \* who takes part: fixed in this module
  Observers,        \* the members that only follow: they answer, and no answer of theirs counts
  None,             \* nobody: not a member
  Terms,            \* the terms there are: Nat; a model takes a prefix of it
  Promise,          \* Promise[m]: how many ticks m promises at a time
  Timed,            \* FALSE: no ticks; a promise may end at any moment instead
  Recorded,         \* the members whose record survives a crash
  TrustDisconnect,  \* TRUE: a broken connection releases a promise at once
  AccurateDetector, \* TRUE: a connection breaks only when the process is dead
  MayCrash,         \* the members that may crash
  MayResign,        \* the members that may resign
  Cut               \* the links [from, to] that deliver nothing, ever

VARIABLES
  role,      \* "down", "follower", "precandidate", "candidate", "leader", "renewing"
  term,      \* durable: the highest term m has granted, led or adopted
  stamp,     \* durable: the term of the leader whose membership m holds; of a leader, its token
  leader,    \* of a follower: whom it follows, or None
  granted,   \* of a precandidate: who would vote for it, in this round
  backing,   \* of a candidate or leader: backing[m][v], ticks of lease that v's newest answer still gives
  held,      \* of a renewing leader: ticks of lease it has from its former term
  promise,   \* [to, left]: for how many ticks m votes for nobody but `to`; to = None: whom its former life promised
  messages,  \* in flight; see Matters and Send for what is kept
  winners    \* history, read by no action: every [term, member] that ever became leader

memory == <<role, leader, granted, backing, held, promise>>
past == <<stamp, winners>>
durable == <<term, past>>
vars == <<memory, durable, messages>>
-----------------------------------------------------------------------------
(* Quorums, promises, leases *)

Voters == Members \ Observers
IsQuorum(S, voters) == 2 * Cardinality(S \cap voters) > Cardinality(voters)

Max(S) == CHOOSE x \in S : \A y \in S : y <= x

\* How many ticks a leader counts on a promise of p ticks.
LeaseOf(p) == p
MaxAge == LeaseOf(Max({Promise[m] : m \in Members}))

\* The lease that a promise of p ticks still gives, `age` ticks after the question was sent.
Left(p, age) == IF age >= LeaseOf(p) THEN 0 ELSE LeaseOf(p) - age

NoPromise == [to |-> None, left |-> 0]
NoBacking == [v \in Members |-> 0]
PromisedToAnother(m, to) == promise[m].left > 0 /\ promise[m].to # to
Backs(answers) == {v \in Members : answers[v] > 0}

\* The longest time for which a quorum backs m: its newest answers, the weakest of the best quorum.
Lease(m) == Max({t \in 0..MaxAge : t = 0 \/ IsQuorum({v \in Members : backing[m][v] >= t}, Voters)})

Acts(m) == \/ role[m] = "leader" /\ Lease(m) > 0
           \/ role[m] = "renewing" /\ held[m] > 0

LeaseOver(m) == ~Timed \/ ~Acts(m)  \* without time it may be over at any moment

-----------------------------------------------------------------------------
(* Messages.  Nothing is consumed by being received, so loss, repetition and reordering need no
   action of their own.  What can no longer matter is dropped, which changes no behaviour of a
   member but the answers to questions that nobody asks any more:                                *)
Asks(m) == role[m] \in {"candidate", "renewing"}

Matters(r) == [from |-> r.from, to |-> r.to] \notin Cut /\
  CASE r.kind = "PreVoteRequest" -> role[r.from] = "precandidate" /\ r.term = term[r.from] + 1
    [] r.kind = "PreVoteGranted" -> /\ role[r.to] = "precandidate" /\ r.term = term[r.to] + 1
                                    /\ r.from \notin granted[r.to]
    [] r.kind = "VoteRequest"    -> r.term > term[r.to] \/ (Asks(r.from) /\ r.term = term[r.from])
    [] r.kind = "VoteGranted"    -> /\ (Asks(r.to) \/ role[r.to] = "leader") /\ r.term = term[r.to]
                                    /\ Left(Promise[r.from], r.age) > backing[r.to][r.from]
    [] r.kind = "Heartbeat"      -> r.term >= term[r.to] \/ (role[r.from] = "leader" /\ r.term = term[r.from])
    [] r.kind = "HeartbeatAck"   -> /\ role[r.to] = "leader" /\ r.term = term[r.to]
                                    /\ Left(Promise[r.from], r.age) > backing[r.to][r.from]
    [] r.kind = "Refused"        -> r.term > term[r.to]
    [] r.kind = "Resigned"       -> r.term >= term[r.to]

\* Of two messages of one kind, term and way only the newer is kept: the older says the same and backs less.
Newer(r, s) == r.kind = s.kind /\ r.from = s.from /\ r.to = s.to /\ r.term = s.term

Send(S) == messages' = {r \in S \cup {o \in messages : ~\E s \in S : Newer(s, o)} : Matters(r)'}

To(S, make(_)) == {make(v) : v \in S}

\* The three refusals are handled alike, and whose term it is does not matter: one kind, from nobody.
Refusal(v, to, t) == IF [from |-> v, to |-> to] \in Cut THEN {} ELSE {[kind |-> "Refused", from |-> None, to |-> to, term |-> t]}

-----------------------------------------------------------------------------
(* What several actions have in common *)

Follow(m, l) ==                                \* nothing remembered of a role but that it follows l
  /\ role' = [role EXCEPT ![m] = "follower"]
  /\ leader' = [leader EXCEPT ![m] = l]
  /\ granted' = [granted EXCEPT ![m] = {}]
  /\ backing' = [backing EXCEPT ![m] = NoBacking]
  /\ held' = [held EXCEPT ![m] = 0]

\* A promise to oneself ends with the candidacy or the leadership it was made for.
WithoutOwnPromise(m) == IF promise[m].to = m THEN NoPromise ELSE promise[m]

\* m asks for votes in term t, as a candidate or to renew; it rests on the resignation of `resigned`, or on none.
StandFor(m, t, as, resigned) ==
  /\ t \in Terms
  /\ role' = [role EXCEPT ![m] = as]
  /\ term' = [term EXCEPT ![m] = t]
  /\ leader' = [leader EXCEPT ![m] = None]
  /\ granted' = [granted EXCEPT ![m] = {}]
  /\ backing' = [backing EXCEPT ![m] = [NoBacking EXCEPT ![m] = Left(Promise[m], 0)]]
  /\ held' = [held EXCEPT ![m] = IF as = "candidate" THEN 0 ELSE IF role[m] = "leader" THEN Lease(m) ELSE held[m]]
  /\ promise' = [promise EXCEPT ![m] = [to |-> m, left |-> Promise[m]]]
  /\ UNCHANGED past
  /\ LET request(v) == [kind |-> "VoteRequest", from |-> m, to |-> v, term |-> t,
                        stamp |-> stamp[m], age |-> 0, resigned |-> resigned]
     IN  Send(To(Voters \ {m}, request))

-----------------------------------------------------------------------------
(* Becoming a leader *)

\* Whom m asks whether a campaign would succeed, and who is enough to say so.
PreVoters(m) == Voters \ {m}
WouldWin(S) == IsQuorum(S, Voters)

\* A pre-vote counts only for the round in which it was asked for: those of earlier rounds are dropped.
OfEarlierRounds(m) == {r \in messages : r.kind = "PreVoteGranted" /\ r.to = m}

StartPreVote(m) ==                             \* the deadline has passed: would a campaign succeed?  Binds nobody
  /\ role[m] \in {"follower", "precandidate", "candidate"}
  /\ m \in Voters                              \* who has no vote asks for none
  /\ ~PromisedToAnother(m, m)                  \* a promised voter leaves the leader it promised in peace
  /\ term[m] + 1 \in Terms
  /\ role' = [role EXCEPT ![m] = "precandidate"]
  /\ leader' = [leader EXCEPT ![m] = None]
  /\ granted' = [granted EXCEPT ![m] = {m}]
  /\ backing' = [backing EXCEPT ![m] = NoBacking]
  /\ promise' = [promise EXCEPT ![m] = WithoutOwnPromise(m)]
  /\ UNCHANGED <<durable, held>>
  /\ LET request(v) == [kind |-> "PreVoteRequest", from |-> m, to |-> v, term |-> term[m] + 1, stamp |-> stamp[m]]
     IN  messages' = {r \in (messages \ OfEarlierRounds(m)) \cup To(PreVoters(m), request) : Matters(r)'}

HandlePreVoteRequest(v) == \E r \in messages :
  /\ r.kind = "PreVoteRequest" /\ r.to = v /\ role[v] # "down"
  /\ UNCHANGED <<memory, durable>>
  /\ IF /\ v \in Voters                        \* an observer grants nothing
        /\ r.term > term[v]                    \* else the vote would be refused
        /\ ~PromisedToAnother(v, r.from)       \* a live leader is not to be disturbed
        /\ r.stamp >= stamp[v]                 \* its membership is not older
     THEN Send({[kind |-> "PreVoteGranted", from |-> v, to |-> r.from, term |-> r.term]})
     ELSE Send(Refusal(v, r.from, term[v]))

Grants(m) == {r \in messages : r.kind = "PreVoteGranted" /\ r.to = m /\ r.term = term[m] + 1}

HandlePreVoteGranted(m) == \E r \in Grants(m) :
  /\ role[m] = "precandidate"
  /\ ~WouldWin(granted[m] \cup {r.from})
  /\ granted' = [granted EXCEPT ![m] = @ \cup {r.from}]
  /\ UNCHANGED <<role, leader, backing, held, promise, durable>>
  /\ Send({})

Campaign(m) ==                                 \* the last pre-vote of a quorum, or nobody else to ask
  /\ role[m] = "precandidate"
  /\ \E last \in {{r.from} : r \in Grants(m)} \cup {{}} :
       /\ WouldWin(granted[m] \cup last)
  /\ StandFor(m, term[m] + 1, "candidate", None)

\* A promise that the asker shows to be released: its leader has resigned, in the term before the one asked for.
ReleasedFor(v, r) == r.resigned # None /\ promise[v].to = r.resigned

HandleVoteRequest(v) == \E r \in messages :
  /\ r.kind = "VoteRequest" /\ r.to = v /\ role[v] # "down"
  /\ IF /\ v \in Voters                        \* an observer grants nothing
        /\ r.term > term[v]                    \* the term is the vote: two votes in one term are two leaders
        /\ ~PromisedToAnother(v, r.from) \/ ReleasedFor(v, r) \* a promise kept is a lease kept
        /\ r.stamp >= stamp[v]                 \* its membership is not older
     THEN /\ Follow(v, IF leader[v] = r.from THEN r.from ELSE None)
          /\ term' = [term EXCEPT ![v] = r.term]
          /\ promise' = [promise EXCEPT ![v] = [to |-> r.from, left |-> Promise[v]]]
          /\ UNCHANGED past
          /\ Send({[kind |-> "VoteGranted", from |-> v, to |-> r.from, term |-> r.term, age |-> r.age]})
     ELSE /\ UNCHANGED <<memory, durable>>     \* a refusal does not adopt the term
          /\ Send(Refusal(v, r.from, term[v]))

Answered(m, r) == [backing[m] EXCEPT ![r.from] = Max({@, Left(Promise[r.from], r.age)})]
Votes(m) == {r \in messages : r.kind = "VoteGranted" /\ r.to = m /\ r.term = term[m]}

\* A vote that does not decide: too few so far, or elected already.
HandleVoteGranted(m) == \E r \in Votes(m) :
  /\ Asks(m) \/ role[m] = "leader"
  /\ Asks(m) => ~IsQuorum(Backs(Answered(m, r)), Voters)
  /\ backing' = [backing EXCEPT ![m] = Answered(m, r)]
  /\ UNCHANGED <<role, leader, granted, held, promise, durable>>
  /\ Send({})

\* The last vote of a quorum, all of whose promises still stand (or nobody else to ask).
BecomeLeader(m) ==
  /\ Asks(m)
  /\ \E answers \in {Answered(m, r) : r \in Votes(m)} \cup {backing[m]} :
       /\ IsQuorum(Backs(answers), Voters)     \* a quorum, and one whose lease is still alive
       /\ backing' = [backing EXCEPT ![m] = answers]
  /\ role' = [role EXCEPT ![m] = "leader"]
  /\ stamp' = [stamp EXCEPT ![m] = term[m]]
  /\ held' = [held EXCEPT ![m] = 0]
  /\ winners' = winners \cup {[term |-> term[m], member |-> m]}
  /\ UNCHANGED <<term, leader, granted, promise>>
  /\ Send({})

-----------------------------------------------------------------------------
(* Staying leader *)

SendHeartbeat(m) ==
  /\ role[m] = "leader"
  /\ Acts(m)                                   \* whose lease is over steps down before it says another word
  /\ backing' = [backing EXCEPT ![m][m] = Left(Promise[m], 0)]
  /\ promise' = [promise EXCEPT ![m] = [to |-> m, left |-> Promise[m]]]
  /\ UNCHANGED <<role, leader, granted, held, durable>>
  /\ LET heartbeat(v) == [kind |-> "Heartbeat", from |-> m, to |-> v, term |-> term[m], age |-> 0]
     IN  Send(To(Members \ {m}, heartbeat))

HandleHeartbeat(v) == \E r \in messages :
  /\ r.kind = "Heartbeat" /\ r.to = v /\ role[v] # "down"
  /\ IF r.term >= term[v]                      \* a promise to another does not matter: that lease is over, or r could not lead
     THEN /\ Follow(v, r.from)
          /\ term' = [term EXCEPT ![v] = r.term]
          /\ stamp' = [stamp EXCEPT ![v] = r.term]
          /\ UNCHANGED winners
          /\ promise' = [promise EXCEPT ![v] = [to |-> r.from, left |-> Promise[v]]]
          /\ Send({[kind |-> "HeartbeatAck", from |-> v, to |-> r.from, term |-> r.term, age |-> r.age]})
     ELSE /\ UNCHANGED <<memory, durable>>
          /\ Send(Refusal(v, r.from, term[v]))

HandleHeartbeatAck(m) == \E r \in messages :
  /\ r.kind = "HeartbeatAck" /\ r.to = m
  /\ role[m] = "leader" /\ r.term = term[m]    \* an answer backs the term it was given to
  /\ backing' = [backing EXCEPT ![m] = Answered(m, r)]
  /\ UNCHANGED <<role, leader, granted, held, promise, durable>>
  /\ Send({})

-----------------------------------------------------------------------------
(* Ceasing to be leader, or going on in a higher term *)

ExpireLease(m) ==
  /\ role[m] \in {"leader", "renewing"}
  /\ LeaseOver(m)
  /\ Follow(m, None)
  /\ promise' = [promise EXCEPT ![m] = WithoutOwnPromise(m)]
  /\ UNCHANGED durable
  /\ Send({})

Refusals(m) == {r \in messages : r.kind = "Refused" /\ r.to = m /\ r.term > term[m] /\ role[m] # "down"}

UpdateTerm(m) == \E r \in Refusals(m) :
  /\ LeaseOver(m)                              \* whoever acts renews instead
  /\ Follow(m, leader[m])
  /\ term' = [term EXCEPT ![m] = r.term]
  /\ promise' = [promise EXCEPT ![m] = WithoutOwnPromise(m)]
  /\ UNCHANGED past
  /\ Send({})

\* A higher term is about while m acts: nobody else can be acting, so m moves above that
\* term as a candidate does, without ceasing to act; and tries again while it still may.
Renew(m) ==
  /\ Acts(m)
  /\ \E t \in {r.term : r \in Refusals(m)} \cup {term[m]} :
       /\ t > term[m] \/ role[m] = "renewing"
       /\ StandFor(m, t + 1, "renewing", None)

Resign(m) == \E successor \in (Voters \ {m}) \cup {None} :  \* stop first, then say so
  /\ m \in MayResign
  /\ role[m] \in {"leader", "renewing"}
  /\ Follow(m, None)
  /\ promise' = [promise EXCEPT ![m] = NoPromise]
  /\ UNCHANGED durable
  /\ LET resigned(v) == [kind |-> "Resigned", from |-> m, to |-> v, term |-> term[m], successor |-> successor]
     IN  Send(To(Members \ {m}, resigned))

HandleResigned(v) == \E r \in messages :
  /\ r.kind = "Resigned" /\ r.to = v
  /\ r.term >= term[v] /\ role[v] = "follower" \* a promise of a later term is to a later leadership
  /\ LET kept == IF promise[v].to = r.from THEN NoPromise ELSE promise[v]
         named == r.successor = v /\ r.term = term[v] /\ kept.left = 0
     IN  IF named
         THEN StandFor(v, term[v] + 1, "candidate", r.from)
         ELSE /\ leader[v] = r.from \/ kept # promise[v]
              /\ Follow(v, IF leader[v] = r.from THEN None ELSE leader[v])
              /\ promise' = [promise EXCEPT ![v] = kept]
              /\ UNCHANGED durable
              /\ Send({})

\* The deadline has passed: who cannot ask for votes can only cease to believe in its leader.
LoseLeader(m) ==
  /\ m \notin Voters
  /\ leader[m] # None
  /\ leader' = [leader EXCEPT ![m] = None]
  /\ UNCHANGED <<role, granted, backing, held, promise, durable>>
  /\ Send({})

-----------------------------------------------------------------------------
(* The world *)

PeerDown(m) == \E p \in Members \ {m} :
  /\ TrustDisconnect                           \* otherwise it only moves a deadline
  /\ AccurateDetector => role[p] = "down"
  /\ promise[m].to = p \/ leader[m] = p
  /\ promise' = [promise EXCEPT ![m] = IF @.to = p THEN NoPromise ELSE @]
  /\ leader' = [leader EXCEPT ![m] = IF @ = p THEN None ELSE @]
  /\ UNCHANGED <<role, granted, backing, held, durable>>
  /\ Send({})

\* Who starts in term 0 without a record: who has no vote to give twice.
StartAtZero == Observers

\* A voter without a record starts as if its term were the highest so far (the wall clock is), and stays
\* silent, which is to stay down, until the promises of its former life are over; an observer has none.
Crash(m) ==
  /\ m \in MayCrash
  /\ role[m] # "down"
  /\ role' = [role EXCEPT ![m] = "down"]
  /\ leader' = [leader EXCEPT ![m] = None]
  /\ granted' = [granted EXCEPT ![m] = {}]
  /\ backing' = [backing EXCEPT ![m] = NoBacking]
  /\ held' = [held EXCEPT ![m] = 0]
  /\ IF m \in Recorded
     THEN promise' = [promise EXCEPT ![m] = NoPromise] /\ UNCHANGED durable
     ELSE /\ promise' = [promise EXCEPT ![m] = IF m \in Observers THEN NoPromise ELSE [to |-> None, left |-> Promise[m]]]
          /\ term' = [term EXCEPT ![m] = IF m \in StartAtZero THEN 0 ELSE Max({term[v] : v \in Members})]
          /\ stamp' = [stamp EXCEPT ![m] = 0]
          /\ UNCHANGED winners
  /\ Send({})

Restart(m) ==
  /\ role[m] = "down"
  /\ role' = [role EXCEPT ![m] = "follower"]
  /\ IF m \in Recorded
     THEN /\ promise' = [promise EXCEPT ![m] = [to |-> None, left |-> Promise[m]]]
          /\ UNCHANGED term
     ELSE /\ promise[m].left = 0
          /\ IF m \in StartAtZero THEN UNCHANGED term
                                  ELSE \E t \in Terms : t > term[m] /\ term' = [term EXCEPT ![m] = t]
          /\ UNCHANGED promise
  /\ UNCHANGED <<leader, granted, backing, held, past>>
  /\ Send({})

Less(n) == IF n = 0 THEN 0 ELSE n - 1
Older(r) == IF r.kind \in {"VoteRequest", "VoteGranted", "Heartbeat", "HeartbeatAck"} /\ r.age < MaxAge
            THEN [r EXCEPT !.age = @ + 1] ELSE r
OnePast(p) == IF p.left <= 1 THEN NoPromise ELSE [p EXCEPT !.left = @ - 1]

TimePasses ==
  /\ promise' = [m \in Members |-> OnePast(promise[m])]
  /\ backing' = [m \in Members |-> [v \in Members |-> Less(backing[m][v])]]
  /\ held' = [m \in Members |-> Less(held[m])]
  /\ UNCHANGED <<role, leader, granted, durable>>

Tick ==
  /\ Timed
  /\ TimePasses
  /\ messages' = {r \in {Older(o) : o \in messages} : Matters(r)'}

EndPromise(m) ==                               \* without time, it may end at any moment
  /\ ~Timed
  /\ promise[m].left > 0
  /\ promise' = [promise EXCEPT ![m] = NoPromise]
  /\ UNCHANGED <<role, leader, granted, backing, held, durable, messages>>

-----------------------------------------------------------------------------
Init ==
  /\ role = [m \in Members |-> "follower"]
  /\ term = [m \in Members |-> 0]
  /\ stamp = [m \in Members |-> 0]
  /\ leader = [m \in Members |-> None]
  /\ granted = [m \in Members |-> {}]
  /\ backing = [m \in Members |-> NoBacking]
  /\ held = [m \in Members |-> 0]
  /\ promise = [m \in Members |-> NoPromise]
  /\ messages = {}
  /\ winners = {}

Next ==
  \/ Tick
  \/ \E m \in Members :
       \/ StartPreVote(m) \/ HandlePreVoteRequest(m) \/ HandlePreVoteGranted(m) \/ Campaign(m)
       \/ HandleVoteRequest(m) \/ HandleVoteGranted(m) \/ BecomeLeader(m)
       \/ SendHeartbeat(m) \/ HandleHeartbeat(m) \/ HandleHeartbeatAck(m)
       \/ ExpireLease(m) \/ UpdateTerm(m) \/ Renew(m) \/ Resign(m) \/ HandleResigned(m)
       \/ LoseLeader(m) \/ PeerDown(m) \/ Crash(m) \/ Restart(m) \/ EndPromise(m)

Spec == Init /\ [][Next]_vars
=============================================================================
