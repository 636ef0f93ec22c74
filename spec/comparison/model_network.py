"""What the model's network keeps of the messages in flight: `Matters`, `Newer` and `Send`, line by line.

This is the network of Election.tla, in which receiving a message does not consume it. It drops what
can have no further effect; the comparison of the core delivers that all the same, and sees no effect.
"""

from collections.abc import Collection

from spec.comparison.instance import Instance
from spec.comparison.spec_states import SpecMember, SpecMessage, SpecState

ASKING = ("candidate", "renewing")


class ModelNetwork:
    """The network of one instance: it knows the members' order and how long their promises last."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._places = {name: place for place, name in enumerate(instance.members)}
        self._oldest = max(map(instance.lease_ticks, instance.members))

    def matters(self, message: SpecMessage, sender: SpecMember | None, to: SpecMember) -> bool:
        """Whether `message` can still have an effect.

        Without a `sender`: whether it can, though its sender has since gone on to something else.
        """
        term = message.term
        if not self._hears(to, message.sender):
            return False
        match message.kind:
            case "PreVoteRequest":
                return (
                    sender is not None and sender.role == "precandidate" and term == sender.term + 1
                )
            case "PreVoteGranted":
                asked = to.role == "precandidate" and term == to.term + 1
                return asked and message.sender not in to.granted
            case "VoteRequest":
                asks = sender is not None and sender.role in ASKING and term == sender.term
                return term > to.term or asks
            case "VoteGranted":
                counts = to.role in (*ASKING, "leader") and term == to.term
                return counts and self._backs_longer(message, to)
            case "Heartbeat":
                leads = sender is not None and sender.role == "leader" and term == sender.term
                return term >= to.term or leads or to.name not in self._instance.voters
            case "HeartbeatAck":
                return to.role == "leader" and term == to.term and self._backs_longer(message, to)
            case "Refused":
                return term > to.term
            case _:
                return term >= to.term

    def after_sending(
        self, state: SpecState, sent: Collection[SpecMessage] = frozenset()
    ) -> SpecState:
        """`Send`: the state with these messages in flight, and without those that have no effect."""
        members = {member.name: member for member in state.members}
        older = (m for m in state.messages if not any(supersedes(new, m) for new in sent))
        kept = frozenset(
            message
            for message in (*older, *sent)
            if self.matters(message, members.get(message.sender or ""), members[message.to])
        )
        return state._replace(messages=kept)

    def older(self, message: SpecMessage, ticks: int) -> SpecMessage:
        """`Older`: ages are counted up to the longest lease."""
        if not isinstance(message.age, int):
            return message
        return message._replace(age=min(self._oldest, message.age + ticks))

    def _hears(self, to: SpecMember, sender: str | None) -> bool:
        """`Hears`: a member that knows who votes hears no other members; no sender stands for a voter."""
        voters = self._instance.voters
        knows = to.name in voters or to.stamp > 0
        return sender is None or sender in voters or not knows

    def _backs_longer(self, answer: SpecMessage, to: SpecMember) -> bool:
        """Whether the answer backs a lease for longer than the newest one that was counted."""
        assert answer.sender is not None, f"{answer}: an answer has a sender"
        assert isinstance(answer.age, int), f"{answer}: an answer has an age"
        left = max(0, self._instance.lease_ticks(answer.sender) - answer.age)
        return left > to.backing[self._places[answer.sender]]


def supersedes(new: SpecMessage, old: SpecMessage) -> bool:
    """`Newer`: of two messages of one kind, way and term only the newer is kept."""
    return (new.kind, new.sender, new.to, new.term) == (old.kind, old.sender, old.to, old.term)
