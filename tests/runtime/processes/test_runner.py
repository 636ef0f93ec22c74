"""The runner: one callback at a time, in order, and an orderly end whatever happens."""

import asyncio
import logging

import pytest

import runtime
from runtime.process import ExitReason
from tests.runtime.support import Diary, World, in_world, start_diary


def test_runner_runs_init_before_spawn_returns() -> None:
    """With the arguments of `spawn`."""

    async def main(world: World) -> None:
        _, _, diary = await start_diary(world, "x", "y")
        assert diary.entries == [("init", "x", "y")]

    in_world(main)


def test_runner_handles_messages_one_at_a_time_in_order() -> None:
    """The next one waits until an `async def` callback has ended."""

    async def main(world: World) -> None:
        node, pid, diary = await start_diary(world)
        for message in ("first", "slow", "last"):
            node.send(pid, message)
        await asyncio.sleep(2)
        assert diary.entries[1:] == ["first", "slow", "slow", "last"]

    in_world(main)


def test_runner_runs_posts_in_turn_and_awaits_them() -> None:
    """A post waits behind the messages that came before it."""

    async def main(world: World) -> None:
        node, pid, diary = await start_diary(world)
        node.send(pid, "before")
        diary.post(lambda: diary.write_slowly("posted"))
        diary.post(lambda: diary.write("plain"))
        node.send(pid, "after")
        await asyncio.sleep(2)
        assert diary.entries[1:] == ["before", "posted", "posted", "plain", "after"]

    in_world(main)


def test_runner_never_drops_posts() -> None:
    """Also if the mailbox is full."""

    async def main(world: World) -> None:
        node, diary = (
            await world.start("a", limits=runtime.NodeLimits(mailbox_messages=3)),
            Diary(),
        )
        pid = await node.spawn(lambda: diary)
        for number in range(5):
            node.send(pid, number)
            diary.post(lambda number=number: diary.write(("post", number)))  # type: ignore[misc]
        await asyncio.sleep(1)
        posts = [("post", number) for number in range(5)]
        assert [entry for entry in diary.entries if entry in posts] == posts
        assert [entry for entry in diary.entries if isinstance(entry, int)] == [0, 1, 2]
        assert node.statistics().dropped == {"mailbox full": 2}

    in_world(main)


def test_runner_stops_after_the_callback_that_is_running() -> None:
    """Waiting messages are dropped; then prepare, terminate and release run with the reason of the stop."""

    async def main(world: World) -> None:
        node, pid, diary = await start_diary(world)
        for message in ("stop", "never handled"):
            node.send(pid, message)
        await asyncio.sleep(1)
        ends = [("prepare", "enough"), ("terminate", "enough"), "release"]
        assert diary.entries[1:] == ["stop", *ends]
        assert node.whereis("diary") is None
        assert node.statistics().mailboxes == {}

    in_world(main)


def test_runner_stops_an_idle_process() -> None:
    """It need not wait for a message; a second reason does not count."""

    async def main(world: World) -> None:
        _, _, diary = await start_diary(world)
        diary.stop()
        diary.stop("again")
        await asyncio.sleep(1)
        assert ("terminate", "normal") in diary.entries

    in_world(main)


def test_runner_drops_what_arrives_in_the_turn_of_a_stop() -> None:
    """A message that arrives just before the stop is dropped too, even if the process was idle."""

    async def main(world: World) -> None:
        node, pid, diary = await start_diary(world)
        await asyncio.sleep(1)
        node.send(pid, "too late")
        diary.stop()
        await asyncio.sleep(1)
        assert "too late" not in diary.entries
        assert diary.entries[-1] == "release"

    in_world(main)


def test_runner_ends_a_process_with_the_error_of_a_callback_and_logs_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """With the traceback, and fields that name the process."""

    async def main(world: World) -> None:
        node, pid, diary = await start_diary(world)
        error = LookupError("boom")
        node.send(pid, error)
        await asyncio.sleep(1)
        assert diary.entries[1:] == [("prepare", error), ("terminate", error), "release"]
        record = next(record for record in caplog.records if record.levelno == logging.ERROR)
        assert record.exc_info is not None
        assert record.exc_info[1] is error
        fields = vars(record)
        found = (fields["node"], fields["pid"], fields["registered_name"])
        assert found == ("a", str(pid), "diary")

    in_world(main)


def test_runner_ends_a_process_with_the_error_of_a_post() -> None:
    """A post is a callback like any other."""

    async def main(world: World) -> None:
        _, _, diary = await start_diary(world)
        error = LookupError("boom")
        diary.post(lambda: diary.write(error))
        await asyncio.sleep(1)
        assert ("terminate", error) in diary.entries

    in_world(main)


