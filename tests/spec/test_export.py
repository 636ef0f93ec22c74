"""Exported models, checked by plain TLC: no part of the runner is used."""

import subprocess
from pathlib import Path

import pytest

from spec import models, tools
from spec.export import export
from tests.spec.cli_support import spec


def plain_tlc(module: Path) -> str:
    """What TLC prints if it is called as the documentation says."""
    found = tools.find()
    command = [str(found.java), "-cp", str(found.jar), "tlc2.TLC", "-deadlock", module.stem]
    ran = subprocess.run(command, cwd=module.parent, capture_output=True, text=True, timeout=300)
    return ran.stdout


@pytest.mark.slow
def test_a_green_model_has_its_pinned_states_in_plain_tlc(tmp_path: Path) -> None:
    """The smallest green model of the specification that uses three modules."""
    printed = plain_tlc(export(models.load()["away-3x1"], tmp_path / "new"))
    assert "No error has been found" in printed
    assert "359 distinct states found, 0 states left" in printed
    assert "The depth of the complete state graph search is 14." in printed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "claim"),
    [("lease-outlives-promise", "ExclusiveLeadership"), ("guard-13", "NoDisruption")],
)
def test_a_red_model_and_a_removed_guard_are_violated_in_plain_tlc(
    tmp_path: Path, name: str, claim: str
) -> None:
    """The export of the first has its override, and that of the second its changed module."""
    ran = spec("export", name, str(tmp_path))
    assert ran.stdout == f"wrote {tmp_path / name.replace('-', '_')}.tla\n"
    assert f"{claim} is violated" in plain_tlc(tmp_path / f"{name.replace('-', '_')}.tla")


def test_only_the_modules_that_a_model_rests_on_are_written(tmp_path: Path) -> None:
    """So that a reader sees at a glance what belongs to it."""
    export(models.load()["ergo-lost-peers"], tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"ergo_lost_peers.tla", "ergo_lost_peers.cfg", "MCErgo.tla", "Ergo.tla"}
