"""Elect one leader among the processes of an application, with no service beside it.

How it works, in one screen. Members are named for life (``name@node``) and agree on who votes. Every
election has a number, its *term*, and the winner's term is its *fencing token*. ::

        silence, or a broken            a quorum says          a quorum votes, and its
        connection                      it would vote          promises still stand
    Follower ----------------> PreCandidate ------> Candidate ------------------> Leader
       ^  ^                         |                   |                         |  ^ |
       |  +-- a leader is heard ----+-------------------+                         |  | | a higher term
       |                                                                          |  | v is about
       +------------- its lease ran out, or it resigned --------------------------+ Renewing

A voter that answers a candidate or leader *promises* to vote for nobody else for a while, and whoever
asked counts its *lease* from the moment it sent what was answered. So a lease always ends before the
promises it rests on, and a member acts only while its own clock says that its lease is alive: a
process that was stopped for a minute answers "no" before anything else has run.

``leader.protocol`` is the election itself: pure, and the same, action for action, as
``spec/Election.tla``. ``leader.election.engine`` runs it on a clock, a network and a record;
``leader.election.participation`` turns what it comes to into callbacks, finds the peers, and is all that is
behind ``leader.actor.actor``. ``runtime`` carries messages and knows nothing of elections.
"""

import logging

from leader.actor.actor import Actor
from leader.actor.options import Options
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