def test_runner_counts_a_cancelled_await_as_a_failure() -> None:
    """It is not the cancellation of the process itself, so `terminate` runs."""

    async def main(world: World) -> None:
        _, _, diary = await start_diary(world)

        async def await_cancelled() -> None:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            future.cancel()
            await future

        diary.post(await_cancelled)
        await asyncio.sleep(1)
        assert [type(entry) for entry in diary.entries[1:]] == [tuple, tuple, str]
        assert isinstance(diary.entries[-2][1], RuntimeError)

    in_world(main)


def test_runner_runs_terminate_even_if_preparing_fails() -> None:
    """And release runs even if `terminate` fails."""

    class Clumsy(Diary):
        async def _prepare_to_terminate(self, reason: ExitReason) -> None:
            raise LookupError("prepare")

        async def terminate(self, reason: ExitReason) -> None:
            await super().terminate(reason)
            raise LookupError("terminate")

        async def _release(self) -> None:
            await super()._release()
            raise LookupError("release")

    async def main(world: World) -> None:
        node, clumsy = await world.start("a"), Clumsy()
        await node.spawn(lambda: clumsy)
        clumsy.stop("why")
        await asyncio.sleep(1)
        assert clumsy.entries[1:] == [("terminate", "why"), "release"]

    in_world(main)


def test_runner_fails_spawn_with_the_error_of_init() -> None:
    """The name is free again, `terminate` does not run, release does."""

    class Stillborn(Diary):
        async def init(self, *words: str) -> None:
            raise LookupError("no")

    async def main(world: World) -> None:
        node, stillborn = await world.start("a"), Stillborn()
        with pytest.raises(LookupError, match="no"):
            await node.spawn_register("x", lambda: stillborn)
        await asyncio.sleep(0.001)
        assert node.whereis("x") is None
        assert stillborn.entries == ["release"]

    in_world(main)


def test_runner_fails_spawn_if_init_is_cancelled() -> None:
    """The caller of `spawn` gets an error and is not cancelled itself."""

    class Stillborn(Diary):
        async def init(self, *words: str) -> None:
            raise asyncio.CancelledError

    async def main(world: World) -> None:
        node = await world.start("a")
        with pytest.raises(RuntimeError, match="was cancelled during init"):
            await node.spawn(Stillborn)

    in_world(main)


def test_runner_leaves_others_their_turn_while_its_mailbox_is_full() -> None:
    """Other tasks run long before a thousand messages are handled."""

    async def main(world: World) -> None:
        node, pid, diary = await start_diary(world)
        for number in range(1_000):
            node.send(pid, number)
        seen: list[int] = []
        while len(diary.entries) < 1_001:
            await asyncio.sleep(0)
            seen.append(len(diary.entries))
        assert len(seen) > 50

    in_world(main)


def test_runner_refuses_a_request_for_a_full_mailbox_and_for_a_process_that_ends() -> None:
    """The caller is told at once, and not after its time-out."""

    async def main(world: World) -> None:
        node, pid, diary = await start_diary(world)
        small = await node.spawn(Diary, mailbox_messages=1)
        node.send(small, "fills it")
        with pytest.raises(runtime.MailboxFull, match="1 messages wait"):
            await node.call(small, "x")
        node.send(pid, "slow")
        await asyncio.sleep(0.1)
        call = asyncio.create_task(node.call(pid, "waits"))
        await asyncio.sleep(0.1)
        diary.stop("enough")
        with pytest.raises(runtime.ProcessEnded, match="it ended before it answered: enough"):
            await call

    in_world(main)


def test_runner_hands_over_a_down_unless_the_monitor_has_ended() -> None:
    """A `Down` that waits in the mailbox is dropped if the process ends the monitor first."""

    async def main(world: World) -> None:
        node, pid, diary = await start_diary(world)
        targets = [Diary(), Diary()]
        for target in targets:
            await node.spawn(lambda target=target: target)  # type: ignore[misc]
        first, second = (diary.monitor(target.pid) for target in targets)
        node.send(pid, "slow")
        await asyncio.sleep(0.1)
        for target in targets:
            target.stop("enough")
        await asyncio.sleep(0.1)
        diary.demonitor(first)
        await asyncio.sleep(2)
        assert diary.entries[1:] == ["slow", "slow", runtime.Down(targets[1].pid, "enough", second)]

    in_world(main)


def test_runner_ends_if_a_message_that_is_sent_later_cannot_be_sent() -> None:
    """The process ends with that error, as if a callback had raised it."""

    async def main(world: World) -> None:
        _, _, diary = await start_diary(world)
        diary.send_after(runtime.ProcessId("x", "b"), object(), 1)
        await asyncio.sleep(2)
        [reason] = [entry[1] for entry in diary.entries if entry[0] == "terminate"]
        assert isinstance(reason, TypeError)

    in_world(main)
