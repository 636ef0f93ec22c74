"""Comparison with TLC: a graph of states and labelled steps is exactly the specification's, or not.

Two users bring their own graph: `spec.proof` the one that its actions compute, `stateful_tests.exact`
the one of the Python core. Everything else is here once: the instances, the states as Python values,
the reader of TLC's graphs, what the model's network forgets, and the comparison.
"""
