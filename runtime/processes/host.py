"""`Host`: a node as its processes see it.

Leaves the implementation to `Node`. A node knows its processes and a process knows its node; this
interface keeps the module of the node out of the imports of processes.
"""

import random
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from runtime.clock import Clock
from runtime.events import NodeEvent
from runtime.network import Registry
from runtime.pid import Pid, ProcessId
from runtime.processes.callbacks import Factory
from runtime.processes.endpoints import Endpoint, Registration


class Host(Protocol):
    """What a process may ask of its node; `Node` describes each."""

    @property
    def name(self) -> str:
        """The name of the node."""

    @property
    def creation(self) -> int:
        """Which incarnation of the node this is."""

    @property
    def clock(self) -> Clock:
        """The clock of everything on this node."""

    @property
    def random(self) -> random.Random:
        """The source of all chance on this node."""

    @property
    def registry(self) -> Registry:
        """The types of messages that can be sent to and from other nodes."""

    def send(self, to: Pid | ProcessId, message: object, sender: Pid | None = None) -> None:
        """Sends to a process anywhere."""

    async def call(
        self,
        to: Pid | ProcessId,
        request: object,
        timeout: float = 5.0,
        *,
        sender: Pid | None = None,
    ) -> Any:
        """Asks a process anywhere and waits for its answer."""

    async def spawn(
        self,
        factory: Factory,
        *arguments: object,
        mailbox_messages: int | None = None,
        parent: Pid | None = None,
    ) -> Pid:
        """Starts a process."""

    async def spawn_register(
        self,
        name: str,
        factory: Factory,
        *arguments: object,
        mailbox_messages: int | None = None,
        parent: Pid | None = None,
    ) -> Pid:
        """Starts a process under a name."""

    def register_endpoint(
        self, name: str, endpoint: Endpoint, types: Iterable[type]
    ) -> Registration:
        """Hands messages of these types that are sent to this name to an endpoint."""

    def whereis(self, name: str) -> Pid | None:
        """Returns the process of that name on this node."""

    def add_route(self, name: str, address: str) -> None:
        """Sets where another node is dialled."""

    def connect(self, name: str) -> None:
        """Keeps connected with another node."""

    def suspect(self, name: str) -> None:
        """Tells that another node does not answer, so that its link is made anew."""

    def watch(self, callback: Callable[[NodeEvent], None]) -> Callable[[], None]:
        """Calls back when a node goes up or down; returns a function that ends this."""

    def nodes(self) -> dict[str, int]:
        """Returns the other nodes that are up, and which incarnation of each it is."""
