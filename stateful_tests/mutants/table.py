"""Every planted bug, from the modules beside this one."""

from typing import Final

from stateful_tests.mutants.compared_bugs import COMPARED
from stateful_tests.mutants.core_bugs import MUTANTS, OF_PROMISES, OF_THE_PAST, THE_ORIGINALS
from stateful_tests.mutants.stack_bugs import OF_THE_STACK

ALL: Final = (
    *MUTANTS,
    *THE_ORIGINALS,
    *OF_PROMISES,
    *OF_THE_PAST,
    *COMPARED,
    *OF_THE_STACK,
)
