"""Elect one leader among the processes of an application, with no service beside it.

How it works, in one screen. A member has one name for life (``name@node``), and all agree on who votes.
Every election has a number, its *term*, and the winner's term is its *fencing token*. ::

        silence, or a broken            a quorum says          a quorum votes, and its
        connection                      it would vote          promises still stand
    Follower ----------------> PreCandidate ------> Candidate ------------------> Leader
       ^  ^                         |                   |                         |  ^ |
       |  +-- a leader is heard ----+-------------------+                         |  | | a higher term
       |                                                                          |  | v is about
       +------------- its lease ran out, or it resigned --------------------------+ Renewing

A voter that answers a candidate or leader *promises* not to vote for another member for a while. The
member that asked counts its *lease* from the moment it sent what was answered. So a lease always ends
before the promises that it depends on, and a member acts only while its own clock shows that its
lease has not ended: a process that was stopped for a minute answers "no" before anything else has run.

``leader.protocol`` is the election itself: pure, and the same, action for action, as
``spec/Election.tla``. ``leader.election`` is one member of one election, on a clock, a network and a
record, for any listener. ``leader.actor`` is such a listener: it turns what it is told into callbacks,
one at a time and in order. ``leader.cli`` is the command line. Imports point from the last to the
first. ``runtime`` carries messages and knows nothing of elections.
"""

import logging

from leader.actor.actor import Actor
from leader.election.options import Options
from leader.election.storage import (
    FileStorage,
    MemoryStorage,
    StorageError,
)
from leader.errors import ElectionError, MembershipFixed

__all__ = [
    "Actor",
    "ElectionError",
    "FileStorage",
    "MembershipFixed",
    "MemoryStorage",
    "Options",
    "StorageError",
]

logging.getLogger("leader").addHandler(logging.NullHandler())
