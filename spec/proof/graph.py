"""TLC's graph of an instance: every state, and every labelled step from it, in the proof's variables.

Knows what each variable of Election.tla is in the proof. The idea: a state is a handful of values
that recur in thousands of states, so each text is parsed once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeAlias, cast

from spec import graph, tlc
from spec.proof.concrete import Concrete, Row, Rows
from spec.proof.instance import MODULE, Instance, name_of
from spec.proof.state import MESSAGES
from spec.tools import Tools
from spec.values import Atom, Value, parse

# The name of an action, and the state to which it leads.
Step: TypeAlias = tuple[str, Concrete]
Graph: TypeAlias = Mapping[Concrete, frozenset[Step]]

# Seconds; the instances take a few each.
_LIMIT = 600.0
_parsed = cache(parse)
_KINDS = {
    "VoteRequest": "vote_request",
    "VoteGranted": "vote_granted",
    "Heartbeat": "heartbeat",
    "HeartbeatAck": "heartbeat_ack",
    "Refused": "refused",
    "Resigned": "resignation",
}
_COLUMNS = {"sender": "from", "recipient": "to", "sent": "age"}


def explored(instance: Instance, tools: Tools) -> Graph:
    """The graph as TLC finds it; NotExplored if it does not."""
    run = tlc.Run(module=MODULE, configuration=instance.configuration(), limit=_LIMIT)
    return _by_state(graph.explored(instance.name, run, tools, _Reader(instance.size).state))


def graph_of(lines: Iterable[str], instance: Instance) -> Graph:
    """The graph that TLC wrote."""
    return _by_state(graph.read(lines, _Reader(instance.size).state))


def _by_state(found: graph.Graph[Concrete]) -> Graph:
    return {
        state: frozenset((name, found.states[number]) for name, number in steps)
        for state, steps in zip(found.states, found.steps, strict=True)
    }


@dataclass(slots=True)
class _Reader:
    """Turns the text of a state into the proof's variables."""

    size: int
    _members: dict[Value, int] = field(init=False)

    def __post_init__(self) -> None:
        names = [*map(name_of, range(self.size)), "None"]
        self._members = {Atom(name): number for number, name in enumerate(names)}

    def state(self, variables: Mapping[str, str]) -> Concrete:
        """Every variable but `granted`, of which only pre-votes make use."""
        s: dict[str, Any] = {name: _parsed(text) for name, text in variables.items()}
        zeros = (0,) * (self.size + 1)
        self._check_granted(s)
        return Concrete(
            role=(*self._function(s["role"]), "down"),
            term=(*self._function(s["term"]), 0),
            stamp=(*self._function(s["stamp"]), 0),
            leader=(*map(self._members.__getitem__, self._function(s["leader"])), self.size),
            backing=(*((*self._function(of), 0) for of in self._function(s["backing"])), zeros),
            held=(*self._function(s["held"]), 0),
            promised_to=(
                *(self._members[p["to"]] for p in self._function(s["promise"])),
                self.size,
            ),
            promised_until=(*(p["left"] for p in self._function(s["promise"])), 0),
            won=frozenset((w["term"], self._members[w["member"]]) for w in s["winners"]),
            **self._messages(s["messages"]),
        )

    def _function(self, value: Any) -> list[Any]:
        """The values for the members in turn."""
        return [value[Atom(name_of(member))] for member in range(self.size)]

    def _messages(self, messages: Any) -> dict[str, Rows]:
        rows: dict[str, set[Row]] = {kind: set() for kind in MESSAGES}
        for message in messages:
            kind = _KINDS[message["kind"]]
            rows[kind].add(tuple(self._column(message, column) for column in MESSAGES[kind]))
        return {kind: frozenset(found) for kind, found in rows.items()}

    def _column(self, message: Any, column: str) -> int:
        value = message[_COLUMNS.get(column, column)]
        if column == "sent":
            return -cast(int, value)
        return self._members[value] if isinstance(value, Atom) else cast(int, value)

    def _check_granted(self, s: Mapping[str, Any]) -> None:
        """Without pre-votes a member has its own and nobody else's, exactly while it asks for them.

        So the states of the proof, which leave it out, are as many as TLC's.
        """
        for member, role, granted in zip(
            range(self.size), self._function(s["role"]), self._function(s["granted"]), strict=True
        ):
            expected = {Atom(name_of(member))} if role == "precandidate" else set()
            if granted != expected:
                raise ValueError(f"granted: of {name_of(member)}, {role}: {granted}")
