------------------------------ MODULE Election ------------------------------
(* Leader election among a fixed set of members: who may act, and since when.

   The idea in three sentences.  A member that answers a leader promises to vote for no other member
   for a while, and the leader counts its lease from the moment it *sent* the question, so every lease
   ends before the promises that it rests on.  The term is the vote: a member grants a vote only in a
   term above its own, and granting it moves the member to that term.  A leader reads its own clock
   before it acts.

   Time without clocks: a promise is the number of ticks for which it still binds, an answer is the
   number of ticks of lease that it still gives, and a message in flight is the number of ticks since
   it was sent.  One Tick ages them all.  Clock drift is included: Promise[m] is the shortest time that
   a promise of m can really last, and LeaseOf(Promise[m]) the longest that a leader may count on it.

   Timers and delays are not here: a member may do at any time what its guards allow.              *)
EXTENDS Naturals, FiniteSets

CONSTANTS
  Members,          \* the participants, a fixed set in this module
  Observers,        \* the members that only follow: they answer, but their answers do not count
  None,             \* stands for no member
  Terms,            \* the terms that exist: Nat, of which a model takes the first few
  Promise,          \* Promise[m]: for how many ticks each promise of m binds it
  Timed,            \* FALSE: no ticks; a promise or a lease may end at any moment instead
  Recorded,         \* the members whose record survives a crash
  TrustDisconnect,  \* TRUE: a broken connection releases a promise at once
  AccurateDetector, \* TRUE: a connection breaks only if the process at its other end is dead
  MayCrash,         \* the members that may crash
  MayResign,        \* the members that may resign
  Cut               \* the links [from, to] that never deliver a message

VARIABLES
  role,      \* "down", "follower", "precandidate", "candidate", "leader", "renewing"
  term,      \* durable: the highest term that m has granted, led or adopted
  stamp,     \* durable: the term of the leader whose membership m holds; a leader's own stamp is its token
  leader,    \* of a follower: the leader that it follows, or None
  granted,   \* of a precandidate: the members that would vote for it, in this round
  backing,   \* of a candidate or leader: backing[m][v], the ticks of lease that v's newest answer still gives
  held,      \* of a renewing leader: the ticks of lease that it still has from its former term
  promise,   \* [to, left]: m votes only for `to` for `left` ticks; if m restarted and may owe a promise, to = None
  messages,  \* in flight; Matters and Send say which are kept
  winners    \* history, read by no action: every [term, member] that ever became leader

memory == <<role, leader, granted, backing, held, promise>>
past == <<stamp, winners>>
durable == <<term, past>>
vars == <<memory, durable, messages>>
-----------------------------------------------------------------------------
(* Quorums, promises, leases *)

Voters == Members \ Observers
\* Whether S has a strict majority of these voters; two such sets always share a voter.
IsQuorum(S, voters) == 2 * Cardinality(S \cap voters) > Cardinality(voters)

Max(S) == CHOOSE x \in S : \A y \in S : y <= x

\* For how many ticks a leader counts on a promise of p ticks.
LeaseOf(p) == p
MaxAge == LeaseOf(Max({Promise[m] : m \in Members}))

\* The ticks of lease that a promise of p ticks still gives, `age` ticks after the question was sent.
Left(p, age) == IF age >= LeaseOf(p) THEN 0 ELSE LeaseOf(p) - age

NoPromise == [to |-> None, left |-> 0]
NoBacking == [v \in Members |-> 0]
PromisedToAnother(m, to) == promise[m].left > 0 /\ promise[m].to # to
Backs(answers) == {v \in Members : answers[v] > 0}

\* The longest time for which the newest answers of some quorum all last.
Lease(m) == Max({t \in 0..MaxAge : t = 0 \/ IsQuorum({v \in Members : backing[m][v] >= t}, Voters)})

Acts(m) == \/ role[m] = "leader" /\ Lease(m) > 0
           \/ role[m] = "renewing" /\ held[m] > 0

LeaseOver(m) == ~Timed \/ ~Acts(m)  \* without time, a lease may be over at any moment

-----------------------------------------------------------------------------
(* Messages.  A message stays in the set when it is received, so duplication and reordering need no
   action of their own, and a message that is never received is lost.  A message that no longer matters
   is dropped, which keeps models small.  All that it changes for a member: it does not answer a question
   that is no longer asked.                                                                            *)
Asks(m) == role[m] \in {"candidate", "renewing"}

\* The gate in front of every action.  Who has a vote is heard, and no other member: what an observer or a
\* stranger says moves no member that knows who votes.  An observer knows that from its first heartbeat on,
\* and forgets it after a long silence; until then it hears every member.
KnowsVoters(m) == m \in Voters \/ stamp[m] > 0
Hears(m, from) == KnowsVoters(m) => from \in Voters \cup {None}

