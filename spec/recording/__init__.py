"""Recorded runs against the spec: is what processes did a behaviour of ``Election.tla``?

``reading`` turns files into one order of lines, ``carriage`` counts which messages can arrive,
``moves`` puts lines into the spec's words, ``module`` writes those as TLA+, ``verdict`` has TLC judge
and says in words what is wrong. ``spec/TraceElection.tla`` is what they are judged by.
"""
