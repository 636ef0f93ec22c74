"""What all parts of a node share."""

import random

import pytest

from runtime.dropped import DropLog
from runtime.limits import NodeLimits
from runtime.logs import process_log
from runtime.network.context import NodeContext
from runtime.network.cookies import Cookies
from runtime.network.handshake import NONCE_LENGTH, NodeIdentity
from runtime.network.wire import Registry
from runtime.pid import Pid
from runtime.simulation import SimulatedClock, VirtualTimeLoop


def context(seed: int) -> NodeContext:
    """The context of a node with the cookie "secret"."""
    loop = VirtualTimeLoop()
    clock = SimulatedClock(loop)
    loop.close()
    return NodeContext(
        own=NodeIdentity("a", 1),
        cookies=Cookies(("secret",), b"salt", (b"secret key",)),
        clock=clock,
        random=random.Random(seed),
        registry=Registry(),
        limits=NodeLimits(),
        drop_log=DropLog(clock, process_log("a")),
    )


def test_nonce_is_drawn_anew_each_time_from_the_random_of_the_node() -> None:
    """A nonce that came twice would let a recorded handshake be replayed."""
    first, second = context(1), context(1)
    nonces = [first.nonce() for _ in range(100)]
    assert {len(nonce) for nonce in nonces} == {NONCE_LENGTH}
    assert len(set(nonces)) == 100
    assert nonces == [second.nonce() for _ in range(100)]


def test_context_shows_no_cookie() -> None:
    """Its text may appear in a traceback or a log."""
    assert "secret" not in repr(context(1))


def test_check_own_refuses_a_process_of_another_node_or_incarnation() -> None:
    """The error names the field; no pid at all is allowed."""
    node = context(1)
    node.check_own("sender", None)
    node.check_own("sender", Pid("a", 1, 7))
    for other in (Pid("b", 1, 7), Pid("a", 2, 7)):
        with pytest.raises(ValueError, match="sender must be a process of a, not Pid"):
            node.check_own("sender", other)
