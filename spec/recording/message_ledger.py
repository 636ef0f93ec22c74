"""Which messages can arrive: each as often as it was sent or repeated, minus the copies that were lost.

In the specification, messages are a set from which nothing is taken. This is stricter, so it finds a
vote that was counted twice, or that was counted though it was never given.
"""

from collections import Counter
from collections.abc import Iterable

from leader.election.trace import Letter

QUESTIONS = {
    "PreVoteGranted": "PreVoteRequest",
    "VoteGranted": "VoteRequest",
    "HeartbeatAck": "Heartbeat",
}
"""For each positive answer, the message that it answers."""


class Impossible(Exception):
    """What a line says cannot have happened, whatever the specification says; the text is the reason."""


class MessageLedger:
    """The copies of each message under way, and the messages that members have kept.

    Each method raises Impossible if what it is told cannot have happened.
    """

    def __init__(self) -> None:
        self._under_way: Counter[Letter] = Counter()
        self._outdated: Counter[Letter] = Counter()
        """Pre-votes of a round that is over: they may arrive, but change nothing."""
        self._kept: set[Letter] = set()

    def send(self, letters: Iterable[Letter], handled: Letter | None) -> None:
        """Each letter is sent: as a question, or as the answer to ``handled``."""
        for letter in letters:
            asked = QUESTIONS.get(letter.kind)
            question = (handled.kind, handled.sent) if handled is not None else None
            if asked is not None and question != (asked, letter.sent):
                raise Impossible(
                    f"{described(letter)} repeats another instant than the question it answers"
                )
            self._under_way[letter] += 1

    def repeat(self, letter: Letter) -> None:
        """One more copy is under way."""
        self._under_way[letter] += 1

    def remove(self, letter: Letter) -> None:
        """One copy arrives or is lost."""
        if self._under_way[letter] == 0:
            raise Impossible(
                f"{described(letter)} is not under way: "
                "it was never sent, or every copy has arrived or was lost"
            )
        self._under_way[letter] -= 1
        self._outdated[letter] = min(self._outdated[letter], self._under_way[letter])

    def hand_over(self, letter: Letter, *, parked: bool, counts: bool) -> None:
        """A member handles a letter that arrives, or one that is ``parked`` since it arrived earlier.

        ``counts`` is false if the member only looks at it.
        """
        if parked and letter not in self._kept:
            raise Impossible(f"{described(letter)} had not arrived before")
        if parked:
            return
        if counts and self._under_way[letter] == self._outdated[letter] > 0:
            raise Impossible(f"{described(letter)} is of a round that is over")
        self._kept.add(letter)
        self.remove(letter)

    def new_round(self, member: str) -> None:
        """``member`` asks for pre-votes again: those that are under way to it were for the last round."""
        for letter, copies in self._under_way.items():
            if letter.kind == "PreVoteGranted" and letter.to == member:
                self._outdated[letter] = copies

    def forget(self, member: str) -> None:
        """The process of ``member`` has ended, so the messages that it kept are gone."""
        self._kept = {letter for letter in self._kept if letter.to != member}


def described(letter: Letter) -> str:
    """The letter in words."""
    return f"{letter.kind} of term {letter.term} from {letter.sender} to {letter.to}"
