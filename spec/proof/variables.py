"""A state of the specification as the proof's variables, and back.

Knows the variables on both sides, and no action. Now is always instant 0: a lease ends as many instants
later as ticks are left of it, and a message was sent as many instants ago as its age. Back in the
specification's form, what is over is 0, and messages that the model's network forgets are forgotten;
the proof itself keeps them for ever. The proof's nobody is None, a member that is always down.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from spec.comparison.instance import Instance
from spec.comparison.model_network import ModelNetwork
from spec.comparison.spec_states import SpecMember, SpecMessage, SpecState, at_rest
from spec.proof.state import MESSAGES

Row: TypeAlias = tuple[Any, ...]
# By name: a function is a dictionary, a relation a set of rows.
Values: TypeAlias = Mapping[str, Any]

FUNCTIONS = (
    *("role", "term", "stamp", "leader"),
    *("backing", "held", "promised_to", "promised_until"),
)
_KINDS = {
    "vote_request": "VoteRequest",
    "vote_granted": "VoteGranted",
    "heartbeat": "Heartbeat",
    "heartbeat_ack": "HeartbeatAck",
    "refused": "Refused",
    "resignation": "Resigned",
}
_COLUMNS = {"recipient": "to", "sent": "age"}


class Variables:
    """The variables of one instance, without the histories: the specification has none of these."""

    def __init__(self, instance: Instance) -> None:
        self._names = instance.members
        self._everybody = (*instance.members, None)
        self._network = ModelNetwork(instance)
        self._nobody = at_rest("nobody", instance.size)._replace(role="down")

    def values(self, state: SpecState) -> dict[str, Any]:
        """The values of the variables in the state."""
        members = dict(zip(self._everybody, (*state.members, self._nobody), strict=True))
        columns = {name: self._of_member(member) for name, member in members.items()}
        return {
            **{field: {m: columns[m][field] for m in self._everybody} for field in FUNCTIONS},
            **{kind: _rows(kind, state.messages) for kind in MESSAGES},
            "won": state.winners,
        }

    def state_after(self, before: SpecState, after: Values) -> SpecState:
        """The state after a step that begins in `before`.

        Of the messages, `after` holds those that the step sends; its `now` is how much later it is.
        """
        aged = frozenset(self._network.older(message, after["now"]) for message in before.messages)
        members = tuple(self._member(name, after) for name in self._names)
        state = SpecState(members=members, messages=aged, winners=after["won"])
        sent = {m for kind in MESSAGES for m in _messages(kind, after[kind])}
        return self._network.after_sending(state, sent)

    def _of_member(self, member: SpecMember) -> dict[str, Any]:
        to, left = member.promise
        return {
            **member._asdict(),
            "backing": dict(zip(self._everybody, (*member.backing, 0), strict=True)),
            "promised_to": to,
            "promised_until": left,
        }

    def _member(self, name: str, after: Values) -> SpecMember:
        now = after["now"]
        left = max(0, after["promised_until"][name] - now)
        role = after["role"][name]
        return SpecMember(
            name=name,
            role=role,
            term=after["term"][name],
            stamp=after["stamp"][name],
            leader=after["leader"][name],
            # Without pre-votes, a pre-candidate has its own only, and no other member has any.
            granted=frozenset({name} if role == "precandidate" else ()),
            backing=tuple(max(0, after["backing"][name][other] - now) for other in self._names),
            held=max(0, after["held"][name] - now),
            promise=(after["promised_to"][name] if left else None, left),
        )


def _rows(kind: str, messages: Iterable[SpecMessage]) -> set[Row]:
    """The messages of one kind as rows of its relation."""
    return {
        tuple(_instant_or(getattr(message, _COLUMNS.get(c, c)), c) for c in MESSAGES[kind])
        for message in messages
        if message.kind == _KINDS[kind]
    }


def _messages(kind: str, rows: Iterable[Row]) -> Iterable[SpecMessage]:
    """Rows of a relation as messages, without those to nobody.

    A field that the kind lacks is absent; a sender that it lacks is None.
    """
    for row in rows:
        columns = dict(zip(MESSAGES[kind], row, strict=True))
        if columns["recipient"] is None:
            continue
        fields = {_COLUMNS.get(c, c): _instant_or(value, c) for c, value in columns.items()}
        yield SpecMessage(kind=_KINDS[kind], **{"sender": None, **fields})


def _instant_or(value: Any, column: str) -> Any:
    """Between an age and the instant at which a message was sent; other values stay."""
    return -value if column == "sent" else value
