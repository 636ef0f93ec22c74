"""Reads names from the texts of the specification and the core, and finds where they differ.

The core quotes each guard of the specification above the line that checks it. So a guard that is
changed, moved or removed on one side leaves a difference that can be reported. TLA+ is read by its
layout in this project, Python by its syntax tree.
"""

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from spec.guards.text import Guard

_NAMES = re.compile(r"\bSpec: ([A-Z]\w*(?:, [A-Z]\w*)*)")
_QUOTATION = re.compile(r"^ *# Spec: (?P<text>.*)$")
_DEFINED = re.compile(r"^(?P<name>\w+)(?:\([^()]*(?:\([^()]*\))?[^()]*\))? ==", re.MULTILINE)
_RECORD = re.compile(r'\[kind \|-> "(?P<kind>\w+)"(?P<rest>[^\[\]]*(?:\[\w+\][^\[\]]*)*)\]')
_PATH = re.compile(r"`([\w/]+\.\w+)`")
_FIELD = re.compile(r",\s*(\w+) \|->")


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the core: the definitions that its docstring names, and the guards it quotes, in order."""

    name: str
    names: tuple[str, ...]
    quotes: tuple[str, ...]


def functions_of(source: str) -> Iterator[Function]:
    """The functions of a module; ValueError if a quotation stands above no line of code in one of them."""
    lines = source.splitlines()
    nodes = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    quoted = 0
    for node in nodes:
        quotes = tuple(_quotations(lines[node.lineno - 1 : node.end_lineno]))
        quoted += len(quotes)
        yield Function(node.name, names_in(ast.get_docstring(node) or ""), quotes)
    if quoted != sum(1 for line in lines if _QUOTATION.match(line)):
        raise ValueError("a quotation stands outside of every function")


def names_in(docstring: str) -> tuple[str, ...]:
    """The definitions of the specification that a docstring names."""
    return tuple(name for found in _NAMES.finditer(docstring) for name in found[1].split(", "))


def _quotations(lines: Sequence[str]) -> Iterator[str]:
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if found := _QUOTATION.match(line):
            if not below.strip() or (below.strip().startswith("#") and not _QUOTATION.match(below)):
                raise ValueError(f"{found['text']}: no line of code below it")
            yield found["text"]


def snake(name: str) -> str:
    """A name of the specification in the spelling of Python."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def missing_functions(actions: Iterable[str], functions: Collection[Function]) -> list[str]:
    """The actions for which no function has their name and gives it in its docstring."""
    named = {(function.name, name) for function in functions for name in function.names}
    return [
        f"{action}: no function {snake(action)} with its name in a 'Spec:' line"
        for action in sorted(actions)
        if (snake(action), action) not in named
    ]


def unknown_names(functions: Iterable[Function], definitions: Collection[str]) -> list[str]:
    """The references to definitions that the specification does not have."""
    return [
        f"{function.name}: Spec: {name}: not in the specification"
        for function in functions
        for name in function.names
        if name not in definitions
    ]


def differences_in_guards(
    guards: Sequence[Guard], functions: Iterable[Function], elsewhere: Collection[tuple[str, str]]
) -> list[str]:
    """How the guards quoted in the core differ from these; those ``elsewhere`` need not be quoted."""
    known = [(guard.definition, guard.text) for guard in guards]
    found: list[str] = []
    quoted: set[tuple[str, str]] = set()
    for function in functions:
        here = [(name, text) for text in function.quotes for name in function.names]
        quoted.update(here)
        texts = {text for pair in here if pair in known for text in pair[1:]}
        found += [
            f"{function.name}: no such guard: {text}"
            for text in function.quotes
            if text not in texts
        ]
        found += [
            f"{function.name}: not in the order of {name}"
            for name in function.names
            if not _in_order(function.quotes, [text for of, text in known if of == name])
        ]
    unquoted = (pair for pair in known if pair not in quoted and pair not in elsewhere)
    found += [f"{name}: the core does not quote {text}" for name, text in unquoted]
    needless = (pair for pair in elsewhere if pair in quoted or pair not in known)
    return found + [
        f"{name}: {text}: listed as held elsewhere, and is not" for name, text in needless
    ]


def _in_order(quotes: Sequence[str], texts: Sequence[str]) -> bool:
    """Whether the first quotations of each text are in the order of ``texts``; a branch may repeat one."""
    first = [text for text in dict.fromkeys(quotes) if text in texts]
    return first == sorted(first, key=texts.index)


def definitions_of(module: str) -> set[str]:
    """The names that a module of the specification defines."""
    return {found["name"] for found in _DEFINED.finditer(module)}


def records_of(module: str) -> dict[str, set[str]]:
    """The fields of each kind of message that a module sends, without the kind."""
    return {found["kind"]: set(_FIELD.findall(found["rest"])) for found in _RECORD.finditer(module)}


def one_sided(left: str, some: Collection[str], right: str, others: Collection[str]) -> list[str]:
    """The names that only one of two sides has."""
    return [
        *(f"{name}: in {left}, not in {right}" for name in sorted(set(some) - set(others))),
        *(f"{name}: in {right}, not in {left}" for name in sorted(set(others) - set(some))),
    ]


def recipe_of(page: str, title: str) -> set[str]:
    """The files that a recipe's steps are about: the first path in backticks of each step."""
    section = page.partition(f"## {title}\n")[2].partition("\n## ")[0]
    steps = re.findall(r"^\d+\. (.*)$", section, re.MULTILINE)
    return {found[1] for step in steps if (found := _PATH.search(step))}
