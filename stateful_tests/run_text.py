"""A run as text: a failing test prints it, and the same text can be replayed and kept.

One line for the plan, then one line for each call. Text before the plan, indented lines and what
follows a call on its line are for people and are skipped. Nothing in the text is executed.
"""

import ast

from stateful_tests.plan import RunPlan
from stateful_tests.rule_runner import Argument, Call

OPENING = f"{RunPlan.__name__}("


def parse_run(text: str) -> tuple[RunPlan, tuple[Call, ...]]:
    """The plan and the calls of a run.

    Raises:
        ValueError: there is no plan, or a line is not a call.
    """
    lines = text.splitlines()
    start = next((place for place, line in enumerate(lines) if line.startswith(OPENING)), None)
    if start is None:
        raise ValueError(f"a run needs a line that begins with {OPENING!r}")
    return _plan(lines[start]), tuple(_call(line) for line in lines[start + 1 :] if _is_call(line))


def format_run(plan: RunPlan, calls: tuple[Call, ...]) -> str:
    """The shortest text that ``parse_run`` turns back into this plan and these calls."""
    return "\n".join([str(plan), *map(str, calls)]) + "\n"


def _is_call(line: str) -> bool:
    """Whether a line is a call; an indented line and the failure at the end are not."""
    return line.split("(")[0].isidentifier() and "(" in line


def _plan(line: str) -> RunPlan:
    expression = _parse_call(line)
    return RunPlan(**{str(each.arg): ast.literal_eval(each.value) for each in expression.keywords})


def _call(line: str) -> Call:
    expression = _parse_call(line[: line.index(")") + 1])
    arguments: list[Argument] = [ast.literal_eval(argument) for argument in expression.args]
    return Call(line.split("(")[0], tuple(arguments))


def _parse_call(line: str) -> ast.Call:
    try:
        expression = ast.parse(line, mode="eval").body
    except SyntaxError as error:
        raise ValueError(f"not a call: {line!r}") from error
    if not isinstance(expression, ast.Call):
        raise ValueError(f"not a call: {line!r}")
    return expression
