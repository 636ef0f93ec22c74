"""What all parts of a node share: who the node is, its secrets, time, chance, limits, drops."""

import random
from dataclasses import dataclass, field

from runtime.clock import Clock
from runtime.dropped import DropLog
from runtime.limits import NodeLimits
from runtime.network.cookies import Cookies
from runtime.network.handshake import NONCE_LENGTH, NodeIdentity
from runtime.network.wire import Registry
from runtime.pid import Pid


@dataclass(slots=True, kw_only=True)
class NodeContext:
    """Set once, when the node is made, but for the precedence of its identity, which may be raised."""

    own: NodeIdentity
    cookies: Cookies = field(repr=False)
    clock: Clock
    random: random.Random
    registry: Registry
    limits: NodeLimits
    drop_log: DropLog

    def nonce(self) -> bytes:
        """Returns bytes for one handshake, which cannot be predicted unless `random` was seeded."""
        return self.random.randbytes(NONCE_LENGTH)

    def check_own(self, field: str, pid: Pid | None) -> None:
        """Raises ValueError, which names the field, for a process of another node or incarnation."""
        if pid is not None and (pid.node, pid.creation) != (self.own.name, self.own.creation):
            raise ValueError(f"{field} must be a process of {self.own.name}, not {pid!r}")
