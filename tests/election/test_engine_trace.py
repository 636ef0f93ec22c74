"""The engine tells every step, before anything of it is carried out."""

from leader.election.trace import Line, Owed, Started, Stepped
from tests.election.engine_support import FOUND, MILLISECOND, Bench, on_bench
from tests.protocol.builders import B, pre_vote_refused, vote_request


def steps(lines: list[Line]) -> list[Stepped]:
    """The steps among lines."""
    return [line for line in lines if isinstance(line, Stepped)]


def test_a_start_with_a_record_is_told_at_once() -> None:
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


def test_a_start_without_one_is_told_before_and_after_its_silence() -> None:
    """Who compares finds out how long it was silent."""
    lines: list[Line] = []

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        assert [type(line) for line in lines] == [Started]
        await bench.pass_time(150)
        [begun] = steps(lines)
        assert (begun.action, begun.at) == ("Restart", 150 * MILLISECOND)

    on_bench(main, trace=lines.append)


def test_an_election_is_told_in_the_words_of_the_spec() -> None:
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


def test_a_step_is_told_before_its_record_is_written() -> None:
    """Whoever is killed in between has told what it was about to do, and done nothing yet."""
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


def test_a_message_that_changes_nothing_is_told_too() -> None:
    """It has come, and does not come again."""
    lines: list[Line] = []

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        bench.engine.receive(pre_vote_refused(B, 5))
        last = steps(lines)[-1]
        assert last.handled is not None
        assert (last.action, last.handled.kind) == (None, "PreVoteRefused")

    on_bench(main, found=FOUND, trace=lines.append)


def test_a_step_that_cannot_be_told_is_not_carried_out() -> None:
    """The engine ends, in silence: a recording with a hole would accuse the innocent."""
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
