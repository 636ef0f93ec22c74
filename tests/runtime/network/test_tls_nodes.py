"""Nodes over TLS: certificates and the cookie are both needed."""

import asyncio
import contextlib
import dataclasses
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import runtime
from runtime.limits import FRAME_BYTES
from runtime.logs import process_log
from runtime.network.tcp import TcpTransport
from runtime.network.tls import Credentials, Tls
from runtime.network.transport import Connection, Loss, split_address
from tests.runtime.certificates import LONG_AGO, Authority
from tests.runtime.support import (
    COOKIE,
    PATIENCE_SECONDS,
    Bulk,
    Events,
    Note,
    over_tcp,
    start_recorder,
    until,
)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """The authority of the nodes."""
    return Authority(tmp_path / "authority")


async def start(name: str, files: Tls | None, **options: Any) -> runtime.Node:
    """A node on loopback."""
    return await runtime.Node.start(
        f"{name}@127.0.0.1:0", **{"cookie": COOKIE, "tls": files} | options
    )


@contextlib.asynccontextmanager
async def pair(
    a_files: Tls | None, b_files: Tls | None, **b_options: Any
) -> AsyncIterator[tuple[runtime.Node, runtime.Node]]:
    """Nodes a and b; b dials a from the beginning."""
    async with (
        await start("a", a_files) as a,
        await start("b", b_files, routes={"a": a.address}, **b_options) as b,
    ):
        b.connect("a")
        yield a, b


async def met(a: runtime.Node, b: runtime.Node) -> None:
    """Waits until each node is up for the other."""
    await until(lambda: a.nodes() and b.nodes())


async def never_met(
    a: runtime.Node, b: runtime.Node, why: str, log: pytest.LogCaptureFixture
) -> None:
    """Waits until one node has refused the other, and checks the reason in the log."""
    refusals = "connection refused"
    await until(lambda: refusals in a.statistics().dropped or refusals in b.statistics().dropped)
    await until(lambda: any(why in line for line in log.messages))
    assert a.nodes() == b.nodes() == {}


@pytest.mark.slow
def test_nodes_over_tls_send_messages_of_every_size(authority: Authority) -> None:
    """In order, the longest included."""

    async def main() -> None:
        async with pair(authority.sign("a"), authority.sign("b")) as (a, b):
            await met(a, b)
            sizes = (0, 1, 16_384, FRAME_BYTES - 1_000, 3)
            for here, there in ((a, b), (b, a)):
                recorder = await start_recorder(there)
                for number, size in enumerate(sizes):
                    message = Bulk(number=number, ballast=bytes(size))
                    here.send(runtime.ProcessId("recorder", there.name), message)
                    assert await recorder.receive() == message

    over_tcp(main)


