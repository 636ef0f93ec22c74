"""Signals: the messages that nodes send each other on behalf of processes.

Leaves it to `calls`, `watches` and `runner` what a signal leads to. The node that asks invents the
reference of an exchange, and only the node that was asked can use it. What a process passes on is
packed into bytes, so that a value that cannot be decoded spoils its own call and nothing else.
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
    """To the node that asked: there is no answer, because of an error of this name."""

    reference: int
    error: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """To a process: tell my node when you have ended. A node ignores it: its connection tells."""

    reference: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwatch:
    """To the node of a watched process: do not tell me any more."""

    reference: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """To the node of a watcher: the process has ended, or there was none."""

    reference: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSignal:
    """To a process: watch my end and end with me, as I do with you."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlink:
    """To a process: we are linked no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """To a process: end, for this reason."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspect:
    """A request that every process answers with what operators may see of it."""

    items: tuple[str, ...]


SIGNALS: dict[str, type] = {
    "runtime.request": Request,
    "runtime.answer": Answer,
    "runtime.refusal": Refusal,
    "runtime.watch": Watch,
    "runtime.unwatch": Unwatch,
    "runtime.ended": Ended,
    "runtime.link": LinkSignal,
    "runtime.unlink": Unlink,
    "runtime.stop": Stop,
    "runtime.inspect": Inspect,
}
"""The signals by their names on the wire; a node registers them when it starts."""
