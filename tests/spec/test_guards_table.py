"""The guard table: a row for each guard of the specification, and no other row."""

from pathlib import Path

import pytest

from spec import models
from spec.guards.table import DEFAULT_PATH, InvalidGuards, load

ELECTION = DEFAULT_PATH.with_name("Election.tla")


def test_every_row_names_a_claim_that_its_green_model_checks() -> None:
    """So the claim is known to hold while the guard is in place."""
    rows = load(models.load()).rows
    assert len(rows) > 50
    for row in rows:
        assert not row.violates or row.violates in row.model.configuration.split()


@pytest.mark.parametrize(
    ("file", "was", "becomes", "complaint"),
    [
        ("Election.tla", "  /\\ Acts(m)\n", "  /\\ m = m\n", "'m = m' of Renew: has no row"),
        ("guards.toml", '"Acts(m)"', '"Lacks(m)"', "the specification has no such guard|no row"),
        ("guards.toml", 'model = "crash-3x2"', 'model = "nowhere"', "must name a green model"),
        ("guards.toml", 'model = "crash-3x2"', 'model = "forgotten-vote"', "a green model"),
        ("guards.toml", 'violates = "NoDisruption"\n', "", "must say either violates or because"),
        ("guards.toml", 'violates = "NoDisruption"', 'violets = ""', "unknown field `violets`"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(
    tmp_path: Path, file: str, was: str, becomes: str, complaint: str
) -> None:
    """A guard that is added to the specification fails the check until it has its row."""
    for source in (ELECTION, DEFAULT_PATH):
        text = source.read_text()
        if source.name == file:
            assert was in text
            text = text.replace(was, becomes, 1)
        (tmp_path / source.name).write_text(text)
    with pytest.raises(InvalidGuards, match=complaint):
        load(models.load(), tmp_path / "guards.toml")
