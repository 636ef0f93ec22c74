"""What a process and its node promise each other.

Knows nothing of how either keeps it. The idea: `Callbacks` is all that a node asks of a process and
`Host` all that a process asks of its node, so either can be understood, and replaced, alone.
"""

import random
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Protocol

from runtime.clock import Clock
from runtime.events import NodeEvent
from runtime.network.wire import Registry
from runtime.pid import Pid, ProcessId
from runtime.processes.endpoints import Endpoint, Registration
from runtime.reasons import ExitReason


class Callbacks(Protocol):
    """A process as its node sees it; each is described in `Process`."""

    _execution: Any

    def handle_message(self, sender: Pid | None, message: Any) -> Awaitable[None] | None:
        """A message has come."""

    def handle_call(self, sender: Pid | None, request: Any) -> Any:
        """A request has come."""

    def handle_inspect(self, *items: str) -> Any:
        """Somebody wants to see the process."""

    def terminate(self, reason: ExitReason) -> Awaitable[None] | None:
        """The process ends."""

    async def _initialize(self, *arguments: Any) -> None:
        """Runs init."""

    async def _prepare_to_terminate(self, reason: ExitReason) -> None:
        """Runs before terminate."""

    async def _release(self) -> None:
        """Runs at the very end."""


Factory = Callable[[], Callbacks]
"""Makes a process; a subclass of `Process` is one."""


class Host(Protocol):
    """A process's node, as the process sees it."""

    @property
    def name(self) -> str:
        """The node's name."""

    @property
    def creation(self) -> int:
        """Which life of the node this is."""

    @property
    def clock(self) -> Clock:
        """The clock of everything on this node."""

    @property
    def random(self) -> random.Random:
        """Where all chance on this node comes from."""

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

    @property
    def registry(self) -> Registry:
        """The types of messages that travel to and from the node."""

    def register_endpoint(
        self, name: str, endpoint: Endpoint, types: Iterable[type]
    ) -> Registration:
        """Registers an endpoint under a name; its pid is that of the process of this name, if any."""

    def whereis(self, name: str) -> Pid | None:
        """The process of that name on this node."""

    def add_route(self, name: str, address: str) -> None:
        """Tells where another node listens."""

    def connect(self, name: str) -> None:
        """Keeps connected with another node."""

    def watch(self, callback: Callable[[NodeEvent], None]) -> Callable[[], None]:
        """Tells which nodes go up and down; returns how to end that."""

    def nodes(self) -> dict[str, int]:
        """The other nodes that are up and which of their lives it is."""
