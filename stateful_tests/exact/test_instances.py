"""The instances are those that the READMEs list."""

from pathlib import Path

from spec.comparison.instance import Instance
from spec.models import Tier
from stateful_tests.exact.instances import INSTANCES

README = Path(__file__).parent.parent / "README.md"


def row(instance: Instance) -> str:
    """An instance in the README's table; what is not quick is marked with its tier."""
    mark = "" if instance.tier is Tier.QUICK else f" (*{instance.tier.value}*)"
    return (
        f"| `{instance.name}`{mark} | {instance.size} | {instance.highest_term} | {instance.shows} "
        f"| {instance.states:,} | {instance.transitions:,} |"
    )


def test_the_readme_shows_every_instance_and_no_other() -> None:
    """In the order of the code: name, tier, bounds, what it shows, and how large its graph is."""
    section = README.read_text().partition("### The instances\n")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")][2:]
    assert rows == [row(instance) for instance in INSTANCES.values()]


def test_the_readme_says_how_many_there_are() -> None:
    """In its table of what is checked."""
    readme = (README.parents[1] / "README.md").read_text()
    assert f"on {len(INSTANCES)} instances, the code's whole graph" in readme
