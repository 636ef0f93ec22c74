"""`models.toml`: what is accepted, and what is refused with which message."""

from pathlib import Path

import pytest

from spec import models
from spec.configuration import invariants_of, properties_of
from spec.models import Holds, InvalidModels, Tier, Violates

GREEN = """
[model.green]
module = "Vote"
config = "vote.cfg"
tier = "quick"
expect = "holds"
states = 7
twin = "red"
shows = "One vote a term."
"""
RED = """
[model.red]
module = "Vote"
config = "vote.cfg"
tier = "full"
expect = "violates"
violates = "OneVote"
shows = "Two votes a term."
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A specification of one module with one configuration."""
    (tmp_path / "Vote.tla").touch()
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "vote.cfg").write_text("CONSTANT N = 1\nINVARIANT OneVote\n")
    return tmp_path


def load(folder: Path, text: str) -> dict[str, models.Model]:
    (folder / "models.toml").write_text(text)
    return models.load(folder / "models.toml")


def test_load_reads_a_green_and_a_red_model(folder: Path) -> None:
    """Every key has its place, and the models are in the order of the file."""
    green, red = load(
        folder, GREEN + "depth = 3\nuntaken = ['Tick']\nunreached = ['V']" + RED
    ).values()
    assert green.expected == Holds(
        states=7, depth=3, untaken=frozenset({"Tick"}), unreached=frozenset({"V"}), twin="red"
    )
    assert (green.name, green.tier, green.shows) == ("green", Tier.QUICK, "One vote a term.")
    assert green.module == folder / "Vote.tla"
    assert red.expected == Violates(claim="OneVote")
    assert red.configuration == "CONSTANT N = 1\nINVARIANT OneVote\n"


def test_load_applies_the_difference_from_the_cfg_file(folder: Path) -> None:
    """Constants and claims replace those of the file, overrides are added."""
    text = RED + 'constants = { N = 2 }\ninvariants = ["Other"]\nproperties = ["Live"]'
    red = load(folder, text + '\noverrides = { Quorum = "Anybody" }')["red"]
    assert red.bounds == "N = 2, Quorum <- Anybody"
    assert "N = 2" in red.configuration
    assert "CONSTANTS\n  Quorum <- Anybody\n" in red.configuration
    assert invariants_of(red.configuration) == ("Other",)
    assert properties_of(red.configuration) == ("Live",)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (GREEN.replace('twin = "red"', ""), "model green: .* missing required field `twin`"),
        (RED.replace('violates = "OneVote"', ""), "model red: .* required field `violates`"),
        (RED.replace('"OneVote"', '""'), r"model red: .* length >= 1 - at `\$.violates`"),
        (RED + "states = 3", "model red: .* unknown field `states`"),
        (GREEN + "depth = true" + RED, r"model green: Expected .* got `bool` - at `\$.depth`"),
        (GREEN.replace("7", "-7"), r"model green: .* >= 0 - at `\$.states`"),
        (GREEN, "model green: twin = 'red': no such model"),
        (GREEN.replace("red", "green"), "model green: twin = 'green': must be a red model"),
        (RED.replace("full", "slow"), "model red: Invalid enum value 'slow'"),
        (
            RED.replace('"violates"', '"fails"'),
            r"model red: Invalid value 'fails' - at `\$.expect`",
        ),
        (RED.replace('"Vote"', '"Veto"'), "model red: no such file: .*Veto.tla"),
        (RED.replace("vote.cfg", "veto.cfg"), "model red: no such file: .*veto.cfg"),
        (RED + "constants = { M = 2 }", "model red: constant M: must be assigned once"),
        (RED + "constants = { N = 2.5 }", r"model red: Expected .* got `float` - at `\$.constants"),
        ("[models.red]", "models.toml: .* unknown field `models`"),
        ("[model]\nred = 1", "models.toml: Expected `object`, got `int`"),
        ("[model", "models.toml: "),
    ],
)
def test_load_refuses_a_broken_file(folder: Path, text: str, complaint: str) -> None:
    """The message names the model, the key and the rule."""
    with pytest.raises(InvalidModels, match=complaint):
        load(folder, text)


def test_load_refuses_a_missing_file(tmp_path: Path) -> None:
    """An empty list of models instead would pass every check."""
    with pytest.raises(InvalidModels, match="No such file"):
        models.load(tmp_path / "models.toml")


@pytest.mark.parametrize(
    ("names", "tier", "selected"),
    [
        ([], Tier.QUICK, ["green"]),
        ([], Tier.FULL, ["green", "red"]),
        ([], Tier.DEEP, ["green", "red"]),
        (["red", "red"], Tier.QUICK, ["red"]),
    ],
)
def test_select_takes_the_named_models_or_those_of_the_tier(
    folder: Path, names: list[str], tier: Tier, selected: list[str]
) -> None:
    """A tier includes the ones before it; a name counts once, in any tier."""
    found = models.select(load(folder, GREEN + RED), names, tier)
    assert [model.name for model in found] == selected


def test_select_refuses_an_unknown_name(folder: Path) -> None:
    """The message lists the names that exist."""
    with pytest.raises(InvalidModels, match="model blue: no such model; there are: green, red"):
        models.select(load(folder, GREEN + RED), ["blue"], Tier.QUICK)
