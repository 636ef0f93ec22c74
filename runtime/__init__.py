"""Actors on asyncio: processes with mailboxes, on nodes that authenticate each other.

A `Process` handles one message at a time; a `Node` runs processes and delivers messages to those
of other nodes. The types of such messages are registered with `@message`. Time, network and chance
are arguments, so the same code runs on `runtime.simulation`, where one seed reproduces a run. This
package leaves elections to the applications of it.

What a process can do: `send`, `call` and be called, `monitor`, `link`, `send_exit`, `spawn`; a
`Supervisor` starts other processes and restarts them. `docs/runtime.md` shows each.

How a message travels: `network/tcp` decrypts bytes with `tls`, if that is used, and cuts them into
frames. `network/connection` passes frames on when the other node has proved who it is, and decodes
them with `wire`. `processes/message_router` hands the message to its endpoint or puts it into the
mailbox of its process. All of this happens within the call that read the bytes. Signals, which nodes
send on behalf of processes, take the same way; the router hands them to their handlers.
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
from runtime.incarnation import Superseded
from runtime.limits import NodeLimits
from runtime.network import (
    DEFAULT_REGISTRY,
    Channel,
    Connection,
    Credentials,
    Listener,
    Loss,
    Receiver,
    Registry,
    TcpTransport,
    Tls,
    Transport,
    WireError,
    message,
)
from runtime.node import Node
from runtime.pid import Pid, ProcessId
from runtime.process import Process
from runtime.processes import Endpoint, Host, NameTaken, Registration
from runtime.processes.supervisor import (
    Child,
    Restart,
    Strategy,
    Supervision,
    Supervisor,
    TooManyRestarts,
)
from runtime.reasons import ExitReason
from runtime.state_folder import StateFolderError, StateFolderInUse
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
    "Process",
    "ProcessEnded",
    "ProcessId",
    "Receiver",
    "Registration",
    "Registry",
    "Restart",
    "StateFolderError",
    "StateFolderInUse",
    "Statistics",
    "Strategy",
    "Superseded",
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
