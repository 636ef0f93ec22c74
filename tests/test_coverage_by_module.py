"""The measurement of coverage, on a small repository of its own."""

import io
from pathlib import Path

import pytest

from tests.coverage_by_module import run

pytestmark = pytest.mark.slow

MODULE = """
def sign(number):
    if number < 0:
        return "negative"
    if number > 0:
        return "positive"
    return "none"
"""

HALF = "from leader.signs import sign\n\ndef test_half():\n    assert sign(-1) == 'negative'\n"
REST = "from leader.signs import sign\n\ndef test_rest():\n    assert sign(1) and sign(0)\n"
WRONG = "def test_wrong():\n    assert not 'said in the test'\n"

SIGNS = Path("leader/signs.py")


def measured(root: Path, exceptions: dict[str, str], **tests: str) -> tuple[int, str]:
    """How many modules are not as they should be, and what is written about them."""
    for folder in ("leader", "tests"):
        (root / folder).mkdir()
    (root / "leader" / "__init__.py").touch()  # or the installed package would be imported
    (root / SIGNS).write_text(MODULE)
    for name, text in tests.items():
        (root / "tests" / f"{name}.py").write_text(text)
    out = io.StringIO()
    return run([SIGNS], exceptions, root=root, out=out), out.getvalue()


def test_a_module_that_its_tests_reach_is_fine(tmp_path: Path) -> None:
    """By all files that bear its name together."""
    wrong, text = measured(tmp_path, {}, test_signs=HALF, test_signs_rest=REST)
    assert (wrong, "100.0 %  leader/signs.py\n" in text) == (0, True)


def test_a_module_that_only_other_tests_reach_is_wrong(tmp_path: Path) -> None:
    """What is missing is named, and the tests of another module are not counted."""
    wrong, text = measured(tmp_path, {}, test_signs=HALF, test_others=REST)
    assert (wrong, "5-7; below 90 %" in text) == (1, True)


def test_a_module_without_a_test_file_is_wrong(tmp_path: Path) -> None:
    """A module without a test file counts as not covered."""
    assert measured(tmp_path, {}, test_others=HALF)[0] == 1


def test_an_exception_is_shown_with_its_reason(tmp_path: Path) -> None:
    """And nothing is wrong then."""
    wrong, text = measured(tmp_path, {str(SIGNS): "a known reason"}, test_signs=HALF)
    assert (wrong, "a known reason" in text) == (0, True)


def test_an_exception_that_is_not_needed_is_wrong(tmp_path: Path) -> None:
    """Or the list would only grow."""
    exceptions = {str(SIGNS): "a known reason"}
    assert measured(tmp_path, exceptions, test_signs=HALF, test_signs_rest=REST)[0] == 1


def test_tests_that_fail_are_wrong_however_much_they_reach(tmp_path: Path) -> None:
    """What they print is shown, even if the module is excepted."""
    exceptions = {str(SIGNS): "a known reason"}
    wrong, text = measured(tmp_path, exceptions, test_signs=HALF, test_signs_wrong=WRONG)
    assert (wrong, "said in the test" in text) == (1, True)
