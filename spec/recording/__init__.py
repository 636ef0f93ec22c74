"""Recorded runs against the specification: is what processes did a behaviour of ``Election.tla``?

``reading`` merges files into one sequence of lines, ``message_ledger`` counts which messages can arrive,
``translation`` turns lines into moves of the specification, ``module`` writes these as TLA+, ``verdict``
runs TLC with ``spec/TraceElection.tla`` and explains the first line that is impossible.
"""
