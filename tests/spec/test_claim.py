"""The text of a claim in its module."""

from pathlib import Path

import pytest

from spec.claim import definition_of

MODULE = """---- MODULE M ----
First == 1
Second ==
  /\\ TRUE
  /\\ FALSE

\\* Not part of it.
Third == 3
====
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("First", "First == 1"),
        ("Second", "Second ==\n  /\\ TRUE\n  /\\ FALSE"),
        ("Third", "Third == 3"),
        ("Fourth", ""),
    ],
)
def test_a_definition_ends_before_the_next(tmp_path: Path, name: str, text: str) -> None:
    """Or at a blank line, or with the module; one that stands elsewhere has no text here."""
    module = tmp_path / "M.tla"
    module.write_text(MODULE)
    assert definition_of(module, name) == text


def test_a_module_that_is_missing_defines_nothing(tmp_path: Path) -> None:
    """As with a claim that TLC does not name."""
    assert definition_of(tmp_path / "Missing.tla", "First") == ""
