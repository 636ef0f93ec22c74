"""Who else takes part, as far as one member has found out. Nothing that is safe rests on it.

Knows neither votes nor terms. The idea: a *peer* is a member that was heard from and whose node has
been up since. A member greets whomever it knows of and has not heard, again and again, and a leader
tells all peers whom it knows, so over time all discover all.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from leader.protocol.vocabulary import ClusterId, MemberId
from runtime import Pid, ProcessId

KNOWN_LIMIT = 1_000
"""How many members are remembered: nobody fills our memory with names that he made up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """I am here, and these are my peers."""

    cluster: ClusterId
    sender: MemberId
    known: tuple[MemberId, ...]
    was_heard: bool
    """Whether the sender has heard from the receiver before; if not, it wants to."""
    observes: bool
    """Whether the sender takes part without a vote: it wants to hear heartbeats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Farewell:
    """I take part no longer."""

    cluster: ClusterId
    sender: MemberId


def address_in(member: MemberId) -> ProcessId | None:
    """Where a member of that name is; None where no process can bear it."""
    name, _, node = member.rpartition("@")
    try:
        return ProcessId(name, node)
    except ValueError:
        return None


class Peers:
    """All members that one of them knows of: by address, by newest incarnation, and who is there."""

    def __init__(
        self,
        own: MemberId,
        pid: Pid,
        joined: Callable[[MemberId, Pid], None],
        left: Callable[[MemberId, Pid], None],
    ) -> None:
        self._own = own
        self._addresses: dict[MemberId, ProcessId] = {}
        self._newest: dict[MemberId, Pid] = {own: pid}
        self._present: set[MemberId] = set()
        self._joined = joined
        self._left = left

    def pids(self) -> list[Pid]:
        """Those who are there, in the order of their names."""
        return [self._newest[member] for member in sorted(self._present)]

    def known(self) -> tuple[MemberId, ...]:
        """Those who are there, as others may be told of them."""
        return tuple(sorted(self._present & self._addresses.keys()))

    def strangers(self) -> list[ProcessId]:
        """Whoever is known of and not there."""
        return [
            address for member, address in self._addresses.items() if member not in self._present
        ]

    def is_present(self, member: MemberId) -> bool:
        """Whether ``member`` was heard from, and its node has been up since."""
        return member in self._present

    def pid_of(self, member: MemberId | None) -> Pid | None:
        """The newest incarnation met; it may be dead."""
        return None if member is None else self._newest.get(member)

    def address_of(self, member: MemberId) -> Pid | ProcessId | None:
        """Where to write to; a member of whom nobody told us, where it wrote from."""
        return self._addresses.get(member) or self._newest.get(member)

    def tell_of(self, member: MemberId) -> ProcessId | None:
        """Take note that there may be such a member; its address if that is news."""
        if member == self._own or member in self._addresses or len(self._addresses) >= KNOWN_LIMIT:
            return None
        address = address_in(member)
        return None if address is None else self._addresses.setdefault(member, address)

    def is_outdated(self, member: MemberId, pid: Pid) -> bool:
        """Whether a newer incarnation of ``member`` than ``pid`` was met."""
        newest = self._newest.get(member)
        return newest is not None and (pid.creation, pid.number) < (newest.creation, newest.number)

    def hear(self, member: MemberId, pid: Pid) -> None:
        """``pid``, which is not outdated, spoke as ``member``."""
        if member not in self._newest and not self._has_room():
            return
        if member in self._present and self._newest[member] != pid:
            self.lose(member)
        self._newest[member] = pid
        if member not in self._present:
            self._present.add(member)
            self._joined(member, pid)

    def _has_room(self) -> bool:
        """Whether one more can be remembered; whoever left for good gives way, the longest known first."""
        if len(self._newest) >= KNOWN_LIMIT:
            kept = {self._own, *self._present, *self._addresses}
            gone = next((member for member in self._newest if member not in kept), None)
            if gone is not None:
                del self._newest[gone]
        return len(self._newest) < KNOWN_LIMIT

    def lose(self, member: MemberId) -> None:
        """``member`` is there no longer."""
        if member in self._present:
            self._present.remove(member)
            self._left(member, self._newest[member])

    def forget(self, member: MemberId) -> None:
        """Lose ``member``, and do not look for it."""
        self.lose(member)
        self._addresses.pop(member, None)

    def forget_all(self) -> list[MemberId]:
        """Lose whoever is there, and look for nobody; who was there."""
        present = sorted(self._present)
        for member in (*present, *self._addresses):
            self.forget(member)
        return present

    def living_on(self, node: str, creation: int) -> Iterable[MemberId]:
        """The members whose newest incarnation is of that life of ``node``."""
        return [
            member
            for member, pid in self._newest.items()
            if (pid.node, pid.creation) == (node, creation)
        ]
