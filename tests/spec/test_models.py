"""`models.toml`: what is accepted, what is refused and how the refusal reads."""

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


def test_a_green_and_a_red_model_are_read(folder: Path) -> None:
    """Every key finds its place, in the order of the file."""
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


def test_a_red_model_is_written_as_a_difference(folder: Path) -> None:
    """Constants, invariants and properties replace those of the file; wrong definitions are added."""
    text = RED + 'constants = { N = 2 }\ninvariants = ["Other"]\nproperties = ["Live"]'
    red = load(folder, text + '\noverrides = { Quorum = "Anybody" }')["red"]
    configuration = red.configuration
    assert red.bounds == "N = 2, Quorum <- Anybody"
    assert "N = 2" in configuration
    assert "CONSTANTS\n  Quorum <- Anybody\n" in configuration
    assert invariants_of(configuration) == ("Other",)
    assert properties_of(configuration) == ("Live",)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (GREEN.replace('twin = "red"', ""), "model green: twin: missing, a model that holds"),
        (GREEN.replace("states = 7", ""), "model green: states: missing"),
        (RED.replace('violates = "OneVote"', ""), "model red: violates: missing"),
        (RED.replace('"OneVote"', '""'), "violates = '': must name an invariant"),
        (RED + "states = 3", "model red: states: unknown key for a model that violates"),
        (GREEN + RED + "colour = 1", "model red: colour: unknown key"),
        (GREEN + 'depth = "3"' + RED, "model green: depth = '3': must be of type int"),
        (GREEN + "depth = true" + RED, "model green: depth = True: must be of type int"),
        (GREEN.replace("7", "-7"), "model green: states = -7: must not be negative"),
        (GREEN, "model green: twin = 'red': no such model"),
        (GREEN.replace("red", "green"), "model green: twin = 'green': must be a red model"),
        (RED.replace("full", "slow"), "tier = 'slow': must be one of quick, full, deep"),
        (RED.replace('"violates"', '"fails"'), "expect = 'fails': must be"),
        (RED.replace('"violates"', "['violates']"), "expect = .* must be"),
        (RED.replace("Vote.*", "x").replace('"Vote"', '"Veto"'), "model red: module: no such file"),
        (RED.replace("vote.cfg", "veto.cfg"), "model red: config: no such file"),
        (RED + "constants = { M = 2 }", "model red: constant M: must be assigned once"),
        (RED + "constants = { N = 2.5 }", "model red: constants.N = 2.5: must be an integer"),
        (RED + "invariants = [1]", "model red: invariants: 1 must be a name"),
        ("[models.red]", "only .model.NAME. tables"),
        ("[model]\nred = 1", "model red: must be a table"),
        ("[model", "models.toml: "),
    ],
)
def test_a_broken_file_is_refused_with_its_reason(folder: Path, text: str, complaint: str) -> None:
    """The message names the model, the key and the rule."""
    with pytest.raises(InvalidModels, match=complaint):
        load(folder, text)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """No models file is a clear error, not an empty list of models, which would pass."""
    with pytest.raises(InvalidModels, match="no such file"):
        models.load(tmp_path / "models.toml")


def test_a_tier_includes_the_ones_before_it(folder: Path) -> None:
    """`full` runs the quick models too, `quick` only its own."""
    found = load(folder, GREEN + RED)
    assert [model.name for model in models.select(found, [], Tier.QUICK)] == ["green"]
    assert [model.name for model in models.select(found, [], Tier.FULL)] == ["green", "red"]
    assert [model.name for model in models.select(found, [], Tier.DEEP)] == ["green", "red"]


def test_models_asked_for_by_name_run_whatever_their_tier(folder: Path) -> None:
    """Names win over the tier, and each counts once."""
    found = load(folder, GREEN + RED)
    assert [m.name for m in models.select(found, ["red", "red"], Tier.QUICK)] == ["red"]


def test_an_unknown_name_is_refused(folder: Path) -> None:
    """The message lists the names there are."""
    with pytest.raises(InvalidModels, match="model blue: no such model; there are: green, red"):
        models.select(load(folder, GREEN + RED), ["blue"], Tier.QUICK)
