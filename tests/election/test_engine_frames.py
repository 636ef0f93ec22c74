"""How many calls there are between the bytes of a socket and the step of the core."""

import asyncio
import traceback

import pytest

from leader.election import engine
from leader.election.election import Election, open_record
from leader.protocol.events import Event, Received
from leader.protocol.state import State
from leader.protocol.step import step
from leader.protocol.transition import Transition
from leader.protocol.vocabulary import Moment
from runtime import Node, ProcessId
from tests.election.election_support import NAME, options, voters
from tests.election.engine_support import JournallingListener
from tests.runtime.support import COOKIE, over_tcp, until

CALLS = 8
"""``data_received`` is 0 and ``step`` is this one; each call between them decides something."""


@pytest.mark.slow
def test_a_message_reaches_the_step_in_few_calls_and_without_a_task_switch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One stack leads from ``data_received`` to ``step``; a new call on this way has to be justified."""
    stacks: set[tuple[str, ...]] = set()

    def watched_step(state: State, event: Event, moment: Moment) -> Transition:
        names = [frame.name for frame in traceback.extract_stack()]
        if isinstance(event, Received):
            stacks.add(tuple(names[names.index("data_received") :]))
        return step(state, event, moment)

    async def main() -> None:
        # In debug mode asyncio warns of slow callbacks; the speed of this machine does not matter here.
        asyncio.get_running_loop().slow_callback_duration = 60
        nodes = [await Node.start(f"{name}@127.0.0.1:0", cookie=COOKIE) for name in "ab"]
        first, second = nodes
        first.add_route(second.name, second.address)
        second.add_route(first.name, first.address)
        given, elections = options(bootstrap=voters("ab")), []
        for node in nodes:
            record = await open_record(given, ProcessId(NAME, node.name))
            listener = JournallingListener([])
            election = Election(given, record, node=node, name=NAME, listener=listener)
            elections.append(election)
            await election.start()
        await until(lambda: {election.role for election in elections} == {"leader", "follower"})
        for election in elections:
            await election.close()
        for node in nodes:
            await node.stop()

    monkeypatch.setattr(engine, "step", watched_step)
    over_tcp(main)
    assert {len(stack) - 1 for stack in stacks} == {CALLS}, stacks