def test_nodes_over_tls_refuse_a_stolen_cookie_without_a_certificate(
    authority: Authority, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Whether the attacker uses no TLS or a certificate of its own making."""
    own = Authority(tmp_path / "own").sign("b")

    async def main() -> None:
        for files in (None, own, dataclasses.replace(own, authority=None)):
            async with pair(authority.sign("a"), files) as (a, b):
                await never_met(a, b, "", caplog)

    over_tcp(main)


def test_nodes_over_tls_tell_a_refused_node_why(
    authority: Authority, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Its log names the authority as the reason, and not a closed connection."""
    own = dataclasses.replace(Authority(tmp_path / "own").sign("b"), authority=None)

    async def main() -> None:
        async with pair(authority.sign("a"), own) as (a, b):
            await never_met(a, b, "a: 'TLS: TLSV1_ALERT_UNKNOWN_CA'", caplog)

    over_tcp(main)


def test_nodes_over_tls_refuse_a_certificate_without_the_cookie(
    authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    """A valid certificate is not enough: its authority may also sign for machines outside the cluster."""

    async def main() -> None:
        files = authority.sign("a"), authority.sign("b")
        async with pair(*files, cookie="another") as (a, b):
            await never_met(a, b, "does not prove that it knows the cookie", caplog)

    over_tcp(main)


def impostor(authority: Authority, certified: str) -> dict[str, Any]:
    """Options for a node whose name is not the one in its certificate."""
    log = process_log("impostor")
    credentials = Credentials(authority.sign(certified), certified, log)
    return {"files": None, "transport": TcpTransport(credentials=credentials)}


def test_nodes_over_tls_refuse_a_member_with_the_name_of_another(
    authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    """It knows the cookie and has a certificate, but for its own name."""

    async def main() -> None:
        options = impostor(authority, "evil")
        async with (
            await start("a", authority.sign("a")) as a,
            await start("b", **options, routes={"a": a.address}) as b,
        ):
            b.connect("a")
            why = "it calls itself 'b', its certificate ['evil']"
            await never_met(a, b, why, caplog)

    over_tcp(main)


def test_nodes_over_tls_refuse_to_dial_a_node_with_the_certificate_of_another(
    authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    """The dialled node calls itself `a`, as the dialler expects, but its certificate names `evil`."""

    async def main() -> None:
        options = impostor(authority, "evil")
        async with (
            await start("a", **options) as a,
            await start("b", authority.sign("b"), routes={"a": a.address}) as b,
        ):
            b.connect("a")
            why = "it calls itself 'a', its certificate ['evil']"
            await never_met(a, b, why, caplog)

    over_tcp(main)


def test_nodes_over_tls_never_answer_in_plain_text(
    authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    """No answer can make them give up encryption."""

    async def main() -> None:
        async with pair(None, authority.sign("b")) as (a, b):
            await never_met(a, b, "connection refused: a: ", caplog)

    over_tcp(main)


class Relay:
    """Sends the bytes of one connection on over another."""

    def __init__(self, near: Connection, far: Connection) -> None:
        self.far = far
        near.frame_limit = FRAME_BYTES
        near.attach(self)

    def frame_received(self, frame: bytes) -> None:
        self.far.send(frame)

    def frame_refused(self, reason: str) -> None:
        self.far.abort()

    def connection_lost(self, loss: Loss) -> None:
        self.far.abort()


class Middle:
    """A man in the middle, who decrypts and encrypts between all that connect and one node."""

    def __init__(self, files: Tls | None) -> None:
        credentials = None if files is None else Credentials(files, "middle", process_log("m"))
        self._transport = TcpTransport(credentials=credentials)
        self._tasks: list[asyncio.Task[None]] = []

    async def listen(self, address: str) -> str:
        """Listens; returns the address that leads to the given one."""

        def accept(near: Connection) -> None:
            relaying = self._relay(near, address)
            self._tasks.append(asyncio.get_running_loop().create_task(relaying))

        self._listener = await self._transport.listen("127.0.0.1:0", accept)
        return self._listener.address

    async def stop(self) -> None:
        """Accepts no connection any more."""
        self._listener.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _relay(self, near: Connection, address: str) -> None:
        far = await self._transport.dial(address)
        Relay(far, near)
        Relay(near, far)


@pytest.mark.parametrize("binds", [True, False])
def test_nodes_over_tls_refuse_a_man_in_the_middle(
    authority: Authority, caplog: pytest.LogCaptureFixture, *, binds: bool
) -> None:
    """With TLS the attack fails, even without an authority; without TLS it succeeds."""

    async def main() -> None:
        own = [_unverified(authority, name) if binds else None for name in ("a", "b", "middle")]
        middle = Middle(own[2])
        async with (
            await start("a", own[0]) as a,
            await start("b", own[1], routes={"a": await middle.listen(a.address)}) as b,
        ):
            b.connect("a")
            if binds:
                await never_met(a, b, "does not prove that it knows the cookie", caplog)
            else:
                await met(a, b)
            await b.stop()
            await middle.stop()

    over_tcp(main)


def _unverified(authority: Authority, name: str) -> Tls:
    return dataclasses.replace(authority.sign(name), authority=None)


@pytest.mark.slow
def test_nodes_over_tls_close_a_client_that_does_not_finish_in_time(authority: Authority) -> None:
    """The time of the handshake includes that of TLS."""

    async def main() -> None:
        limits = runtime.NodeLimits(handshake_seconds=0.05)
        files = authority.sign("a")
        hello = Credentials(authority.sign("b"), "b", process_log("b")).dial().outgoing()
        async with await start("a", files, limits=limits) as a:
            for said in (b"", hello[:100], hello):
                reader, writer = await asyncio.open_connection(*split_address(a.address))
                writer.write(said)
                async with asyncio.timeout(PATIENCE_SECONDS):
                    with contextlib.suppress(ConnectionResetError):
                        await reader.read()
                writer.close()
            await until(lambda: a.statistics().unauthenticated == 0)
            assert a.statistics().dropped == {"connection refused": 3}

    over_tcp(main)


def test_nodes_over_tls_stop_without_waiting_for_clients(authority: Authority) -> None:
    """Clients in the middle of TLS and a node that never answers cannot delay the end."""

    async def main() -> None:
        a = await start("a", authority.sign("a"))
        hello = Credentials(authority.sign("b"), "b", process_log("b")).dial().outgoing()
        writers = []
        for said in (b"", hello):
            _, writer = await asyncio.open_connection(*split_address(a.address))
            writer.write(said)
            writers.append(writer)
        await until(lambda: a.statistics().unauthenticated == 2)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await a.stop()
        assert a.statistics().unauthenticated == 0
        for writer in writers:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    over_tcp(main)


def test_nodes_over_tls_tell_a_stop_from_a_death(authority: Authority) -> None:
    """The goodbye arrives encrypted; a process that dies sends none."""

    async def main() -> None:
        for end, reason in (
            (runtime.Node.stop, runtime.NodeDownReason.GOODBYE),
            (_die, runtime.NodeDownReason.DIED),
        ):
            async with pair(authority.sign("a"), authority.sign("b")) as (a, b):
                events = Events(a)
                await met(a, b)
                creation = b.creation
                await end(b)
                assert await events.next_down() == runtime.NodeDown("b", creation, reason)

    over_tcp(main)


async def _die(node: runtime.Node) -> None:
    node.kill()


def test_nodes_over_tls_use_a_renewed_certificate_for_the_next_connection(
    authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    """A broken file in between changes nothing and is logged."""
    caplog.set_level(logging.INFO)

    async def main() -> None:
        files = authority.sign("a")
        async with pair(files, authority.sign("b")) as (a, b):
            await met(a, b)
            recorder = await start_recorder(a)
            for expires, line in (
                (LONG_AGO, "the changed TLS files are unusable"),
                (None, "the changed TLS files are used from now on"),
            ):
                authority.sign("a", expires=expires)
                routes = {"a": a.address}
                async with await start("c", authority.sign("c"), routes=routes) as c:
                    c.connect("a")
                    await until(lambda: "c" in a.nodes())
                assert any(line in message for message in caplog.messages)
            b.send(runtime.ProcessId("recorder", "a"), Note(number=1))
            assert await recorder.receive() == Note(number=1)
            assert a.nodes() == {"b": b.creation}

    over_tcp(main)


def test_nodes_over_tls_listen_on_an_open_network(authority: Authority) -> None:
    """Without further permission."""

    async def main() -> None:
        await (
            await runtime.Node.start("a@0.0.0.0:0", cookie=COOKIE, tls=authority.sign("a"))
        ).stop()

    over_tcp(main)


def test_nodes_do_not_start_with_unusable_files(authority: Authority) -> None:
    """Nor with TLS for a transport that was given."""

    async def main() -> None:
        with pytest.raises(ValueError, match="certificate must name the node 'a'"):
            await start("a", authority.sign("b"))
        with pytest.raises(ValueError, match="tls must be None with a transport"):
            await start("b", authority.sign("b"), transport=TcpTransport())

    over_tcp(main)
