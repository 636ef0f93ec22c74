"""A run as text: what a failing test prints is what can be replayed, and kept.

A line for the plan, then a line for each call; what stands before the plan, indented lines and
remarks behind a call are for people. Nothing in it is executed.
"""

import ast

from stateful_tests.plan import RunPlan
from stateful_tests.rules import Argument, Call

OPENING = "RunPlan("


def read(text: str) -> tuple[RunPlan, tuple[Call, ...]]:
    """RunPlan and calls of a story.

    Raises:
        ValueError: there is no plan, or a line is no call.
    """
    lines = text.splitlines()
    start = next((place for place, line in enumerate(lines) if line.startswith(OPENING)), None)
    if start is None:
        raise ValueError(f"a story needs a line that begins with {OPENING!r}")
    told = [line for line in lines[start + 1 :] if line.strip() and not line.startswith(" ")]
    return _plan(lines[start]), tuple(_call(line) for line in told if _is_call(line))


def written(plan: RunPlan, calls: tuple[Call, ...]) -> str:
    """The shortest text that ``read`` makes these of."""
    return "\n".join([str(plan), *map(str, calls)]) + "\n"


def _is_call(line: str) -> bool:
    """Not so the last line of a printed failure: what went wrong."""
    return line.split("(")[0].isidentifier() and "(" in line


def _plan(line: str) -> RunPlan:
    expression = _parsed(line)
    return RunPlan(**{str(each.arg): ast.literal_eval(each.value) for each in expression.keywords})


def _call(line: str) -> Call:
    expression = _parsed(line[: line.index(")") + 1])
    arguments: list[Argument] = [ast.literal_eval(argument) for argument in expression.args]
    return Call(line.split("(")[0], tuple(arguments))


def _parsed(line: str) -> ast.Call:
    try:
        expression = ast.parse(line, mode="eval").body
    except SyntaxError as error:
        raise ValueError(f"not a call: {line!r}") from error
    if not isinstance(expression, ast.Call):
        raise ValueError(f"not a call: {line!r}")
    return expression
