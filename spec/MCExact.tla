------------------------------ MODULE MCExact -------------------------------
(* Instances whose whole graph is compared with that of the implementation.  A
   cfg cannot contain records, so it names the cut links as pairs of members.  *)
EXTENDS MCElection

CONSTANT Apart   \* sets of two members that never hear each other

MCCut == UNION {{[from |-> a, to |-> b] : a \in pair, b \in pair} : pair \in Apart}
=============================================================================