Arriving(m) == messages  \* what may arrive at m, or at others
Heard(m) == {r \in Arriving(m) : r.to = m /\ Hears(m, r.from)}

Matters(r) == Hears(r.to, r.from) /\ [from |-> r.from, to |-> r.to] \notin Cut /\
  CASE r.kind = "PreVoteRequest" -> role[r.from] = "precandidate" /\ r.term = term[r.from] + 1
    [] r.kind = "PreVoteGranted" -> /\ role[r.to] = "precandidate" /\ r.term = term[r.to] + 1
                                    /\ r.from \notin granted[r.to]
    [] r.kind = "VoteRequest"    -> r.term > term[r.to] \/ (Asks(r.from) /\ r.term = term[r.from])
    [] r.kind = "VoteGranted"    -> /\ (Asks(r.to) \/ role[r.to] = "leader") /\ r.term = term[r.to]
                                    /\ Left(Promise[r.from], r.age) > backing[r.to][r.from]
    [] r.kind = "Heartbeat"      -> \/ r.term >= term[r.to] \/ (role[r.from] = "leader" /\ r.term = term[r.from])
                                    \/ r.to \in Observers  \* without a list it follows a lower term, too
    [] r.kind = "HeartbeatAck"   -> /\ role[r.to] = "leader" /\ r.term = term[r.to]
                                    /\ Left(Promise[r.from], r.age) > backing[r.to][r.from]
    [] r.kind = "Refused"        -> r.term > term[r.to]
    [] r.kind = "Resigned"       -> r.term >= term[r.to]

\* Of two messages of one kind and term on one link only the newer is kept: the older says the same and
\* gives less lease.
Newer(r, s) == r.kind = s.kind /\ r.from = s.from /\ r.to = s.to /\ r.term = s.term

Send(S) == messages' = {r \in S \cup {o \in messages : ~\E s \in S : Newer(s, o)} : Matters(r)'}

To(S, make(_)) == {make(v) : v \in S}

\* The code has three kinds of refusal, all handled alike: here they are one kind.  Which voter refuses is
\* left out, because only the term matters.
Refusal(v, to, t) == IF [from |-> v, to |-> to] \in Cut THEN {} ELSE
  {[kind |-> "Refused", from |-> IF v \in Voters THEN None ELSE v, to |-> to, term |-> t]}

-----------------------------------------------------------------------------
(* Parts that several actions share *)

Follow(m, l) ==                                \* m forgets its former role and follows l
  /\ role' = [role EXCEPT ![m] = "follower"]
  /\ leader' = [leader EXCEPT ![m] = l]
  /\ granted' = [granted EXCEPT ![m] = {}]
  /\ backing' = [backing EXCEPT ![m] = NoBacking]
  /\ held' = [held EXCEPT ![m] = 0]

\* m's promise to itself ends with the candidacy or leadership that it was made for.
WithoutOwnPromise(m) == IF promise[m].to = m THEN NoPromise ELSE promise[m]

\* m asks for votes in term t, as a candidate or in order to renew.  If it is the successor of a leader
\* that resigned, `resigned` is that leader, otherwise None.
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

\* The members that m asks before it campaigns, and whether those in S are enough.
PreVoters(m) == Voters \ {m}
WouldWin(S) == IsQuorum(S, Voters)

\* A pre-vote counts only in the round for which it was granted, so a new round drops those of earlier ones.
OfEarlierRounds(m) == {r \in messages : r.kind = "PreVoteGranted" /\ r.to = m}

StartPreVote(m) ==                             \* the deadline has passed: ask whether a campaign would succeed
  /\ role[m] \in {"follower", "precandidate", "candidate"}
  /\ m \in Voters                              \* an observer never leads
  /\ ~PromisedToAnother(m, m)                  \* a voter does not disturb the leader that it promised
  /\ term[m] + 1 \in Terms
  /\ role' = [role EXCEPT ![m] = "precandidate"]
  /\ leader' = [leader EXCEPT ![m] = None]
  /\ granted' = [granted EXCEPT ![m] = {m}]
  /\ backing' = [backing EXCEPT ![m] = NoBacking]
  /\ promise' = [promise EXCEPT ![m] = WithoutOwnPromise(m)]
  /\ UNCHANGED <<durable, held>>
  /\ LET request(v) == [kind |-> "PreVoteRequest", from |-> m, to |-> v, term |-> term[m] + 1, stamp |-> stamp[m]]
     IN  messages' = {r \in (messages \ OfEarlierRounds(m)) \cup To(PreVoters(m), request) : Matters(r)'}

