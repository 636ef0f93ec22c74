"""TLC configuration files as text: the claims that they check, and the same file with changes.

Leaves the meaning of the names to others. A red model differs from a green one in a constant, a
definition or a claim. It is stored as that difference, because a copy of the file could drift away.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Constant: TypeAlias = bool | int | str

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


def with_constants(configuration: str, values: Mapping[str, Constant]) -> str:
    """The configuration with other values assigned to these constants.

    A text is TLA+; `<- Other` substitutes a definition. ValueError unless the configuration assigns
    each name exactly once: a misspelt name would otherwise change nothing.
    """
    text = _COMMENT.sub("", configuration)
    for name, value in values.items():
        assignment = re.compile(rf"(?<![\w'])({re.escape(name)})[ \t]*(?:=|<-)\s*{_ASSIGNED}")
        replacement = f"{name} {assigned(value)}".replace("\\", r"\\")
        text, found = assignment.subn(replacement, text)
        if found != 1:
            raise ValueError(f"constant {name}: must be assigned once in the file, found {found}")
    return text


def with_overrides(configuration: str, overrides: Mapping[str, str]) -> str:
    """The configuration in which TLC uses another definition in place of each of these."""
    lines = "".join(f"  {name} <- {other}\n" for name, other in overrides.items())
    return f"{configuration.rstrip()}\nCONSTANTS\n{lines}" if lines else configuration


def with_claims(
    configuration: str,
    *,
    invariants: Sequence[str] | None = None,
    properties: Sequence[str] | None = None,
) -> str:
    """The configuration that checks these invariants and properties; None keeps those it has."""
    for keywords, names in ((_INVARIANTS, invariants), (_PROPERTIES, properties)):
        if names is not None:
            configuration = _with_names(configuration, keywords, names)
    return configuration


def assigned(value: Constant) -> str:
    """The text that follows the name of a constant with this value."""
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
    return f"{kept.rstrip()}\n{keywords[1]} {' '.join(names)}\n" if names else kept
