"""``python -m stateful_tests.mutants``: run the checks on every planted bug, or on those named; fails if one is not found."""

import argparse
import sys

from stateful_tests.mutants.kill import Kill, killed
from stateful_tests.mutants.loader import Mutant
from stateful_tests.mutants.table import ALL

HEADER = "| bug | what it leads to | caught by | after |\n| --- | --- | --- | --- |\n"


def main() -> int:
    """Print a line for each bug, or its row of the README's table; 1 if one is not found."""
    parser = argparse.ArgumentParser(prog="python -m stateful_tests.mutants", description=__doc__)
    parser.add_argument("bug", nargs="*", help="only these bugs")
    parser.add_argument("--markdown", action="store_true", help="print the README's table")
    arguments = parser.parse_args()
    survivors = 0
    sys.stdout.write(HEADER if arguments.markdown else "")
    for mutant in ALL:
        if arguments.bug and mutant.name not in arguments.bug:
            continue
        kill = killed(mutant)
        survivors += kill is None
        sys.stdout.write(row(mutant, kill) if arguments.markdown else line(mutant, kill))
        sys.stdout.flush()
    return min(survivors, 1)


def row(mutant: Mutant, kill: Kill | None) -> str:
    """The row of the README's table."""
    check, found = ("SURVIVES", "") if kill is None else (kill.shown_check, kill.found)
    return f"| `{mutant.name}` | {mutant.disaster} | {check} | {found} |\n"


def line(mutant: Mutant, kill: Kill | None) -> str:
    """The line for a terminal."""
    return f"{mutant.name:48} " + (
        "SURVIVES\n" if kill is None else f"{kill.check}, {kill.found}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
