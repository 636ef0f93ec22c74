"""Forwarding: ask any member; the leader does the work and answers you itself.

    python -m examples.forwarding member n1           # in three terminals: n1, n2, n3
    python -m examples.forwarding ask n2 "wash the car"

Shows what a follower does with a request: it passes it on to the leader, with the address of the
asker. While no member leads it keeps the request for a moment, and then answers `NobodyLeads`.

Guarantees: a request is done at most once, by a member that leads at that instant. The answer
goes to the asker. `NobodyLeads` means that the request was not done and will not be.

Limits: a request on its way to a leader that dies may be lost, and then there is no answer.
Without an answer the work may have been done, so an asker that repeats the request may have it
done twice. The result of the work stays at the leader; ``examples.store`` keeps results that
survive it.
"""

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from examples import programs
from examples.client import Client
from examples.member import ExampleMember
from runtime import Pid, Timer, message

PATIENCE_SECONDS = 1.0
"""How long a request waits for a leader; long enough for several elections."""

WAITING_LIMIT = 1_000
"""How many requests may wait at one member."""


@message(name="examples.forwarding.work")
@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The request to do something."""

    number: int
    what: str


@message(name="examples.forwarding.forwarded")
@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarded:
    """A request that a follower passes on to the leader."""

    asker: Pid
    work: Work


@message(name="examples.forwarding.done")
@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The answer that it was done."""

    number: int
    by: str


@message(name="examples.forwarding.nobody_leads")
@dataclass(frozen=True, slots=True, kw_only=True)
class NobodyLeads:
    """The answer that it was not done, since no member leads."""

    number: int


@dataclass(frozen=True, slots=True)
class OutOfPatience:
    """A message to oneself: this request has waited long enough."""

    request: Forwarded


class Worker(ExampleMember):
    """Override `do` with the work."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: dict[Forwarded, Timer] = {}

    def do(self, work: Work) -> None:
        """The work, done at an instant within the lease; it must be short."""
        self.log.info("does %s", work.what)

    async def take_over(self) -> None:
        self._pass_on_waiting()

    async def stand_back(self, leader: Pid | None) -> None:
        if leader is not None:
            self._pass_on_waiting()

    async def handle_message(self, sender: Pid | None, message: Any) -> None:
        match message:
            case Work() if sender is not None:
                self._take(Forwarded(asker=sender, work=message))
            case Forwarded() if self.may_do():
                self._carry_out(message)
            case Forwarded():
                # If it were passed on again, it could circulate while the members disagree who leads.
                self._decline(message)
            case OutOfPatience(request=request) if request in self._waiting:
                del self._waiting[request]
                self._decline(request)

    def _take(self, request: Forwarded) -> None:
        if self.may_do():
            self._carry_out(request)
        elif self.leader is not None:
            self.forward(request, self.leader)
        elif len(self._waiting) < WAITING_LIMIT:
            late = OutOfPatience(request)
            self._waiting[request] = self.send_after(self.pid, late, PATIENCE_SECONDS)
        else:
            self._decline(request)

    def may_do(self) -> bool:
        """Whether this member may do the work at this instant."""
        return self.is_leader

    def _carry_out(self, request: Forwarded) -> None:
        self.do(request.work)
        self.reply(request, Done(number=request.work.number, by=self.node.name))

    def _decline(self, request: Forwarded) -> None:
        self.send(request.asker, NobodyLeads(number=request.work.number))

    def forward(self, request: Forwarded, leader: Pid) -> None:
        """Passes a request on and forgets it; if it were sent twice, it could be done twice."""
        self.send(leader, request)

    def reply(self, request: Forwarded, answer: Done) -> None:
        """Answers the original asker."""
        self.send(request.asker, answer)

    def _pass_on_waiting(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for request, timer in waiting.items():
            timer.cancel()
            self._take(request)


program = programs.application(__doc__)


@program.command()
def member(
    name: programs.Name,
    cluster: programs.Cluster = programs.MEMBERS,
    folder: programs.Folder = programs.DEFAULT_FOLDER,
) -> None:
    """Run one of the members."""
    programs.serve(name, cluster, folder, Worker())


@program.command()
def ask(
    name: Annotated[str, typer.Argument(help="The member to ask.")],
    what: str,
    cluster: programs.Cluster = programs.MEMBERS,
) -> None:
    """Ask one member, leader or not."""
    to = programs.one_of(cluster, name)
    typer.echo(
        programs.ask(
            cluster,
            lambda client: client.ask(to, lambda number: Work(number=number, what=what), 5.0),
            Client(),
        )
    )


if __name__ == "__main__":
    program()
