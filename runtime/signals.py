"""What nodes say to each other on behalf of their processes.

Knows nothing of who hears it. The idea: every exchange bears a reference that the asking node made
up, and only the node that was asked can use it. Values that a process passes on are packed, so that
a value that cannot be read spoils its own call and nothing else.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """To a process: answer this."""

    reference: int
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """To the node that asked: this is the answer."""

    reference: int
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """To the node that asked: there is no answer, by an error of this name."""

    reference: int
    error: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """To a process: let me know when you end. To a node: nothing, its connection says it all."""

    reference: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwatch:
    """To the node of a watched process: I want to know no more."""

    reference: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """To the node of a watcher: the process has ended, or never was."""

    reference: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """To a process: my end is yours; I see to it that yours is mine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlink:
    """To a process: no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """To a process: end, for this reason."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspect:
    """The request that a process answers by what may be seen of it."""

    items: tuple[str, ...]


TRAVELLING = (Request, Answer, Refusal, Watch, Unwatch, Ended, Link, Unlink, Stop, Inspect)
"""What every registry knows, each under `runtime.` and its name in small letters."""
