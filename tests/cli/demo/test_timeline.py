"""The timeline: each line appears as it is said, and the summary shows every error."""

import io

from rich.console import Console

from leader.cli.demo.drill import Result, Round
from leader.cli.demo.timeline import Timeline
from tests.cli.demo.support import PLAN, follows, leads, overlapping_result, renews


def shown(result: Result) -> str:
    """The summary of a drill, as a terminal shows it."""
    text = io.StringIO()
    Timeline(Console(file=text, width=100)).sum_up(result)
    return text.getvalue()


def said() -> tuple[Timeline, io.StringIO]:
    """A timeline, and what it prints."""
    text = io.StringIO()
    return Timeline(Console(file=text, width=100)), text


def test_timeline_shows_time_member_and_event() -> None:
    """The time since the start; brackets are text, not markup."""
    timeline, text = said()
    timeline.say("n1", "is killed [bold]")
    assert text.getvalue().rstrip().endswith(" s  n1  is killed [bold]")
    assert text.getvalue().lstrip().startswith("0.0")


def test_timeline_shows_lines_without_a_member() -> None:
    """And members that are not called n and a number."""
    timeline, text = said()
    timeline.say("", "3 processes start")
    timeline.say("other", "is there")
    assert ["3 processes start" in line or "is there" in line for line in lines(text)] == [True] * 2


def test_timeline_shows_renewals_and_followers_of_reports() -> None:
    """Not first leaders: the drill itself says those."""
    timeline, text = said()
    timeline.hear("n1", leads(7, at=1))
    timeline.hear("n2", follows(None))
    assert lines(text) == []
    timeline.hear("n1", renews(8, at=1))
    timeline.hear("n2", follows("n1"))
    first, second = lines(text)
    assert first.endswith("n1  continues to lead in a higher term, token 8")
    assert second.endswith("n2  follows n1")


def test_timeline_sums_up_each_round_and_the_verdict() -> None:
    """Times in milliseconds, and an empty cell if nothing was measured."""
    result = Result(PLAN)
    result.rounds.append(Round(first_leader_ms=152.44, failover_ms=120.61, handover_ms=6.0))
    result.rounds.append(Round(failover_ms=130.0))
    result.witness.hear("n1", leads(7, at=1))
    text = shown(result)
    assert "152.4 ms" in text
    assert "120.6 ms" in text
    assert "None" not in text
    assert "1 leaderships, tokens strictly increasing; two acting at once: never" in text


def test_timeline_sums_up_overlaps_and_failures() -> None:
    """And tokens that go back."""
    result = overlapping_result()
    result.witness.hear("n3", leads(6, at=50))
    result.failure = "another leader after n1: not within 30 s"
    text = shown(result)
    assert "tokens NOT increasing; two acting at once: 1" in text
    assert "failed: another leader after n1: not within 30 s" in text


def lines(text: io.StringIO) -> list[str]:
    """What was printed, without the ends of lines."""
    return text.getvalue().splitlines()