\* A pre-vote is no promise: it changes nothing for the member that grants it.
HandlePreVoteRequest(v) == \E r \in Heard(v) :
  /\ r.kind = "PreVoteRequest" /\ role[v] # "down"
  /\ UNCHANGED <<memory, durable>>
  /\ IF /\ v \in Voters                        \* an observer grants nothing
        /\ r.term > term[v]                    \* otherwise the vote itself would be refused
        /\ ~PromisedToAnother(v, r.from)       \* a leader that may be alive is not disturbed
        /\ r.stamp >= stamp[v]                 \* its membership is not older
     THEN Send({[kind |-> "PreVoteGranted", from |-> v, to |-> r.from, term |-> r.term]})
     ELSE Send(Refusal(v, r.from, term[v]))

Grants(m) == {r \in Heard(m) : r.kind = "PreVoteGranted" /\ r.term = term[m] + 1}

HandlePreVoteGranted(m) == \E r \in Grants(m) :
  /\ role[m] = "precandidate"
  /\ ~WouldWin(granted[m] \cup {r.from})
  /\ granted' = [granted EXCEPT ![m] = @ \cup {r.from}]
  /\ UNCHANGED <<role, leader, backing, held, promise, durable>>
  /\ Send({})

Campaign(m) ==                                 \* on the last pre-vote of a quorum; at once if m is a quorum alone
  /\ role[m] = "precandidate"
  /\ \E last \in {{r.from} : r \in Grants(m)} \cup {{}} :
       /\ WouldWin(granted[m] \cup last)
  /\ StandFor(m, term[m] + 1, "candidate", None)

\* v's promise is released if its holder is the leader that resigned in favour of the asker.
ReleasedFor(v, r) == r.resigned # None /\ promise[v].to = r.resigned

HandleVoteRequest(v) == \E r \in Heard(v) :
  /\ r.kind = "VoteRequest" /\ role[v] # "down"
  /\ IF /\ v \in Voters                        \* an observer grants nothing
        /\ r.term > term[v]                    \* the term is the vote: two votes in a term could elect two leaders
        /\ ~PromisedToAnother(v, r.from) \/ ReleasedFor(v, r) \* the lease of another leader may rest on it
        /\ r.stamp >= stamp[v]                 \* its membership is not older
     THEN /\ Follow(v, IF leader[v] = r.from THEN r.from ELSE None)
          /\ term' = [term EXCEPT ![v] = r.term]
          /\ promise' = [promise EXCEPT ![v] = [to |-> r.from, left |-> Promise[v]]]
          /\ UNCHANGED past
          /\ Send({[kind |-> "VoteGranted", from |-> v, to |-> r.from, term |-> r.term, age |-> r.age]})
     ELSE /\ UNCHANGED <<memory, durable>>     \* a refusal does not adopt the asker's term
          /\ Send(Refusal(v, r.from, term[v]))

Answered(m, r) == [backing[m] EXCEPT ![r.from] = Max({@, Left(Promise[r.from], r.age)})]
Votes(m) == {r \in Heard(m) : r.kind = "VoteGranted" /\ r.term = term[m]}

\* A vote that does not decide: there are too few so far, or m is elected already.
HandleVoteGranted(m) == \E r \in Votes(m) :
  /\ Asks(m) \/ role[m] = "leader"
  /\ Asks(m) => ~IsQuorum(Backs(Answered(m, r)), Voters)
  /\ backing' = [backing EXCEPT ![m] = Answered(m, r)]
  /\ UNCHANGED <<role, leader, granted, held, promise, durable>>
  /\ Send({})

\* The last vote of a quorum whose promises all still last; m alone may be a quorum.
BecomeLeader(m) ==
  /\ Asks(m)
  /\ \E answers \in {Answered(m, r) : r \in Votes(m)} \cup {backing[m]} :
       /\ IsQuorum(Backs(answers), Voters)     \* a quorum, whose lease is not over yet
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
  /\ Acts(m)                                   \* a leader whose lease is over steps down and sends nothing more
  /\ backing' = [backing EXCEPT ![m][m] = Left(Promise[m], 0)]
  /\ promise' = [promise EXCEPT ![m] = [to |-> m, left |-> Promise[m]]]
  /\ UNCHANGED <<role, leader, granted, held, durable>>
  /\ LET heartbeat(v) == [kind |-> "Heartbeat", from |-> m, to |-> v, term |-> term[m], age |-> 0]
     IN  Send(To(Members \ {m}, heartbeat))

HandleHeartbeat(v) == \E r \in Heard(v) :
  /\ r.kind = "Heartbeat" /\ role[v] # "down"
  /\ IF r.term >= term[v] \/ ~KnowsVoters(v)   \* whatever v promised: that lease is over, or r.from could not lead
     THEN /\ Follow(v, r.from)
          /\ term' = [term EXCEPT ![v] = r.term]
          /\ stamp' = [stamp EXCEPT ![v] = r.term]
          /\ UNCHANGED winners
          /\ promise' = [promise EXCEPT ![v] = [to |-> r.from, left |-> Promise[v]]]
          /\ Send({[kind |-> "HeartbeatAck", from |-> v, to |-> r.from, term |-> r.term, age |-> r.age]})
     ELSE /\ UNCHANGED <<memory, durable>>
          /\ Send(Refusal(v, r.from, term[v]))

