"""The guard table: which guards there are, what stands in their place, and what a table may say."""

from pathlib import Path

import pytest

from spec import models
from spec.configuration import invariants_of, properties_of
from spec.guards import report, table, trial
from spec.guards.text import actions_of, guards_of, keeping, without
from spec.models import Holds, Violates

MODULE = """---- MODULE M ----
Matters(r) ==
  CASE r.kind = "Ask"    -> /\\ x > 0
                            /\\ r.term > x
    [] r.kind = "Answer" -> x = 0

Chosen(m) == {r \\in messages : r.kind = "Ask" /\\ r.to = m /\\ r.term > x}

Move(m) ==
  /\\ m \\in MayCrash
  /\\ x = 1                  \\* a remark /\\ no guard
  /\\ \\E r \\in Chosen(m) :
       /\\ r.left > 0 \\/ y
  /\\ IF /\\ x > 2
        /\\ f(x, {a, b})
     THEN Follow(m, IF y = 1 THEN m ELSE None)
     ELSE x' = 2

Next == \\E m \\in Members :
  \\/ Move(m)

====
"""


def test_guards_are_conjuncts_and_conditions_about_the_state_before() -> None:
    """Bounds, addresses, remarks and what an action does are none of them."""
    found = guards_of(MODULE, frozenset({"Move", "Chosen"}))
    assert [(guard.definition, guard.text) for guard in found] == [
        ("Chosen", "r.term > x"),
        ("Move", "x = 1"),
        ("Move", "r.left > 0 \\/ y"),
        ("Move", "x > 2"),
        ("Move", "f(x, {a, b})"),
        ("Move", "y = 1"),
    ]


def test_the_actions_are_what_next_consists_of() -> None:
    """A definition that Next does not name is none."""
    assert actions_of("Next ==\n  \\/ Tick\n  \\/ \\E m \\in M : \\/ A(m) \\/ B(m)\n\nC == 1") == {
        "Tick",
        "A",
        "B",
    }


def test_a_module_without_next_is_refused() -> None:
    """Nothing is known to be an action there."""
    with pytest.raises(ValueError, match="no definition of Next"):
        actions_of("Init == TRUE")


def test_a_guard_is_removed_where_it_stands() -> None:
    """Every other character of the module stays."""
    [_, _, _, _, guard, _] = guards_of(MODULE, frozenset({"Move", "Chosen"}))
    assert without(MODULE, guard) == MODULE.replace("f(x, {a, b})", "TRUE")


def test_a_guard_of_another_module_is_refused() -> None:
    """It does not stand where it should."""
    [guard, *_] = guards_of(MODULE, frozenset({"Move"}))
    with pytest.raises(ValueError, match="does not stand in line"):
        without(MODULE.replace("x = 1", "x = 7"), guard)


def test_messages_of_a_kind_can_be_made_to_matter_for_ever() -> None:
    """Only the case of that kind changes."""
    kept = keeping(MODULE, ["Ask"])
    assert '  CASE r.kind = "Ask"    -> TRUE\n    [] r.kind = "Answer" -> x = 0\n' in kept


def test_an_unknown_kind_of_message_is_refused() -> None:
    """A misspelt kind would make a row say less than it seems to."""
    with pytest.raises(ValueError, match="one case for Reply, found 0"):
        keeping(MODULE, ["Reply"])


def test_the_table_has_a_row_for_every_guard_of_the_specification() -> None:
    """And every row checks a claim that its green model checks too."""
    loaded = table.load(models.load())
    assert len(loaded.rows) > 50
    for row in loaded.rows:
        assert isinstance(row.model.expected, Holds)
        assert not row.violates or row.violates in row.model.configuration.split()


def test_a_guard_without_a_row_is_found(tmp_path: Path) -> None:
    """A guard that is added to the specification fails the check until it has its row."""
    spec = table.DEFAULT_PATH.parent
    text = (spec / "Election.tla").read_text()
    (tmp_path / "Election.tla").write_text(text.replace("  /\\ Acts(m)\n", "  /\\ m = m\n", 1))
    (tmp_path / "guards.toml").write_text(table.DEFAULT_PATH.read_text())
    with pytest.raises(table.InvalidGuards, match="'m = m' of Renew: has no row"):
        table.load(models.load(), tmp_path / "guards.toml")


@pytest.mark.parametrize(
    ("was", "becomes", "complaint"),
    [
        ('model = "crash-3x2"', 'model = "nowhere"', "must name a green model"),
        ('model = "crash-3x2"', 'model = "forgotten-vote"', "must name a green model"),
        ('violates = "NoDisruption"\n', "", "must say either violates or because"),
        ('violates = "NoDisruption"', 'violets = "NoDisruption"', "violets: unknown key"),
    ],
)
def test_a_row_that_breaks_a_rule_is_refused(
    tmp_path: Path, was: str, becomes: str, complaint: str
) -> None:
    """The complaint names the guard and the rule."""
    spec = table.DEFAULT_PATH.parent
    (tmp_path / "Election.tla").write_text((spec / "Election.tla").read_text())
    text = table.DEFAULT_PATH.read_text()
    assert was in text
    (tmp_path / "guards.toml").write_text(text.replace(was, becomes, 1))
    with pytest.raises(table.InvalidGuards, match=complaint):
        table.load(models.load(), tmp_path / "guards.toml")


def test_a_trial_is_the_model_without_the_guard(tmp_path: Path) -> None:
    """It stands in a folder of its own, and is expected to violate the claim of its row."""
    loaded = table.load(models.load())
    [first, *_] = trial.trials(loaded, tmp_path)
    row = loaded.rows[0]
    assert first.expected == Violates(claim=str(row.violates))
    assert claims_of(first.configuration) == (row.violates,)
    assert (first.module.parent / "Election.tla").read_text() == without(
        loaded.module.read_text(), row.guard
    )


def test_a_trial_that_changes_nothing_checks_every_claim(tmp_path: Path) -> None:
    """The states, and so all that is true of them, are those of the green model."""
    rows = table.load(models.load()).rows
    made = trial.trials(table.load(models.load()), tmp_path)
    for row, model in zip(rows, made, strict=True):
        claims = claims_of(row.model.configuration)
        assert claims_of(model.configuration) == ((row.violates,) if row.violates else claims)


def claims_of(configuration: str) -> tuple[str, ...]:
    """What TLC checks."""
    return (*invariants_of(configuration), *properties_of(configuration))


def test_the_documentation_shows_the_table_that_is_pinned() -> None:
    """`python -m spec guards --markdown` printed it."""
    readme = (table.DEFAULT_PATH.parent / "README.md").read_text()
    assert report.guard_markdown(table.load(models.load()).rows) in readme
