------------------------------ MODULE MCExact -------------------------------
(* Instances whose whole graph is compared with that of the implementation:
   bounds, and who cannot be heard, in a form that a configuration can state.  *)
EXTENDS MCElection

CONSTANT Apart   \* sets of two members that never hear each other

MCCut == UNION {{[from |-> a, to |-> b] : a \in pair, b \in pair} : pair \in Apart}
=============================================================================
