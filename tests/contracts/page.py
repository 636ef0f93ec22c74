"""The table of contracts in the documentation, with what CrossHair found about each."""

from collections.abc import Mapping

from tests.contracts.verdicts import DECIDED, ROOT, UNDECIDED, Contract, Verdict, contracts_of

PAGE = ROOT / "docs" / "contracts.md"
BEGINNING, END = "<!-- table -->\n", "<!-- end of table -->\n"


def all_contracts() -> list[Contract]:
    """The contracts of all modules, in the order of the page."""
    return [contract for module in (*DECIDED, *UNDECIDED) for contract in contracts_of(module)]


def table(verdicts: Mapping[str, Verdict]) -> str:
    """A row for each contract: what it says, for which arguments, and what was found."""
    head = "| contract | for all | CrossHair |\n| --- | --- | --- |\n"
    return head + "".join(
        f"| {_cell(contract.promise)} (`{contract.module}.{contract.name}`) "
        f"| {'<br>'.join(f'`{_cell(bound)}`' for bound in contract.bounds) or 'any'} "
        f"| {verdicts[contract.name]} |\n"
        for contract in all_contracts()
    )


def with_table(page: str, rows: str) -> str:
    """The page with its table replaced by these rows."""
    before, _, rest = page.partition(BEGINNING)
    return f"{before}{BEGINNING}{rows}{END}{rest.partition(END)[2]}"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
