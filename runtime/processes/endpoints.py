"""Endpoints: what a node delivers messages to besides processes. An election is one.

Leaves processes to the process table, and the delivery itself to the message router. An endpoint
claims some types of messages under a name. If a process has the same name, the claimed types go to
the endpoint at once, and all other messages go to the mailbox of the process.
"""

from collections.abc import Iterable
from typing import Any, Protocol

from runtime.pid import Pid

Addressee = int | str
"""The number of a process or endpoint on its node, or the name that it is registered under."""


class Endpoint(Protocol):
    """Receives messages of the types that it has claimed."""

    def receive(self, sender: Pid, message: Any) -> None:
        """Handles a message, within the call that read it from the network; it must not wait.

        It never gets a message without a sender. If this raises, the node calls `fail`.
        """

    def fail(self, error: Exception) -> None:
        """Ends the endpoint, because `receive` has raised this error. Must not raise."""


class Registration:
    """The place of an endpoint on a node."""

    def __init__(self, pid: Pid, endpoints: "Endpoints") -> None:
        self.pid = pid
        """The address of the endpoint; if a process has the same name, the pid of that process."""
        self._endpoints = endpoints

    def close(self) -> None:
        """Ends the registration: the endpoint receives nothing any more. May be called twice."""
        self._endpoints.remove(self)


class Endpoints:
    """The endpoints of one node, by the addresses and the types of messages that they claim."""

    def __init__(self) -> None:
        self._claims: dict[tuple[Addressee, type], tuple[Registration, Endpoint]] = {}
        self._is_closed = False

    def add(self, name: str, pid: Pid, types: Iterable[type], endpoint: Endpoint) -> Registration:
        """Registers an endpoint under a name and the number of a pid.

        Raises ValueError if another endpoint has claimed one of the types under that name,
        RuntimeError if the node has stopped.
        """
        if self._is_closed:
            raise RuntimeError(f"{pid.node} has stopped, it registers no endpoint")
        kinds = list(types)
        taken = [kind.__qualname__ for kind in kinds if (name, kind) in self._claims]
        if taken:
            raise ValueError(f"types must be free under the name {name!r}, {taken} are claimed")
        registration = Registration(pid, self)
        for kind in kinds:
            for addressee in (name, pid.number):
                self._claims[addressee, kind] = (registration, endpoint)
        return registration

    def find(self, addressee: Addressee, kind: type) -> Endpoint | None:
        """Returns the endpoint that has claimed messages of this type at this address, or None."""
        claim = self._claims.get((addressee, kind))
        return None if claim is None else claim[1]

    def names(self, kind: type) -> list[str]:
        """Returns the names under which messages of this type are claimed, sorted."""
        claims = self._claims
        return sorted(to for to, claimed in claims if claimed is kind and isinstance(to, str))

    def remove(self, registration: Registration) -> None:
        """Removes the claims of one registration."""
        self._claims = {
            key: claim for key, claim in self._claims.items() if claim[0] is not registration
        }

    def fail(self, error: Exception) -> None:
        """Calls `fail` of every endpoint, once."""
        for endpoint in dict(self._claims.values()).values():
            endpoint.fail(error)

    def close(self) -> None:
        """Removes all claims and accepts no more: the node has ended."""
        self._is_closed = True
        self._claims.clear()
