"""The fuzzer's own set-up; what it attacks is tested by ``test_hostile.py``."""

from importlib.util import find_spec

import pytest

from tests.deep.fuzz_wire import INSTRUMENTED


@pytest.mark.parametrize("module", INSTRUMENTED)
def test_instrumented_modules_exist(module: str) -> None:
    """The fuzzer passes over a name that no module has, and would then be guided by nothing."""
    assert find_spec(module) is not None
