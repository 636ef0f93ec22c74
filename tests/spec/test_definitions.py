"""Where the definitions of a TLA+ module stand."""

from pathlib import Path

import pytest

from spec.definitions import definition_at, definition_of

MODULE = """---- MODULE M ----
VARIABLE x
First ==
  /\\ x = 1
  /\\ LET inner == 2
     IN inner = x
LOCAL Second(a, b) == a = b

\\* Not part of it.
Third(a(_),
      b) == a(b)
f[n \\in 1..3] == n
====
"""


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """The file of the module above."""
    path = tmp_path / "M.tla"
    path.write_text(MODULE)
    return path


@pytest.mark.parametrize(
    ("line", "name"),
    [(1, None), (2, None), (3, "First"), (6, "First"), (7, "Second"), (10, "Third"), (12, "f")],
)
def test_definition_at_names_the_definition_above_the_line(
    module: Path, line: int, name: str | None
) -> None:
    """Definitions start in the first column; those within LET do not count."""
    assert definition_at(module, line) == name


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("First", "First ==\n  /\\ x = 1\n  /\\ LET inner == 2\n     IN inner = x"),
        ("Second", "LOCAL Second(a, b) == a = b"),
        ("f", "f[n \\in 1..3] == n"),
        ("Fourth", ""),
    ],
)
def test_definition_of_ends_before_the_next_one(module: Path, name: str, text: str) -> None:
    """Or at a blank line, or with the module; a name that is not defined has no text."""
    assert definition_of(module, name) == text


def test_a_module_without_a_file_has_no_definitions(tmp_path: Path) -> None:
    """Such are the standard modules, which are inside the jar."""
    assert definition_at(tmp_path / "Naturals.tla", 3) is None
    assert definition_of(tmp_path / "Naturals.tla", "Nat") == ""
