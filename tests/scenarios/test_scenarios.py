"""The golden transcripts: what the members of a cluster do, step by step, is what is written there.

After a change that is meant to change them: ``python -m tests.scenarios.regenerate``, and read the
difference.
"""

import pytest

from tests.scenarios.regenerate import TRANSCRIPTS, path_of, transcript_of
from tests.scenarios.stories import STORIES

LONGEST = 60
"""How many lines of one transcript anybody would read."""


@pytest.mark.parametrize("name", STORIES)
def test_the_members_do_what_the_transcript_says(name: str) -> None:
    """Every step, at its instant, with all that came of it; never do two members act at once."""
    assert transcript_of(STORIES[name]) == path_of(name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", STORIES)
def test_a_story_is_the_same_every_time(name: str) -> None:
    """Nothing in it depends on a real clock, on chance, or on what ran before."""
    assert transcript_of(STORIES[name]) == transcript_of(STORIES[name])


@pytest.mark.parametrize("name", STORIES)
def test_a_transcript_is_short_and_opens_with_prose(name: str) -> None:
    """It is documentation."""
    lines = path_of(name).read_text(encoding="utf-8").splitlines()
    assert len(lines) <= LONGEST
    assert lines[0].endswith(".")


def test_every_transcript_belongs_to_a_story() -> None:
    """What nothing is compared with would be wrong one day."""
    assert {path.stem for path in TRANSCRIPTS.iterdir()} == set(STORIES)
