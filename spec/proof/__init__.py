"""The proof for clusters of any size: an inductive invariant, discharged by an SMT solver.

Knows neither TLC's verdicts nor the implementation. Every action is written once, as a term of the
solver. The prover reasons about that term for any number of members, and an interpreter computes with
the same term on two or three members, where its steps must be exactly TLC's.
"""
