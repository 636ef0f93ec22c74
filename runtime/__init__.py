"""Actors on asyncio: processes with mailboxes, on nodes that authenticate each other.

A `Process` handles one message at a time; a `Node` runs processes and delivers messages to those
of other nodes; types that travel are registered with `@message`. Time, network and chance are
passed in, so the same code runs on `runtime.simulation`, where a seed reproduces every run.
Knows nothing of elections.

How a message travels: `tcp` has `tls`, if any, decrypt bytes and cuts them into frames, `link` lets
a frame pass once the other node has proved itself and has `wire` decode it, `peers` hand it to
`node`, which finds the process and puts it into its `mailbox`, or calls its priority handler, all
in the one call that read the bytes.
"""

import logging

from runtime.clock import Alarm, Clock, SystemClock, Timer
from runtime.events import NodeDown, NodeDownReason, NodeEvent, NodeUp
from runtime.limits import NodeLimits
from runtime.node import NameTaken, Node, Statistics
from runtime.pid import Pid, ProcessId
from runtime.process import ExitReason, Host, PriorityHandler, Process
from runtime.tcp import TcpTransport
from runtime.tls import Credentials, Tls
from runtime.transport import Channel, Connection, Listener, Loss, Receiver, Transport
from runtime.wire import DEFAULT_REGISTRY, Registry, WireError, message

__all__ = [
    "Alarm",
    "Channel",
    "Clock",
    "Connection",
    "Credentials",
    "DEFAULT_REGISTRY",
    "ExitReason",
    "Host",
    "Listener",
    "Loss",
    "NameTaken",
    "Node",
    "NodeDown",
    "NodeDownReason",
    "NodeEvent",
    "NodeLimits",
    "NodeUp",
    "Pid",
    "PriorityHandler",
    "Process",
    "ProcessId",
    "Receiver",
    "Registry",
    "Statistics",
    "SystemClock",
    "TcpTransport",
    "Timer",
    "Tls",
    "Transport",
    "WireError",
    "message",
]

logging.getLogger("runtime").addHandler(logging.NullHandler())
