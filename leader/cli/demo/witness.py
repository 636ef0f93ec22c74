"""Judges what the processes report: which member led when, and whether two ever acted at once.

A member acts at an instant if its own clock shows then that it may act as leader. All processes of
the demonstration share the clock of one machine, so their instants can be compared. The stretch in
which a member acted with one token must not overlap with the stretch of another member.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

from leader.cli.demo.reports import Acted, Follows, Leads, Report, TakesPart

SURVIVAL_SECONDS = 30.0
"""How long to wait for a change, in seconds, before the drill has failed."""


class NotSurvived(Exception):
    """A change that had to happen did not happen in time."""


@dataclass(slots=True)
class Witness:
    """Everything reported so far."""

    leads: list[tuple[int, str, int]] = field(default_factory=list)
    """At which instant, which member, with which token."""
    stretches: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    """For a member and its token, the first and the last instant at which it acted."""
    follows: dict[str, str | None] = field(default_factory=dict)
    took_part: dict[str, int] = field(default_factory=dict)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, member: str, report: Report) -> None:
        """Remember what ``member`` reported."""
        match report:
            case Leads(term=term, at=at):
                self.leads.append((at, member, term))
                self.follows[member] = member
            case Follows(leader=leader):
                self.follows[member] = leader
            case TakesPart(at=at):
                self.took_part[member] = at
                self.follows[member] = None
            case Acted(term=term, since=since, until=until):
                first, last = self.stretches.get((member, term), (since, until))
                self.stretches[member, term] = (min(first, since), max(last, until))
        self._news.set()

    async def until(self, what: str, happened: Callable[[], bool]) -> None:
        """Wait until ``happened`` is true; ``what`` describes it.

        Raises:
            NotSurvived: it did not happen in time.
        """
        try:
            async with asyncio.timeout(SURVIVAL_SECONDS):
                while not happened():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise NotSurvived(f"{what}: not within {SURVIVAL_SECONDS:g} s") from None

    def leads_since(self, instant: int, victim: str) -> tuple[int, str, int] | None:
        """The first leadership after ``instant`` of a member other than ``victim``: instant, member, token."""
        leads = [lead for lead in self.leads if lead[0] > instant and lead[1] != victim]
        return min(leads, default=None)

    @property
    def tokens(self) -> list[int]:
        """The tokens in the order in which they were handed out."""
        return [term for _, _, term in sorted(self.leads)]

    @property
    def tokens_increase(self) -> bool:
        """Whether each token is above all before it."""
        tokens = self.tokens
        return all(a < b for a, b in pairwise(tokens))

    @property
    def overlaps(self) -> int:
        """How many pairs of leaderships of different members acted at once."""
        spans = [(who, first, last) for (who, _), (first, last) in self.stretches.items()]
        pairs = ((a, b) for i, a in enumerate(spans) for b in spans[i + 1 :])
        return sum(1 for a, b in pairs if a[0] != b[0] and a[1] <= b[2] and b[1] <= a[2])
