"""How the guard table is shown."""

import io

from rich.console import Console

from spec import models
from spec.check import CheckedModel
from spec.guards.report import guard_grid, guard_markdown
from spec.guards.table import DEFAULT_PATH, load
from spec.outcome import Outcome, Verdict


def test_the_documentation_shows_the_table_that_is_pinned() -> None:
    """`python -m spec guards --markdown` printed it."""
    readme = DEFAULT_PATH.with_name("README.md").read_text()
    assert guard_markdown(load(models.load()).rows) in readme


def test_a_guard_that_changes_nothing_shows_its_reason() -> None:
    """If the run did not show that, the line has the verdict."""
    [row, *_] = [row for row in load(models.load()).rows if row.because]
    outcome = Outcome(verdict=Verdict.HOLDS, distinct=4829)
    for problems, finding in (((), row.because), (("depth",), "holds")):
        result = CheckedModel(model=row.model, outcome=outcome, seconds=1.26, problems=problems)
        console = Console(file=io.StringIO(), width=400)
        console.print(guard_grid([row], [result]))
        assert isinstance(console.file, io.StringIO)
        assert finding in console.file.getvalue()
