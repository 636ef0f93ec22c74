"""Which messages can arrive: each as often as it was sent or repeated, less what was lost.

The spec's messages are a set from which nothing is taken; this is stricter, so that a vote that was
counted twice, or counted without having been given, is found.
"""

from collections import Counter
from collections.abc import Iterable

from leader.election.trace import Letter

ANSWERS = {
    "PreVoteGranted": "PreVoteRequest",
    "VoteGranted": "VoteRequest",
    "HeartbeatAck": "Heartbeat",
}
"""What each answer that says yes is an answer to."""


class Carriage:
    """Everything under way, and what members have kept of what came."""

    def __init__(self) -> None:
        self._under_way: Counter[Letter] = Counter()
        self._outdated: Counter[Letter] = Counter()
        """Pre-votes of a round that is over: they may arrive, and change nothing."""
        self._kept: set[Letter] = set()

    def send(self, letters: Iterable[Letter], handled: Letter | None) -> str | None:
        """Put letters under way that answer ``handled`` or ask something; what is wrong with that."""
        for letter in letters:
            asked = ANSWERS.get(letter.kind)
            question = (handled.kind, handled.sent) if handled is not None else None
            if asked is not None and question != (asked, letter.sent):
                return f"{described(letter)} repeats another instant than the question it answers"
            self._under_way[letter] += 1
        return None

    def repeat(self, letter: Letter) -> None:
        """One more copy is under way."""
        self._under_way[letter] += 1

    def lose(self, letter: Letter) -> str | None:
        """One copy less is under way; what is wrong with that."""
        return self._take(letter)

    def hand_over(self, letter: Letter, *, parked: bool, counts: bool) -> str | None:
        """A letter is handled, or looked at only; what is wrong with that."""
        if parked:
            return None if letter in self._kept else f"{described(letter)} had not come before"
        if counts and self._under_way[letter] == self._outdated[letter] > 0:
            return f"{described(letter)} is of a round that is over"
        self._kept.add(letter)
        return self._take(letter)

    def new_round(self, member: str) -> None:
        """Grants that are under way to ``member`` were for a round that is now over."""
        for letter, copies in self._under_way.items():
            if letter.kind == "PreVoteGranted" and letter.to == member:
                self._outdated[letter] = copies

    def forget(self, member: str) -> None:
        """The process of ``member`` has ended, and what it kept with it."""
        self._kept = {letter for letter in self._kept if letter.to != member}

    def _take(self, letter: Letter) -> str | None:
        if self._under_way[letter] == 0:
            return (
                f"{described(letter)} is not under way: nobody sent it, or it has come or got lost"
            )
        self._under_way[letter] -= 1
        self._outdated[letter] = min(self._outdated[letter], self._under_way[letter])
        return None


def described(letter: Letter) -> str:
    """The letter in words."""
    return f"{letter.kind} of term {letter.term} from {letter.sender} to {letter.to}"
