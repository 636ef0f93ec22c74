"""Runs CrossHair on every contract and writes what it found into the documentation.

Run it as ``python -m tests.contracts.regenerate`` and read the difference: a contract that is no
longer confirmed is a mistake in the core or in the contract.
"""

import typer

from tests.contracts.page import PAGE, table, with_table
from tests.contracts.verdicts import DECIDED, UNDECIDED, check, contracts_of


def main() -> None:
    """Check every contract, and write the table into the documentation."""
    verdicts = {
        name: finding.verdict
        for module in (*DECIDED, *UNDECIDED)
        for name, finding in check(contracts_of(module)).items()
    }
    PAGE.write_text(with_table(PAGE.read_text(), table(verdicts)))


if __name__ == "__main__":
    typer.run(main)
