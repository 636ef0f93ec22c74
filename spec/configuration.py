"""TLC configuration files as text: which claims they check, and the same with something replaced.

Knows that every keyword and every assignment starts a line, not what the names mean. The idea: a
red model differs from its green twin by a constant or a claim, so it is written as that difference
and not as a copy that drifts away from it.
"""

import re
from collections.abc import Mapping, Sequence

Constant = bool | int | str

_KEYWORDS = (
    r"CONSTANTS?|INVARIANTS?|PROPERTY|PROPERTIES|CONSTRAINTS?|ACTION[_-]CONSTRAINTS?"
    r"|SPECIFICATION|INIT|NEXT|VIEW|SYMMETRY|CHECK_DEADLOCK|ALIAS|POSTCONDITION"
)
_SECTION = re.compile(
    rf"^[ \t]*(?P<keyword>{_KEYWORDS})\b(?P<body>.*?)(?=^[ \t]*(?:{_KEYWORDS})\b|\Z)",
    re.MULTILINE | re.DOTALL,
)
_COMMENT = re.compile(r"\\\*.*?$|\(\*.*?\*\)", re.MULTILINE | re.DOTALL)
_ASSIGNED = r"(?:\{(?:[^{}]|\{[^{}]*\})*\}|[^\s{}]+)"
_INVARIANTS = ("INVARIANT", "INVARIANTS")
_PROPERTIES = ("PROPERTY", "PROPERTIES")


def invariants_of(configuration: str) -> tuple[str, ...]:
    """The names of the invariants that the configuration checks."""
    return _names(configuration, _INVARIANTS)


def properties_of(configuration: str) -> tuple[str, ...]:
    """The names of the temporal and action properties that the configuration checks."""
    return _names(configuration, _PROPERTIES)


def with_constant(configuration: str, name: str, value: Constant) -> str:
    """The configuration with another value assigned to the constant `name`.

    A text is TLA+ as it stands; `<- Other` substitutes a definition. ValueError unless the
    configuration assigns the name exactly once.
    """
    assignment = re.compile(rf"(?<![\w'])({re.escape(name)})[ \t]*(?:=|<-)\s*{_ASSIGNED}")
    found = len(assignment.findall(_COMMENT.sub("", configuration)))
    if found != 1:
        raise ValueError(f"constant {name}: must be assigned once in the file, found {found}")
    bare = _COMMENT.sub("", configuration)
    return assignment.sub(lambda match: f"{name} {assigned(value)}", bare)


def with_constants(configuration: str, values: Mapping[str, Constant]) -> str:
    """The same for several constants."""
    for name, value in values.items():
        configuration = with_constant(configuration, name, value)
    return configuration


def with_overrides(configuration: str, overrides: Mapping[str, str]) -> str:
    """The configuration in which another definition stands in for each of these definitions."""
    lines = "".join(f"  {name} <- {other}\n" for name, other in overrides.items())
    return f"{configuration.rstrip()}\nCONSTANTS\n{lines}" if lines else configuration


def with_invariants(configuration: str, names: Sequence[str]) -> str:
    """The configuration checking these invariants and no others."""
    return _with_names(configuration, _INVARIANTS, names)


def with_properties(configuration: str, names: Sequence[str]) -> str:
    """The configuration checking these properties and no others."""
    return _with_names(configuration, _PROPERTIES, names)


def assigned(value: Constant) -> str:
    """What stands behind the name of a constant that has this value."""
    if isinstance(value, bool):
        return f"= {str(value).upper()}"
    text = str(value)
    return text if text.startswith("<-") else f"= {text}"


def _names(configuration: str, keywords: tuple[str, ...]) -> tuple[str, ...]:
    bare = _COMMENT.sub("", configuration)
    sections = (match for match in _SECTION.finditer(bare) if match["keyword"] in keywords)
    return tuple(name for section in sections for name in section["body"].split())


def _with_names(configuration: str, keywords: tuple[str, ...], names: Sequence[str]) -> str:
    kept = _SECTION.sub(
        lambda match: "" if match["keyword"] in keywords else match[0],
        _COMMENT.sub("", configuration),
    )
    if not names:
        return kept
    return f"{kept.rstrip()}\n{keywords[1]}\n" + "".join(f"  {name}\n" for name in names)
