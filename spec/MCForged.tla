------------------------------ MODULE MCForged ------------------------------
(* An observer, or a stranger, that says anything to any voter, at any time.

   What it makes up is never in flight: it may always arrive.  So a model in which the gate holds has
   exactly the states that it has without anything made up.                    *)
EXTENDS MCElection

CONSTANT Forged   \* the kinds of message that are made up

Made(kind, fields) == {[kind |-> kind, from |-> f, to |-> v] @@ rest : f \in Observers, v \in Voters, rest \in fields}
Later == Terms \ {0}

Forgeries == UNION {made \in
  {Made("PreVoteRequest", [term : Later, stamp : {MaxTerm}]),
   Made("PreVoteGranted", [term : Later]),
   Made("VoteRequest", [term : Later, stamp : {MaxTerm}, age : {0}, resigned : Voters \cup {None}]),
   Made("VoteGranted", [term : Later, age : {0}]),
   Made("Heartbeat", [term : Later, age : {0}]),
   Made("HeartbeatAck", [term : Later, age : {0}]),
   Made("Refused", [term : Later]),
   Made("Resigned", [term : Later, successor : Voters \cup {None}])} : \A r \in made : r.kind \in Forged}
ForgedTo == [m \in Members |-> {r \in Forgeries : r.to = m}]

\* For Arriving.
WithForgeries(m) == messages \cup ForgedTo[m]

\* A voter moves only to a term that some voter has reached, or to the next one.
TermsComeFromVoters == [][\A m \in Voters : term'[m] <= Max({term[v] : v \in Voters}) + 1]_vars

\* A voter promises its vote to voters only, and follows only them.
VotersPromiseVoters == \A m \in Voters : {promise[m].to, leader[m]} \subseteq Voters \cup {None}

\* Only answers of voters are kept.
LeasesRestOnVoters == \A m \in Members : Backs(backing[m]) \subseteq Voters
=============================================================================
