"""Reports and commands: one JSON object in each line, read back as it was written."""

import msgspec
import pytest

from leader.cli.demo.reports import (
    Acted,
    Command,
    Follows,
    Leads,
    Listening,
    Report,
    Routes,
    Setup,
    TakesPart,
)

REPORTS: list[Report] = [
    Listening("127.0.0.1:7001"),
    TakesPart(at=1),
    Leads(term=7, at=1 << 62, renewed=True),
    Follows(leader="n1", at=2),
    Follows(leader=None, at=2),
    Acted(term=7, since=1, until=2),
]
COMMANDS: list[Command] = [
    Setup(name="n1", members=["n1"], cookie="x", record_folder=None, trust_disconnect=False),
    Setup(name="n1", members=["n1"], cookie="x", record_folder="r", trust_disconnect=True),
    Routes({"n2": "127.0.0.1:7002"}),
]


@pytest.mark.parametrize("report", REPORTS)
def test_report_is_read_as_it_was_written(report: Report) -> None:
    """As one line, whatever it contains."""
    line = msgspec.json.encode(report)
    assert b"\n" not in line
    assert msgspec.json.decode(line, type=Report) == report


@pytest.mark.parametrize("command", COMMANDS)
def test_command_is_read_as_it_was_written(command: Command) -> None:
    """As one line too."""
    line = msgspec.json.encode(command)
    assert b"\n" not in line
    assert msgspec.json.decode(line, type=Command) == command


def test_command_is_not_read_as_a_report() -> None:
    """The two unions share no tag."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode(COMMANDS[0]), type=Report)
