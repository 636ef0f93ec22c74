"""What is sent although the other node reads too slowly; over real sockets."""

import pytest

import runtime
from tests.runtime.support import (
    COOKIE,
    Bulk,
    Recorder,
    over_tcp,
    start_recorder,
    until,
)

SLOW = "the node reads too slowly"


class Flood(runtime.Process):
    """A process that sends, when it terminates, more than the other node can read at once."""

    def init(self, to: runtime.Pid) -> None:
        self.to = to

    def terminate(self, reason: runtime.ExitReason) -> None:
        node = self.node
        assert isinstance(node, runtime.Node)
        while SLOW not in node.statistics().dropped:
            self.send(self.to, Bulk(number=0))


@pytest.mark.slow
def test_connection_ignores_the_send_limit_for_the_end_of_a_process() -> None:
    """Messages are dropped, but a watcher that is not told would wait for ever."""

    async def main() -> None:
        limits = runtime.NodeLimits(send_buffer_bytes=10_000)
        async with (
            await runtime.Node.start("a@127.0.0.1:0", cookie=COOKIE, limits=limits) as a,
            await runtime.Node.start("b@127.0.0.1:0", cookie=COOKIE) as b,
        ):
            b.add_route("a", a.address)
            recorder = await start_recorder(b)
            flood = await a.spawn(Flood, recorder.pid)
            recorder.monitor(flood)
            await until(lambda: a.statistics().watches)
            killer = Recorder()
            await a.spawn(lambda: killer)
            killer.send_exit(flood, "enough")
            while not isinstance(last := await recorder.receive(), runtime.Down):
                assert last == Bulk(number=0)
            assert last.reason == "enough"

    over_tcp(main)
