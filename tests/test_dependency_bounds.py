"""Which versions of the dependencies are installed to try the bounds."""

import pytest

from tests.dependency_bounds import CONTEMPORARY, name_of, requirements

PROJECT: dict[str, object] = {
    "dependencies": ["msgspec>=0.20"],
    "optional-dependencies": {
        "cli": ["typer>=0.16"],
        "dev": ["leader-actor[cli]", "msgspec==0.22.0", "pytest==9.2.0", "mypy==2.4.1"],
    },
}


def test_requirements_at_their_lowest_are_the_bounds() -> None:
    """With the pinned tools of the tests, and no others."""
    expected = ["msgspec==0.20", "typer==0.16", *CONTEMPORARY, "pytest==9.2.0"]
    assert requirements(PROJECT, "lowest") == expected


def test_requirements_at_their_newest_have_no_version() -> None:
    """The pins for development do not hold them back."""
    assert requirements(PROJECT, "newest") == ["msgspec", "typer", "pytest==9.2.0"]


def test_requirements_need_the_extras() -> None:
    """A renamed extra is an error, not an empty list."""
    with pytest.raises(ValueError, match="no extras cli and dev"):
        requirements({"dependencies": []}, "lowest")


@pytest.mark.parametrize("requirement", ["rich>=13", "rich==15.0.0", "rich", "rich[all]>=1"])
def test_name_of_a_requirement(requirement: str) -> None:
    """Without its version and extras."""
    assert name_of(requirement) == "rich"
