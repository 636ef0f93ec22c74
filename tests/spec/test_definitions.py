"""Which definition a line of a TLA+ module belongs to."""

from pathlib import Path

import pytest

from spec.definitions import definition_at

MODULE = """---- MODULE M ----
VARIABLE x
First ==
  /\\ x = 1
  /\\ LET inner == 2
     IN inner = x
LOCAL Second(a, b) == a = b
Third(a(_),
      b) == a(b)
f[n \\in 1..3] == n
====
"""


@pytest.mark.parametrize(
    ("line", "name"),
    [(1, None), (2, None), (3, "First"), (6, "First"), (7, "Second"), (8, "Third"), (10, "f")],
)
def test_a_line_belongs_to_the_definition_above_it(
    tmp_path: Path, line: int, name: str | None
) -> None:
    """Definitions start in the first column; those within LET do not count."""
    module = tmp_path / "M.tla"
    module.write_text(MODULE)
    assert definition_at(module, line) == name


def test_a_module_without_a_file_has_no_definitions(tmp_path: Path) -> None:
    """As the standard modules, which are in the jar."""
    assert definition_at(tmp_path / "Naturals.tla", 3) is None
