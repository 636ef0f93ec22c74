"""Writes the transcripts anew: ``python -m tests.scenarios.regenerate``. Read the difference before you keep it."""

from inspect import getdoc
from pathlib import Path

import typer

from tests.scenarios.stories import STORIES, Story

TRANSCRIPTS = Path(__file__).with_name("transcripts")


def transcript_of(story: Story) -> str:
    """The prose of a story, and what the members did in it."""
    return "\n".join([getdoc(story) or "", "", *story().lines, ""])


def path_of(name: str) -> Path:
    return TRANSCRIPTS / f"{name}.txt"


def main() -> None:
    """Write every transcript, over whatever was there."""
    for name, story in STORIES.items():
        path_of(name).write_text(transcript_of(story), encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
