"""The processes of one node: what they can do with each other, how they run, how they end.

These are the names that other folders may use. `runtime.process` builds `Process` on them, and
`supervisor`, which is itself a process, is built on `Process`; so it is not in this list, and only
`runtime` itself takes from it.

Inside, from the bottom: `signals` are what nodes say on behalf of processes, and `signal_router`
carries them. `watches` tells who waits for whose end; `links` are the links and monitors of one
process, made of watches. `callbacks` are what an author writes, and `host` is the node as a process
sees it. `mailbox`, `timers`, `requests` and `endpoints` are parts of the `runner`, which runs the
callbacks of one process. `table` has all processes of a node, `calls` the requests between them, and
`message_router` delivers messages, and `misnamed` tells of names that may be mistyped. `local` puts all of it together.
"""

from runtime.processes.callbacks import Factory, ProcessCallbacks, resolve
from runtime.processes.endpoints import Endpoint, Registration
from runtime.processes.host import Host
from runtime.processes.local import LocalProcesses
from runtime.processes.mailbox import Post
from runtime.processes.runner import ProcessRunner
from runtime.processes.signals import Inspect
from runtime.processes.table import NameTaken

__all__ = [
    "Endpoint",
    "Factory",
    "Host",
    "Inspect",
    "LocalProcesses",
    "NameTaken",
    "Post",
    "ProcessCallbacks",
    "ProcessRunner",
    "Registration",
    "resolve",
]