HandleHeartbeatAck(m) == \E r \in Heard(m) :
  /\ r.kind = "HeartbeatAck"
  /\ role[m] = "leader" /\ r.term = term[m]    \* an answer counts only in the term that it was given in
  /\ backing' = [backing EXCEPT ![m] = Answered(m, r)]
  /\ UNCHANGED <<role, leader, granted, held, promise, durable>>
  /\ Send({})

-----------------------------------------------------------------------------
(* Stepping down, or continuing in a higher term *)

ExpireLease(m) ==
  /\ role[m] \in {"leader", "renewing"}
  /\ LeaseOver(m)
  /\ Follow(m, None)
  /\ promise' = [promise EXCEPT ![m] = WithoutOwnPromise(m)]
  /\ UNCHANGED durable
  /\ Send({})

Refusals(m) == {r \in Heard(m) : r.kind = "Refused" /\ r.term > term[m] /\ role[m] # "down"}

UpdateTerm(m) == \E r \in Refusals(m) :
  /\ LeaseOver(m)                              \* a leader that acts renews instead
  /\ Follow(m, leader[m])
  /\ term' = [term EXCEPT ![m] = r.term]
  /\ promise' = [promise EXCEPT ![m] = WithoutOwnPromise(m)]
  /\ UNCHANGED past
  /\ Send({})

\* m hears of a higher term while it acts.  No other member can be acting, so m asks for votes above that
\* term and continues to act meanwhile.  While its lease lasts it may try again, in ever higher terms.
Renew(m) ==
  /\ Acts(m)
  /\ \E t \in {r.term : r \in Refusals(m)} \cup {term[m]} :
       /\ t > term[m] \/ role[m] = "renewing"
       /\ StandFor(m, t + 1, "renewing", None)

Resign(m) == \E successor \in (Voters \ {m}) \cup {None} :  \* m stops acting before it says so
  /\ m \in MayResign
  /\ role[m] \in {"leader", "renewing"}
  /\ Follow(m, None)
  /\ promise' = [promise EXCEPT ![m] = NoPromise]
  /\ UNCHANGED durable
  /\ LET resigned(v) == [kind |-> "Resigned", from |-> m, to |-> v, term |-> term[m], successor |-> successor]
     IN  Send(To(Members \ {m}, resigned))

HandleResigned(v) == \E r \in Heard(v) :
  /\ r.kind = "Resigned"
  /\ r.term >= term[v] /\ role[v] = "follower" \* a promise of a later term was made to a later leadership
  /\ LET kept == IF promise[v].to = r.from THEN NoPromise ELSE promise[v]
         named == r.successor = v /\ r.term = term[v] /\ kept.left = 0
     IN  IF named
         THEN StandFor(v, term[v] + 1, "candidate", r.from)
         ELSE /\ leader[v] = r.from \/ kept # promise[v]
              /\ Follow(v, IF leader[v] = r.from THEN None ELSE leader[v])
              /\ promise' = [promise EXCEPT ![v] = kept]
              /\ UNCHANGED durable
              /\ Send({})

\* The deadline has passed: an observer cannot ask for votes.  It forgets its leader, and who votes: whoever
\* told it may have lied, and then it would hear no true leader ever again.
LoseLeader(m) ==
  /\ m \notin Voters
  /\ leader[m] # None \/ stamp[m] > 0
  /\ leader' = [leader EXCEPT ![m] = None]
  /\ stamp' = [stamp EXCEPT ![m] = 0]
  /\ UNCHANGED <<role, term, granted, backing, held, promise, winners>>
  /\ Send({})

-----------------------------------------------------------------------------
(* The environment *)

PeerDown(m) == \E p \in Members \ {m} :
  /\ TrustDisconnect                           \* otherwise m only asks for pre-votes sooner
  /\ AccurateDetector => role[p] = "down"
  /\ promise[m].to = p \/ leader[m] = p
  /\ promise' = [promise EXCEPT ![m] = IF @.to = p THEN NoPromise ELSE @]
  /\ leader' = [leader EXCEPT ![m] = IF @ = p THEN None ELSE @]
  /\ UNCHANGED <<role, granted, backing, held, durable>>
  /\ Send({})

\* The members that start in term 0 if they have no record: they have no vote that they could give twice.
StartAtZero == Observers

\* A voter without a record takes its term from the wall clock, which is above every term that it may have
\* used: here, above the highest term of all members when it crashed.  It is silent until every promise
\* that it may have made before is over: here, it stays down.
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

EndPromise(m) ==                               \* without time, a promise may end at any moment
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
