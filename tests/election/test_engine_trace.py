"""The engine tells its trace every step, before it executes any effect of it."""

from leader.election.trace import Line, Owed, Started, Stepped
from tests.election.engine_support import FOUND, MILLISECOND, Bench, on_bench
from tests.protocol.builders import B, pre_vote_refused, vote_request


def steps(lines: list[Line]) -> list[Stepped]:
    """The steps among lines."""
    return [line for line in lines if isinstance(line, Stepped)]


def test_trace_is_told_a_start_with_a_record_at_once() -> None:
    """With the promise that the former life may owe."""
    lines: list[Line] = []

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        start, begun = lines
        assert isinstance(start, Started)
        assert isinstance(begun, Stepped)
        assert (start.recorded, start.at, begun.at) == (True, 0, 0)
        assert (begun.action, begun.state.term) == ("Restart", 5)
        assert begun.state.promise == Owed(to=None, left=150 * MILLISECOND)

    on_bench(main, found=FOUND, trace=lines.append)


def test_trace_is_told_a_start_without_a_record_before_and_after_the_silence() -> None:
    """From the two lines one can tell how long the silence was."""
    lines: list[Line] = []

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        assert [type(line) for line in lines] == [Started]
        await bench.pass_time(150)
        [begun] = steps(lines)
        assert (begun.action, begun.at) == ("Restart", 150 * MILLISECOND)

    on_bench(main, trace=lines.append)


def test_trace_is_told_an_election_by_the_names_of_the_specification() -> None:
    """Each action once, with the message that it handled."""
    lines: list[Line] = []

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        await bench.pass_time(150.9)
        taken = [step for step in steps(lines) if step.action is not None]
        assert [step.action for step in taken][:5] == [
            "Restart",
            "StartPreVote",
            "Campaign",
            "BecomeLeader",
            "SendHeartbeat",
        ]
        won = taken[3]
        assert won.handled is not None
        assert (won.handled.kind, won.state.role, won.state.acts) == ("VoteGranted", "leader", True)

    on_bench(main, found=FOUND, trace=lines.append)


def test_trace_is_told_a_step_before_its_record_is_written() -> None:
    """A process that is killed in between has told what it was about to do, and done nothing yet."""
    lines: list[Line] = []

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        await bench.pass_time(150.1)
        bench.journal.clear()
        bench.loop.disk_seconds = 0.1
        bench.engine.receive(vote_request(B, 9, sent=1))
        assert steps(lines)[-1].action == "HandleVoteRequest"
        assert bench.journal == []

    on_bench(main, found=FOUND, trace=lines.append)


def test_trace_is_told_a_message_that_changes_nothing() -> None:
    """It has arrived, and does not arrive again."""
    lines: list[Line] = []

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        bench.engine.receive(pre_vote_refused(B, 5))
        last = steps(lines)[-1]
        assert last.handled is not None
        assert (last.action, last.handled.kind) == (None, "PreVoteRefused")

    on_bench(main, found=FOUND, trace=lines.append)


def test_trace_that_fails_stops_the_step() -> None:
    """The engine ends in silence: a recording with a missing line would make correct steps look wrong."""
    lines: list[Line] = []

    def full_after_the_start(line: Line) -> None:
        if len(lines) == 2:
            raise OSError("no space left")
        lines.append(line)

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        await bench.pass_time(170)
        assert bench.kinds() == ["failed"]

    on_bench(main, found=FOUND, trace=full_after_the_start)
