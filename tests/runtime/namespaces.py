"""Runs a program in network and mount namespaces of its own, so that it can break its network."""

import functools
import shutil
import subprocess
import sys
import tempfile

import pytest

PATIENCE_SECONDS = 60
"""How long such a program may take before the test fails instead of hanging."""

ENTER = ("unshare", "--net", "--mount")


@functools.cache
def why_not() -> str | None:
    """Why no namespace can be made here, None if it can."""
    missing = [tool for tool in ("unshare", "ip") if shutil.which(tool) is None]
    if missing:
        return f"not installed: {missing}"
    probe = "ip link add probe0 type veth peer name probe1 && mount --bind /etc/hosts /etc/hosts"
    tried = subprocess.run([*ENTER, "sh", "-c", probe], capture_output=True, text=True)
    return None if tried.returncode == 0 else tried.stderr


def run_in_namespaces(module: str, *arguments: str) -> str:
    """Runs a module there; returns what it printed, or skips the test where that is impossible."""
    reason = why_not()
    if reason is not None:
        pytest.skip(f"no network namespaces: {reason}")
    command = [*ENTER, sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    assert done.returncode == 0, done.stderr
    return done.stdout


def shell(command: str) -> None:
    """Runs a command of the program in the namespace; raises if it fails."""
    subprocess.run(command, shell=True, check=True)


def replace_file(path: str, content: str) -> None:
    """Lets this namespace see other content in a file of the system."""
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(content)
        file.flush()
        subprocess.run(["mount", "--bind", file.name, path], check=True)
