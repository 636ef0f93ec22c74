"""The table of the members that one member has heard of: their addresses and newest incarnations.

Knows neither votes nor terms, and sends nothing. Safety does not depend on it. A *peer* is a member
that was heard from and whose node has been up since.
"""

from collections.abc import Callable, Iterable

from leader.protocol.vocabulary import MemberId
from runtime import Pid, ProcessId

KNOWN_LIMIT = 1_000
"""How many members are remembered, so that a peer cannot fill the memory with invented names."""


def address_in(member: MemberId) -> ProcessId | None:
    """The address that a member's name stands for; None if no process can have that name."""
    name, _, node = member.rpartition("@")
    try:
        return ProcessId(name, node)
    except ValueError:
        return None


class KnownMembers:
    """All members that one of them knows of, by address and by newest incarnation, and the peers."""

    def __init__(
        self,
        own: MemberId,
        joined: Callable[[MemberId, Pid], None],
        left: Callable[[MemberId, Pid], None],
    ) -> None:
        """``joined`` and ``left`` are called at once, whenever a member becomes or ceases to be a peer."""
        self._own = own
        self._addresses: dict[MemberId, ProcessId] = {}
        self._newest: dict[MemberId, Pid] = {}
        self._present: set[MemberId] = set()
        self._joined = joined
        self._left = left

    def start_as(self, pid: Pid) -> None:
        """Remember ``pid`` as this member's own incarnation."""
        self._newest[self._own] = pid

    @property
    def own_pid(self) -> Pid | None:
        """This member's own incarnation; None before the start."""
        return self._newest.get(self._own)

    def peers(self) -> list[Pid]:
        """The present peers, sorted by their members' names; a fresh list."""
        return [self._newest[member] for member in sorted(self._present)]

    def named_peers(self) -> tuple[MemberId, ...]:
        """The peers that other members can be told of: those whose names are addresses."""
        return tuple(sorted(self._present & self._addresses.keys()))

    def missing(self) -> list[ProcessId]:
        """The addresses of the members that are known of but are not peers now."""
        return [
            address for member, address in self._addresses.items() if member not in self._present
        ]

    def is_peer(self, member: MemberId) -> bool:
        """Whether ``member`` was heard from and its node has been up since."""
        return member in self._present

    def pid_of(self, member: MemberId | None) -> Pid | None:
        """The newest incarnation heard from, which may be dead; None for None and for strangers."""
        return None if member is None else self._newest.get(member)

    def address_of(self, member: MemberId) -> Pid | ProcessId | None:
        """Where to send to: by name if its address is known, else the process that it spoke from."""
        return self._addresses.get(member) or self._newest.get(member)

    def add_address(self, member: MemberId) -> ProcessId | None:
        """Remember that there may be such a member; its address if it was not known before."""
        if member == self._own or member in self._addresses or len(self._addresses) >= KNOWN_LIMIT:
            return None
        address = address_in(member)
        return None if address is None else self._addresses.setdefault(member, address)

    def is_outdated(self, member: MemberId, pid: Pid) -> bool:
        """Whether a newer incarnation of ``member`` than ``pid`` was heard from."""
        newest = self._newest.get(member)
        return newest is not None and (pid.creation, pid.number) < (newest.creation, newest.number)

    def hear(self, member: MemberId, pid: Pid) -> None:
        """``pid``, which is not outdated, spoke as ``member``: it is a peer now."""
        if member not in self._newest and not self._has_room():
            return
        if member in self._present and self._newest[member] != pid:
            self.lose(member)
        self._newest[member] = pid
        if member not in self._present:
            self._present.add(member)
            self._joined(member, pid)

    def lose(self, member: MemberId) -> None:
        """``member`` is no peer any more; it is still known of."""
        if member in self._present:
            self._present.remove(member)
            self._left(member, self._newest[member])

    def node_came_up(self, node: str, creation: int) -> None:
        """``node`` is up with ``creation``, which is its latest incarnation, even if it is a lower one.

        A node whose clock is behind starts with a low creation, and is then given a higher precedence.
        Without this, the members on it would count as outdated.
        """
        outdated = [
            member
            for member, pid in self._newest.items()
            if pid.node == node and pid.creation > creation
        ]
        for member in outdated:
            self.lose(member)
            del self._newest[member]

    def forget(self, member: MemberId) -> None:
        """``member`` is no peer any more, and is not looked for."""
        self.lose(member)
        self._addresses.pop(member, None)

    def forget_all(self) -> list[MemberId]:
        """Forget every member; returns those that were peers."""
        present = sorted(self._present)
        for member in (*present, *self._addresses):
            self.forget(member)
        return present

    def on_node(self, node: str, creation: int) -> Iterable[MemberId]:
        """The members whose newest incarnation belongs to that incarnation of ``node``."""
        return [
            member
            for member, pid in self._newest.items()
            if (pid.node, pid.creation) == (node, creation)
        ]

    def _has_room(self) -> bool:
        """If the table is full, drop the oldest member that is no peer nor looked for; True if one fits."""
        if len(self._newest) >= KNOWN_LIMIT:
            kept = {self._own, *self._present, *self._addresses}
            gone = next((member for member in self._newest if member not in kept), None)
            if gone is not None:
                del self._newest[gone]
        return len(self._newest) < KNOWN_LIMIT
