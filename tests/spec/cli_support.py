"""`python -m spec`, run as users run it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def spec(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The finished command; the keywords are added to the environment."""
    return subprocess.run(
        [sys.executable, "-m", "spec", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
