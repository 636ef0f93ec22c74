"""Actors on asyncio: processes with mailboxes, on nodes that authenticate each other.

A `Process` handles one message at a time; a `Node` runs processes and delivers messages to those
of other nodes; types that travel are registered with `@message`. Time, network and chance are
passed in, so the same code runs on `runtime.simulation`, where a seed reproduces every run.
Knows nothing of elections.

What a process can do: `send`, `call` and be called, `monitor`, `link`, `send_exit`, `spawn`; a
`Supervisor` starts others and starts them again. `docs/runtime.md` shows each.

How a message travels: `tcp` has `tls`, if any, decrypt bytes and cuts them into frames, `link` lets
a frame pass once the other node has proved itself and has `wire` decode it, `peers` hand it to
`node`, which finds the process and puts it into its `mailbox`, or calls its priority handler, all
in the one call that read the bytes. What nodes say on behalf of processes (`signals`) takes the same
way as far as `node`, where the `switchboard` hands it to `calls`, `monitors` or `processes`.
"""

import logging

from runtime.clock import Alarm, Clock, SystemClock, Timer
from runtime.errors import (
    CallError,
    CallFailed,
    CallsItself,
    CallTimeout,
    CannotTravel,
    MailboxFull,
    NodeLost,
    NoSuchProcess,
    NotHandled,
    ProcessEnded,
)
from runtime.events import Down, Exit, NodeDown, NodeDownReason, NodeEvent, NodeUp
from runtime.limits import NodeLimits
from runtime.network.tcp import TcpTransport
from runtime.network.tls import Credentials, Tls
from runtime.network.transport import Channel, Connection, Listener, Loss, Receiver, Transport
from runtime.network.wire import DEFAULT_REGISTRY, Registry, WireError, message
from runtime.node import Node
from runtime.pid import Pid, ProcessId
from runtime.process import ExitReason, Host, PriorityHandler, Process
from runtime.processes.endpoints import Endpoint, Registration
from runtime.processes.supervisor import (
    Child,
    Restart,
    Strategy,
    Supervision,
    Supervisor,
    TooManyRestarts,
)
from runtime.processes.table import NameTaken
from runtime.statistics import ConnectionStatistics, MailboxStatistics, Statistics

__all__ = [
    "Alarm",
    "CallError",
    "CallFailed",
    "CallTimeout",
    "CallsItself",
    "CannotTravel",
    "Channel",
    "Child",
    "Clock",
    "Connection",
    "ConnectionStatistics",
    "Credentials",
    "DEFAULT_REGISTRY",
    "Down",
    "Endpoint",
    "Exit",
    "ExitReason",
    "Host",
    "Listener",
    "Loss",
    "MailboxFull",
    "MailboxStatistics",
    "NameTaken",
    "NoSuchProcess",
    "Node",
    "NodeDown",
    "NodeDownReason",
    "NodeEvent",
    "NodeLimits",
    "NodeLost",
    "NodeUp",
    "NotHandled",
    "Pid",
    "PriorityHandler",
    "Process",
    "ProcessEnded",
    "ProcessId",
    "Receiver",
    "Registration",
    "Registry",
    "Restart",
    "Statistics",
    "Strategy",
    "Supervision",
    "Supervisor",
    "SystemClock",
    "TcpTransport",
    "Timer",
    "Tls",
    "TooManyRestarts",
    "Transport",
    "WireError",
    "message",
]

logging.getLogger("runtime").addHandler(logging.NullHandler())
