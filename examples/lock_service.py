"""Lock service: the leader grants locks for a limited time; no two clients hold a lock at once.

    python -m examples.lock_service member n1         # in three terminals: n1, n2, n3
    python -m examples.lock_service hold printer      # works ten seconds after the first election

Shows leases on top of a lease. A lock is granted for some seconds, at most `LONGEST_SECONDS`.
The leader counts them from the grant. The holder counts them from its *request*, and a little
less, since its clock may be slower. So the holder's time always ends first, and no clocks are
compared. A new leader knows nothing of its predecessor's locks, and grants none before the
longest of them is over.

Guarantees: no two clients hold one lock at once, whatever is lost or crashes. Each grant carries
a token above all tokens before it, for the resource that the holder writes to: see
``examples.single_writer``.

Needs: the rates of the clocks, the holders' too, differ by at most `MAX_CLOCK_DRIFT`; the
longest time for a lock is set alike on all members.

Limits: a lock cannot be prolonged, and there is no queue for it. After the start and after each
change of leader no lock is granted for `LONGEST_SECONDS`. The holder must ask `Held.is_held`
repeatedly, or rely on the token, because a process that was suspended does not notice it.
"""

from dataclasses import dataclass, field
from typing import Annotated, Any

import typer

from examples import programs
from examples.client import Client
from examples.member import ExampleMember
from runtime import Clock, Pid, ProcessId, message
from runtime.clock import NANOSECONDS, sleep

LONGEST_SECONDS = 10.0
MAX_CLOCK_DRIFT = 0.01

Token = tuple[int, int]
"""The leadership's, and the number of the grant in it."""


@message(name="examples.lock_service.acquire")
@dataclass(frozen=True, slots=True, kw_only=True)
class Acquire:
    """The request to hold a lock for some seconds from now; it is granted or denied at once."""

    number: int
    lock: str
    seconds: float


@message(name="examples.lock_service.granted")
@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """The answer that the asker holds the lock."""

    number: int
    token: Token


@message(name="examples.lock_service.denied")
@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """The answer that it does not: another may still hold it, or the time asked for is too long."""

    number: int
    why: str


@message(name="examples.lock_service.release")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseLock:
    """The message that a holder gives the lock back; there is no answer."""

    lock: str
    token: Token


@dataclass(frozen=True, slots=True)
class Grant:
    """What the leader knows of a lock: until when, on the leader's clock, it may be held."""

    token: Token
    until: int


@dataclass(frozen=True, slots=True)
class Held:
    """A lock, at its holder."""

    lock: str
    token: Token
    until: int
    clock: Clock = field(repr=False)

    @property
    def is_held(self) -> bool:
        """Whether it is still this holder's, by the holder's own clock at this instant."""
        return self.clock.now() < self.until


class Locks(ExampleMember):
    """A member that grants while it leads."""

    def __init__(self, longest_seconds: float) -> None:
        super().__init__()
        self._longest = longest_seconds
        self._grants: dict[str, Grant] = {}
        self._opens_at = 0
        self._granted = 0

    async def take_over(self) -> None:
        self._opens_at = self.clock.now() + self.former_locks_last()

    def former_locks_last(self) -> int:
        """For how many nanoseconds locks of a former leader may still be held."""
        return round(self._longest * NANOSECONDS)

    async def handle_message(self, sender: Pid | None, message: Any) -> None:
        match message:
            case Acquire() if self.is_leader:
                self._acquire(sender, message)
            case Acquire():
                self.refuse(sender, message.number)
            case ReleaseLock(lock=lock, token=token):
                # A late release must not free the next holder's lock.
                if lock in self._grants and self._grants[lock].token == token:
                    del self._grants[lock]

    def _acquire(self, asker: Pid | None, request: Acquire) -> None:
        self._forget_what_is_over()
        why = self.objection(request)
        if why is not None:
            self.answer(asker, Denied(number=request.number, why=why))
            return
        until = self.clock.now() + round(request.seconds * NANOSECONDS)
        self._granted += 1
        grant = self._grants[request.lock] = Grant((self.term, self._granted), until)
        self.answer(asker, Granted(number=request.number, token=grant.token))

    def objection(self, request: Acquire) -> str | None:
        """Why a lock cannot be granted now."""
        if not 0 < request.seconds <= self._longest:
            return f"seconds = {request.seconds}: must be above 0, and {self._longest} at most"
        if self.clock.now() < self._opens_at:
            return "locks of the former leader may still be held"
        return "held" if request.lock in self._grants else None

    def _forget_what_is_over(self) -> None:
        now = self.clock.now()
        self._grants = {lock: grant for lock, grant in self._grants.items() if now < grant.until}


class LockClient(Client):
    """Takes locks."""

    async def acquire(self, lock: str, seconds: float, member: ProcessId | None = None) -> Any:
        """Asks ``member``, or else the leader, for a lock: Held, or the answer that came instead.

        Raises:
            TimeoutError: there was no answer.
        """
        asked_at = 0

        def request(number: int) -> Acquire:
            # If time were counted from the answer, a slow answer would let the holder outlast the grant.
            nonlocal asked_at
            asked_at = self.clock.now()
            return Acquire(number=number, lock=lock, seconds=seconds)

        if member is None:
            answer = await self.ask_leader(request)
        else:
            answer = await self.ask(member, request, seconds)
        if not isinstance(answer, Granted):
            return answer
        return Held(lock, answer.token, asked_at + self.own_share(seconds), self.clock)

    def own_share(self, seconds: float) -> int:
        """How many nanoseconds of a lock are safe to use, from when it was asked for."""
        return int(seconds * NANOSECONDS * (1 - MAX_CLOCK_DRIFT) / (1 + MAX_CLOCK_DRIFT))

    def release(self, held: Held) -> None:
        """Gives a lock back early; every member is told, since any may have granted it."""
        for member in self.members:
            self.send(member, ReleaseLock(lock=held.lock, token=held.token))


program = programs.application(__doc__)


@program.command()
def member(
    name: programs.Name,
    cluster: programs.Cluster = programs.MEMBERS,
    folder: programs.Folder = programs.DEFAULT_FOLDER,
    longest: Annotated[
        float, typer.Option(min=0.1, help="Seconds; the same everywhere.")
    ] = LONGEST_SECONDS,
) -> None:
    """Run one of the members."""
    programs.serve(name, cluster, folder, Locks(longest))


@program.command()
def hold(
    lock: str,
    seconds: Annotated[float, typer.Option(help="For how long.")] = 5.0,
    cluster: programs.Cluster = programs.MEMBERS,
) -> None:
    """Take a lock, keep it for as long as it lasts."""
    client = LockClient()

    async def question(_: Client) -> Any:
        answer = await client.acquire(lock, seconds)
        typer.echo(answer)
        while isinstance(answer, Held) and answer.is_held:
            await sleep(client.clock, 0.05)
        return answer

    typer.echo("over" if isinstance(programs.ask(cluster, question, client), Held) else "not held")


if __name__ == "__main__":
    program()
