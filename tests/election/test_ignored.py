"""What is ignored is counted by reason, and a peer cannot fill the log with it."""

import logging

import pytest

from leader.election.ignored import ALARMS_LIMIT, REASONS_LIMIT, IgnoredLog
from runtime.logs import process_log
from tests.election.engine_support import logged


def test_harmless_things_are_counted_and_logged_each_time_at_debug(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The line names the reason that is counted."""
    ignored = IgnoredLog(process_log("host"))
    with caplog.at_level(logging.DEBUG):
        for _ in range(2):
            ignored.add("outdated", "an old message")
    assert ignored.counts() == {"outdated": 2}
    assert logged(caplog.records, logging.DEBUG) == ["ignored (outdated): an old message"] * 2


def test_an_alarming_text_is_logged_once_and_counted_each_time(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """So a peer that is set up wrongly does not fill the log, however often it asks."""
    ignored = IgnoredLog(process_log("host"))
    with caplog.at_level(logging.WARNING):
        for text in ("one", "two", "one"):
            ignored.add("forged", text, logging.WARNING)
    assert ignored.counts() == {"forged": 3}
    assert logged(caplog.records, logging.WARNING) == ["one", "two"]


def test_only_so_many_alarming_texts_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    """A peer cannot get around the limit by saying something new each time."""
    ignored = IgnoredLog(process_log("host"))
    with caplog.at_level(logging.WARNING):
        for number in range(ALARMS_LIMIT + 5):
            ignored.add("forged", str(number), logging.WARNING)
    assert ignored.counts() == {"forged": ALARMS_LIMIT + 5}
    assert len(logged(caplog.records, logging.WARNING)) == ALARMS_LIMIT


def test_only_so_many_reasons_are_counted() -> None:
    """The table stays small even if a reason should ever be made of what a peer has sent."""
    ignored = IgnoredLog(process_log("host"))
    for number in range(REASONS_LIMIT + 5):
        ignored.add(str(number), "text")
    ignored.add("0", "text")
    assert len(ignored.counts()) == REASONS_LIMIT
    assert ignored.counts()["0"] == 2


def test_the_counts_are_a_copy() -> None:
    """What a caller does with them changes nothing here."""
    ignored = IgnoredLog(process_log("host"))
    ignored.counts()["mine"] = 1
    assert ignored.counts() == {}


def test_each_reason_has_its_own_limit_of_texts(caplog: pytest.LogCaptureFixture) -> None:
    """A peer that uses up the limit of one reason cannot keep another reason from being logged."""
    ignored = IgnoredLog(process_log("host"))
    with caplog.at_level(logging.WARNING):
        for number in range(ALARMS_LIMIT):
            ignored.add("outdated", str(number), logging.WARNING)
        ignored.add("other_list", "two lists", logging.WARNING)
    assert logged(caplog.records, logging.WARNING)[-1] == "two lists"


def test_a_reason_that_is_not_counted_any_more_is_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """So the limit of texts holds in all, even if a reason should ever be made of what a peer sends."""
    ignored = IgnoredLog(process_log("host"))
    with caplog.at_level(logging.WARNING):
        for number in range(REASONS_LIMIT + 5):
            ignored.add(str(number), f"text {number}", logging.WARNING)
    assert len(logged(caplog.records, logging.WARNING)) == REASONS_LIMIT
