"""One run of TLC: its files, and how it ends."""

import asyncio
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from spec import tlc, tools
from spec.models import Model
from spec.outcome import Progress, Verdict
from spec.tools import Tools

ENDLESS = """---- MODULE Endless ----
EXTENDS Naturals
VARIABLE n
Init == n = 0
Up == n' = n + 1
Next == Up
====
"""


def run_of(model: Model, limit: float = 300) -> tlc.Run:
    return tlc.Run(module=model.module, configuration=model.configuration, limit=limit)


@pytest.mark.slow
def test_a_run_leaves_nothing_behind(
    fixture_models: Mapping[str, Model], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No file beside the module, and no temporary file; progress is reported."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    model = fixture_models["three-members"]
    before = sorted(model.module.parent.iterdir())
    reports: list[Progress] = []
    outcome = asyncio.run(tlc.check(run_of(model), tools.find(), reports.append))
    assert outcome.verdict is Verdict.HOLDS
    assert sorted(model.module.parent.iterdir()) == before
    assert list(tmp_path.iterdir()) == []
    assert reports[-1].distinct == 743


@pytest.mark.slow
def test_a_run_over_its_limit_is_a_timeout(tmp_path: Path) -> None:
    """It is no verdict, although no state violated a claim."""
    module = tmp_path / "Endless.tla"
    module.write_text(ENDLESS)
    run = tlc.Run(module=module, configuration="INIT Init\nNEXT Next\n", limit=2.5)
    outcome = asyncio.run(tlc.check(run, tools.find()))
    assert outcome.verdict is Verdict.TIMEOUT
    assert outcome.complaint == "not done after 2.5 s"


def test_a_cancelled_run_ends_tlc(fixture_models: Mapping[str, Model], stuck_java: Path) -> None:
    """The process does not go on without its parent."""

    async def cancel_while_running() -> int:
        java = Tools(java=stuck_java / "bin" / "java", jar=Path("none.jar"))
        task = asyncio.create_task(tlc.check(run_of(fixture_models["green"]), java))
        process = int(await asyncio.to_thread((stuck_java / "pid").read_text))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return process

    process = asyncio.run(cancel_while_running())
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
