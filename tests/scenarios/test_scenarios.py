"""The golden transcripts: each scenario is run again and compared with its transcript.

After a change that is meant to change them, run ``python -m tests.scenarios.regenerate`` and read the
difference.
"""

import pytest

from tests.scenarios.regenerate import TRANSCRIPTS, path_of, transcript_of
from tests.scenarios.stories import STORIES

LONGEST = 60
"""The most lines of a transcript; a longer one is not read."""


@pytest.mark.parametrize("name", STORIES)
def test_transcript_says_what_the_members_do(name: str) -> None:
    """Every step with its time and effects; the cluster checks that no two members act at once."""
    assert transcript_of(STORIES[name]) == path_of(name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", STORIES)
def test_transcript_is_the_same_every_time(name: str) -> None:
    """It depends on no real clock, no random number and no earlier run."""
    assert transcript_of(STORIES[name]) == transcript_of(STORIES[name])


@pytest.mark.parametrize("name", STORIES)
def test_transcript_is_short_and_begins_with_prose(name: str) -> None:
    """It is documentation."""
    lines = path_of(name).read_text(encoding="utf-8").splitlines()
    assert len(lines) <= LONGEST
    assert lines[0].endswith(".")


def test_transcripts_are_those_of_the_scenarios() -> None:
    """A transcript without a scenario would become wrong and no test would notice."""
    assert {path.stem for path in TRANSCRIPTS.iterdir()} == set(STORIES)
