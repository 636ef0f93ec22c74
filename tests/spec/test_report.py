"""How models and results are shown."""

import io
from collections.abc import Mapping

import pytest
from rich.console import Console

from spec.check import CheckedModel
from spec.models import DEFAULT_PATH, Holds, Model, load
from spec.outcome import Outcome, Progress, Verdict
from spec.report import Reporter, expected_text, model_table, result_table, results_markdown


def written(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def console() -> Console:
    return Console(file=io.StringIO(), width=160, force_terminal=False)


def result_of(model: Model, *problems: str) -> CheckedModel:
    outcome = Outcome(verdict=Verdict.HOLDS, distinct=226123, depth=31)
    return CheckedModel(model=model, outcome=outcome, seconds=1.26, problems=problems)


def test_result_table_shows_what_was_found_beside_what_was_expected(
    fixture_models: Mapping[str, Model],
) -> None:
    """A row for each model, with a mark that needs no colour."""
    log, good, bad = console(), fixture_models["green"], fixture_models["not-red"]
    log.print(result_table([result_of(good), result_of(bad, "wrong")]))
    _, first, second = (line.split() for line in written(log).splitlines())
    assert first == ["✓", "green", "quick", "holds", "holds", "226,123", "31", "1.3"]
    assert second == ["✗", "not-red", "deep", "holds", "violates", "TypeOK", "226,123", "31", "1.3"]


def test_model_table_says_what_each_model_shows(fixture_models: Mapping[str, Model]) -> None:
    """Name, tier, expected verdict, twin and the sentence."""
    log = console()
    log.print(model_table({"green": fixture_models["green"]}))
    row = " ".join(written(log).splitlines()[1].split())
    assert row == "green quick holds two-leaders Every pin is right."


def test_reporter_prints_progress_and_the_verdict(fixture_models: Mapping[str, Model]) -> None:
    """One for each progress report, one for the verdict, and the problems below it, indented."""
    log, model = console(), fixture_models["green"]
    reporter = Reporter(log)
    reporter.started(model)
    reporter.progressed(model, Progress(depth=4, distinct=9, queued=3))
    reporter.progressed(model, Progress(depth=5, distinct=13, queued=0))
    reporter.finished(result_of(model, "one thing\nand another"))
    first, *rest = written(log).splitlines()
    assert first.startswith("· green: ")
    assert "9 of 13 states, 3 queued, depth 4" in first
    # The report without a queue is the last one: the verdict follows at once and says the same.
    assert rest == ["✗ green: holds, 1.3 s", "    one thing", "    and another"]


@pytest.mark.parametrize(
    ("name", "text"), [("green", "holds"), ("two-leaders", "violates OneLeader")]
)
def test_expected_text_reads_as_a_verdict(
    fixture_models: Mapping[str, Model], name: str, text: str
) -> None:
    """So the two columns of the table can be compared."""
    assert expected_text(fixture_models[name]) == text


def as_pinned(model: Model, states: str, depth: str) -> CheckedModel:
    """The result of a model that does what is expected; a red one does not pin its counts."""
    counts = [int(text.replace(",", "")) if text else None for text in (states, depth)]
    match model.expected:
        case Holds(states=pinned, depth=pinned_depth):
            outcome = Outcome(verdict=Verdict.HOLDS, distinct=pinned, depth=pinned_depth)
        case expected:
            outcome = Outcome(
                verdict=Verdict.VIOLATED,
                claim=expected.claim,
                distinct=counts[0],
                depth=counts[1],
            )
    return CheckedModel(model=model, outcome=outcome, seconds=0, problems=())


def test_the_documentation_shows_every_model_as_it_is_pinned() -> None:
    """`python -m spec check --tier deep --markdown` printed it; only the seconds may differ."""
    readme = DEFAULT_PATH.with_name("README.md").read_text()
    section = readme.partition("## The models\n")[2].partition("\n## ")[0]
    rows = [line.split(" | ") for line in section.splitlines() if line.startswith("| ")]
    pairs = zip(load().values(), rows[2:], strict=True)
    printed = results_markdown(as_pinned(model, *row[4:6]) for model, row in pairs)
    without_seconds = [line.split(" | ") for line in printed.splitlines()]
    for row in (*rows[2:], *without_seconds[2:]):
        del row[6]
    assert without_seconds == rows
