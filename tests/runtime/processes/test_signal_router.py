"""Signals: to a process of this node at once, to others over their connections."""

import asyncio
import random

import pytest

from runtime.dropped import DropLog
from runtime.limits import NodeLimits
from runtime.logs import process_log
from runtime.network import (
    NODE,
    SALT_LENGTH,
    Cookies,
    Envelope,
    NodeContext,
    NodeIdentity,
    Peers,
    Registry,
)
from runtime.network.cookies import stretch
from runtime.pid import Pid, ProcessId
from runtime.processes.signal_router import (
    Address,
    SignalRouter,
    Target,
    address_of,
    sender_of,
)
from runtime.processes.signals import SIGNALS, Ended, Stop
from runtime.simulation import SimulatedClock, SimulatedNetwork, run

OWN = NodeIdentity("a", 2)
SALT = bytes(SALT_LENGTH)
STOP = Stop(reason="enough")


class Node:
    """A signal router on a simulated network, and the signals that have come to it."""

    def __init__(self, network: SimulatedNetwork, own: NodeIdentity = OWN) -> None:
        clock, log = SimulatedClock(network.loop), process_log(own.name)
        self.context = NodeContext(
            own=own,
            cookies=Cookies(("x",), SALT, (stretch("x", SALT),)),
            clock=clock,
            random=random.Random(own.name),
            registry=Registry(),
            limits=NodeLimits(),
            drop_log=DropLog(clock, log),
        )
        self.context.registry.register_all(SIGNALS)
        self.peers = Peers(self.context, network.transport(own.name), log)
        self.router = SignalRouter(self.context, self.peers)
        self.arrived: list[tuple[NodeIdentity, Envelope]] = []
        self.peers.on_message = lambda peer, envelope: self.arrived.append((peer, envelope))
        for kind in (Stop, Ended):
            self.router.handle(kind, self.keep)

    def keep(self, peer: NodeIdentity, envelope: Envelope, signal: object) -> None:
        """Keeps a signal."""
        assert signal is envelope.message
        self.arrived.append((peer, envelope))


def network() -> SimulatedNetwork:
    """A network on the running loop."""
    return SimulatedNetwork(asyncio.get_running_loop(), seed=1)


@pytest.mark.parametrize(
    ("target", "address"),
    [
        (Pid("b", 3, 4), Address("b", 3, 4)),
        (ProcessId("shop", "b"), Address("b", None, "shop")),
        ("b", Address("b", None, NODE)),
    ],
)
def test_address_of_gives_node_incarnation_and_addressee(target: Target, address: Address) -> None:
    """Only a pid names an incarnation; the name of a node stands for the node itself."""
    assert address_of(target) == address


def test_address_of_refuses_anything_else() -> None:
    """The error shows the value."""
    with pytest.raises(TypeError, match="target must be a Pid, a ProcessId or a node's name"):
        address_of(7)  # type: ignore[arg-type]


def test_sender_of_takes_name_and_creation_from_the_proof() -> None:
    """A node can only claim the number of one of its own processes."""
    assert sender_of(NodeIdentity("b", 3), Envelope(1, 9, "x")) == Pid("b", 3, 9)
    assert sender_of(NodeIdentity("b", 3), Envelope(1, None, "x")) is None


def test_send_within_the_node_calls_the_handler_at_once() -> None:
    """A pid of another incarnation of the node is certain not to arrive."""

    async def main() -> None:
        node = Node(network())
        assert node.router.send(Address("a", None, "shop"), STOP, 9)
        assert node.router.send(Address("a", 2, 7), STOP)
        assert not node.router.send(Address("a", 1, 7), STOP)
        assert node.arrived == [(OWN, Envelope("shop", 9, STOP)), (OWN, Envelope(7, None, STOP))]

    run(main())


def test_send_to_another_node_goes_over_its_connection() -> None:
    """Without a route it is certain not to arrive."""

    async def main() -> None:
        net = network()
        here, there = Node(net), Node(net, NodeIdentity("b", 3))
        assert not here.router.send(Address("b", None, 7), STOP, 9)
        here.peers.add_route("b", await there.peers.listen("b:1"))
        assert here.router.send(Address("b", None, 7), STOP, 9)
        await asyncio.sleep(1)
        assert there.arrived == [(OWN, Envelope(7, 9, STOP))]
        await here.peers.stop("the test ends")
        await there.peers.stop("the test ends")

    run(main())


def test_answer_reaches_only_the_incarnation_that_asked_and_is_connected() -> None:
    """If its connection has ended, it waits for no answer, so none is sent and it is not dialled."""

    async def main() -> None:
        net = network()
        here, there = Node(net), Node(net, NodeIdentity("b", 3))
        here.peers.add_route("b", await there.peers.listen("b:1"))
        ended = Ended(reference=1, reason="done")
        assert not here.router.answer(NodeIdentity("b", 3), ended)
        here.peers.keep_connected("b")
        await asyncio.sleep(1)
        assert here.router.answer(NodeIdentity("b", 3), ended)
        assert not here.router.answer(NodeIdentity("b", 2), ended)
        assert here.router.answer(OWN, ended)
        await asyncio.sleep(1)
        assert there.arrived == [(OWN, Envelope(NODE, None, ended))]
        assert here.arrived == [(OWN, Envelope(NODE, None, ended))]
        await here.peers.stop("the test ends")
        await there.peers.stop("the test ends")

    run(main())


def test_is_gone_is_true_for_an_incarnation_that_was_replaced() -> None:
    """An address without an incarnation is never gone."""

    async def main() -> None:
        net = network()
        here, there = Node(net), Node(net, NodeIdentity("b", 3))
        here.peers.add_route("b", await there.peers.listen("b:1"))
        here.peers.keep_connected("b")
        await asyncio.sleep(1)
        gone = [here.router.is_gone(Address("b", creation, 7)) for creation in (2, 3, None)]
        assert gone == [True, False, False]
        await here.peers.stop("the test ends")
        await there.peers.stop("the test ends")

    run(main())


def test_send_does_nothing_after_the_router_is_closed() -> None:
    """A node that has stopped neither sends nor handles signals of its own processes."""

    async def main() -> None:
        node = Node(network())
        node.router.is_closed = True
        assert not node.router.send(Address("a", None, 7), STOP)
        assert not node.router.send(Address("b", None, 7), STOP)
        assert node.arrived == []

    run(main())


def test_handler_is_none_for_a_type_that_is_no_signal() -> None:
    """The message router then looks for an endpoint or a process."""

    async def main() -> None:
        node = Node(network())
        assert node.router.handler(Stop) == node.keep
        assert node.router.handler(str) is None

    run(main())
