"""How models and results look."""

import io
import json
from collections.abc import Mapping

import pytest
from rich.console import Console

from spec.check import Result
from spec.models import DEFAULT_PATH, Holds, Model, load
from spec.outcome import Outcome, Progress, Verdict
from spec.report import (
    Reporter,
    expected_text,
    markdown_row,
    model_table,
    result_table,
    results_json,
)


def plain_console() -> Console:
    return Console(file=io.StringIO(), width=160, force_terminal=False)


def written(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def result_of(model: Model, *problems: str) -> Result:
    outcome = Outcome(verdict=Verdict.HOLDS, distinct=226123, generated=999999, depth=31)
    return Result(model=model, outcome=outcome, seconds=1.26, problems=problems)


def test_the_table_sets_what_was_found_beside_what_was_expected(
    fixture_models: Mapping[str, Model],
) -> None:
    """A row for each model, with a mark that needs no colour."""
    console = plain_console()
    good, bad = fixture_models["green"], fixture_models["not-red"]
    console.print(result_table([result_of(good), result_of(bad, "wrong")]))
    _, first, second = (line.split() for line in written(console).splitlines())
    assert first == ["✓", "green", "quick", "holds", "holds", "226,123", "31", "1.3"]
    assert second == ["✗", "not-red", "deep", "holds", "violates", "TypeOK", "226,123", "31", "1.3"]


def test_the_list_says_what_each_model_shows(fixture_models: Mapping[str, Model]) -> None:
    """Name, tier, expected verdict, twin and the sentence."""
    console = plain_console()
    console.print(model_table({"green": fixture_models["green"]}))
    row = " ".join(written(console).splitlines()[1].split())
    assert row == "green quick holds two-leaders Every pin is right."


def test_json_carries_everything(fixture_models: Mapping[str, Model]) -> None:
    """For programs: the verdict, the counts, the gaps and the problems."""
    [record] = json.loads(results_json([result_of(fixture_models["green"], "wrong")]))
    assert record == {
        "model": "green",
        "tier": "quick",
        "passed": False,
        "verdict": "holds",
        "violated": None,
        "expected": "holds",
        "states": 226123,
        "generated": 999999,
        "depth": 31,
        "seconds": 1.26,
        "untaken": [],
        "unreached": [],
        "problems": ["wrong"],
    }


def test_a_log_has_a_line_for_a_report_and_one_for_the_verdict(
    fixture_models: Mapping[str, Model],
) -> None:
    """And the problems below it, indented."""
    console = plain_console()
    reporter = Reporter(console)
    model = fixture_models["green"]
    with reporter.live():
        reporter.started(model)
        reporter.progressed(model, Progress(depth=4, generated=20, distinct=9, queued=3))
        reporter.finished(result_of(model, "one thing\nand another"))
    first, *rest = written(console).splitlines()
    assert first.startswith("· green: ")
    assert "9 of 13 states, 3 queued, depth 4" in first
    assert rest == ["✗ green: holds, 1.3 s", "    one thing", "    and another"]


def test_the_last_report_of_a_finished_search_is_not_worth_a_line(
    fixture_models: Mapping[str, Model],
) -> None:
    """Nothing is queued any more: the verdict follows at once."""
    console = plain_console()
    reporter = Reporter(console)
    reporter.started(fixture_models["green"])
    reporter.progressed(
        fixture_models["green"], Progress(depth=4, generated=20, distinct=13, queued=0)
    )
    assert written(console) == ""


def test_a_terminal_shows_the_running_models(fixture_models: Mapping[str, Model]) -> None:
    """One line each, gone when the verdict is there."""
    console = Console(file=io.StringIO(), width=120, force_terminal=True)
    reporter = Reporter(console)
    with reporter.live():
        reporter.started(fixture_models["green"])
        reporter.started(fixture_models["two-leaders"])
        assert [line.split(":")[0] for line in str(reporter.__rich__()).splitlines()] == [
            "· green",
            "· two-leaders",
        ]
        reporter.finished(result_of(fixture_models["green"]))
        assert "green" not in str(reporter.__rich__())
    assert "✓ green: holds" in written(console)


@pytest.mark.parametrize(
    ("name", "text"), [("green", "holds"), ("two-leaders", "violates OneLeader")]
)
def test_an_expectation_reads_as_a_verdict_does(
    fixture_models: Mapping[str, Model], name: str, text: str
) -> None:
    """So that the two columns of the table can be compared at a glance."""
    assert expected_text(fixture_models[name]) == text


SECONDS = 6
"""The column of the documentation's table that is another one in every run."""


def cells(row: str) -> list[str]:
    found = row.split(" | ")
    del found[SECONDS]
    return found


def as_pinned(model: Model, row: str) -> str:
    """The row of a model that does what is expected; how far TLC got in a red one is not pinned."""
    if isinstance(model.expected, Holds):
        outcome = Outcome(
            verdict=Verdict.HOLDS, distinct=model.expected.states, depth=model.expected.depth
        )
        return markdown_row(Result(model=model, outcome=outcome, seconds=0, problems=()))
    distinct, depth = (
        int(cell.replace(",", "")) if cell else None for cell in row.split(" | ")[4:6]
    )
    outcome = Outcome(
        verdict=Verdict.VIOLATED, claim=model.expected.claim, distinct=distinct, depth=depth
    )
    return markdown_row(Result(model=model, outcome=outcome, seconds=0, problems=()))


def test_the_documentation_shows_every_model_as_it_is_pinned() -> None:
    """`python -m spec check --tier deep --markdown` printed it; only seconds may differ."""
    readme = DEFAULT_PATH.with_name("README.md").read_text()
    section = readme.partition("## The models\n")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")][2:]
    models = load().values()
    for row, model in zip(rows, models, strict=True):
        assert cells(row) == cells(as_pinned(model, row))
