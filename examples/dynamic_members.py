"""Dynamic members: a process that knows one member joins a running cluster, and leaves again.

    python -m examples.dynamic_members member n1      # in three terminals: n1, n2, n3
    python -m examples.dynamic_members observe n4 n2  # in a fourth: joins through n2
    python -m examples.dynamic_members observe n5 n3

Shows an observer: a member that is started with an empty bootstrap list. It is told of one
member, finds the others through it, and from then on follows the leader. The leader announces a
number from time to time to all members that it knows, so the observer does not need to ask.

Guarantees: an observer never leads and is counted in no quorum. So an observer that joins or
leaves does not put a leader at risk, and no number of observers replaces a voter. Announcements
are accepted in the order of leaderships and, within one leadership, of numbers; one that arrives
late is dropped.

Limits: an announcement may be lost. Who votes is fixed at the start; an observer does not become
a voter.
"""

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from examples import programs
from examples.member import ExampleMember
from runtime import Pid, message
from runtime.clock import sleep

PERIOD_SECONDS = 1.0


@message(name="examples.dynamic_members.announcement")
@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Announcement:
    """A message of the leader; ordered by token, then by number."""

    token: int
    number: int


class Announcer(ExampleMember):
    """Announces while it leads, listens while it does not; an observer only listens."""

    def __init__(self, period_seconds: float = PERIOD_SECONDS) -> None:
        super().__init__()
        self._period_seconds = period_seconds
        self._newest = Announcement(token=0, number=0)

    def heard(self, announcement: Announcement) -> None:
        """Is called for each announcement that was accepted."""
        self.log.info("hears number %d, token %d", announcement.number, announcement.token)

    def handle_peer_joined(self, peer: Pid) -> None:
        self.log.info("meets %s", peer.node)

    def handle_peer_left(self, peer: Pid) -> None:
        self.log.info("misses %s", peer.node)

    async def take_over(self) -> None:
        self.while_leader(self._announce())

    async def _announce(self) -> None:
        number = 0
        while True:
            await sleep(self.clock, self._period_seconds)
            number += 1
            if self.is_leader:
                self.broadcast(Announcement(token=self.term, number=number))

    async def handle_message(self, sender: Pid | None, message: Any) -> None:
        if isinstance(message, Announcement) and self.is_news(message):
            self._newest = message
            self.heard(message)

    def is_news(self, announcement: Announcement) -> bool:
        """Whether no newer one was accepted; the messages of a leader that was cut off may arrive late."""
        return announcement > self._newest


program = programs.application(__doc__)


@program.command()
def member(
    name: programs.Name,
    cluster: programs.Cluster = programs.MEMBERS,
    folder: programs.Folder = programs.DEFAULT_FOLDER,
) -> None:
    """Run one of the voting members."""
    programs.serve(name, cluster, folder, Announcer())


@program.command()
def observe(
    name: Annotated[str, typer.Argument(help="A name of its own.")],
    contact: Annotated[str, typer.Argument(help="The member to join through.")],
    cluster: programs.Cluster = programs.MEMBERS,
) -> None:
    """Join the running members, without a vote."""
    programs.observe(name, cluster, contact, Announcer())


if __name__ == "__main__":
    program()
