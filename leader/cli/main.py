"""The command line: ``leader demo``."""

import sys

try:
    from leader.cli import commands
except ModuleNotFoundError as error:
    if error.name not in ("typer", "rich"):
        raise
    commands = None  # type: ignore[assignment]  # the extra that brings typer and rich is not installed


def main() -> None:
    """Run a command; its exit status says how it went."""
    if commands is None:
        sys.exit("the command line needs more packages: pip install 'leader-actor[cli]'")
    commands.application()
