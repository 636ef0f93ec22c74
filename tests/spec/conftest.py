"""What the runner's tests share: the fixture models, TLC's verdicts on them, and a Java that hangs.

TLC runs once over all models, because each run takes a second and a half.
"""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from spec import check, models, tools
from spec.check import CheckedModel, Observer
from spec.models import Model

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture(scope="session")
def fixture_models() -> Mapping[str, Model]:
    """The models of `fixtures/models.toml`."""
    return models.load(FIXTURES / "models.toml")


@pytest.fixture(scope="session")
def results(fixture_models: Mapping[str, Model]) -> Mapping[str, CheckedModel]:
    """TLC's verdict on each fixture model, two at a time."""
    checked = check.check(list(fixture_models.values()), tools.find(), Observer(), workers=2)
    return {result.model.name: result for result in asyncio.run(checked)}


@pytest.fixture
def stuck_java(tmp_path: Path) -> Path:
    """The home of a Java that writes its process id into the pipe `pid` there and never ends.

    To read the pipe is to wait until it runs, without a clock.
    """
    home = tmp_path / "home"
    program = home / "bin" / "java"
    program.parent.mkdir(parents=True)
    os.mkfifo(home / "pid")
    program.write_text(
        "#!/bin/sh\n"
        'if [ "$1" = -version ]; then echo \'version "17"\' >&2; exit; fi\n'
        f"echo $$ > {home / 'pid'}\n"
        "exec sleep 1000\n"
    )
    program.chmod(0o755)
    return home
