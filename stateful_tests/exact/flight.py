"""What is in flight: the specification's ``Matters``, ``Newer`` and ``Send``, line by line.

This is the network of the model, not of the core. Nothing is consumed by being received; what is
dropped here could do nothing any more, which is seen by delivering it all the same.
"""

from stateful_tests.exact.images import MemberImage, MessageImage

ASKING = ("candidate", "renewing")


def matters(
    message: MessageImage, sender: MemberImage | None, to: MemberImage, backed: int, left: int
) -> bool:
    """Whether ``message`` can still matter; ``left`` is what it would back, ``backed`` what is.

    Without a ``sender``: whether it can although whoever sent it has since gone on to something else.
    """
    term = message.term
    match message.kind:
        case "PreVoteRequest":
            return sender is not None and sender.role == "precandidate" and term == sender.term + 1
        case "PreVoteGranted":
            asked = to.role == "precandidate" and term == to.term + 1
            return asked and message.sender not in to.granted
        case "VoteRequest":
            asks = sender is not None and sender.role in ASKING and term == sender.term
            return term > to.term or asks
        case "VoteGranted":
            counts = to.role in (*ASKING, "leader") and term == to.term
            return counts and left > backed
        case "Heartbeat":
            leads = sender is not None and sender.role == "leader" and term == sender.term
            return term >= to.term or leads
        case "HeartbeatAck":
            return to.role == "leader" and term == to.term and left > backed
        case "Refused":
            return term > to.term
        case _:
            return term >= to.term


def supersedes(new: MessageImage, old: MessageImage) -> bool:
    """Of two messages of one kind, term and way only the newer is kept."""
    return (new.kind, new.sender, new.to, new.term) == (old.kind, old.sender, old.to, old.term)
