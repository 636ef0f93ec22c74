"""Scheduler: a periodic task runs at the leader only, and no slot runs twice.

    python -m examples.scheduler member n1            # in three terminals: n1, n2, n3
    python -m examples.scheduler member n1 --period 5

Shows work that goes from leader to leader. The wall clock divides time into slots: slot 7 is the
eighth period since 1970. The leader runs the task once in each slot. A new leader cannot know
which slots its predecessor ran, and its wall clock may be behind. So it skips the slot in which
it takes over and the next one, and begins with the one after.

Guarantees: no slot is run twice, by the same member or by two, and no task begins without the
lease. An `async` task is cancelled before the lease can end. A leader that is not disturbed runs
every slot.

Needs: the wall clocks of the members differ by less than a period and are not set back.

Limits: a change of leader, or a leader that was suspended, costs slots, which are skipped and
not repeated later. A task that blocks may outlast the lease; what it writes should carry its
token, as in ``examples.single_writer``.
"""

from typing import Annotated

import typer

from examples import programs
from examples.member import ExampleMember
from runtime.clock import sleep

SPARED_SLOTS = 2
"""The slot of the take-over may have been run already, and, by a faster wall clock, the next one."""


class Scheduler(ExampleMember):
    """Override `run_slot` with the task."""

    def __init__(self, period_seconds: float) -> None:
        super().__init__()
        self._period = round(period_seconds * 1_000)
        if self._period < 1:
            raise ValueError(f"period_seconds = {period_seconds}: must be 0.001 or more")
        self._next_slot = 0

    async def run_slot(self, slot: int, token: int) -> None:
        """The task."""
        self.log.info("runs slot %d, token %d", slot, token)

    async def take_over(self) -> None:
        self._next_slot = max(self._next_slot, self.first_slot())
        self.while_leader(self._run_slots())

    def first_slot(self) -> int:
        """The slot with which a new leader begins."""
        return self._slot() + SPARED_SLOTS

    async def _run_slots(self) -> None:
        while True:
            left = self._period - self.clock.wall_milliseconds() % self._period
            await sleep(self.clock, left / 1_000)
            slot = self._slot()
            # After the whole process was suspended, this may run before the cancellation arrives.
            if self.is_leader and slot >= self._next_slot:
                self._next_slot = slot + 1
                await self.run_slot(slot, self.term)

    def _slot(self) -> int:
        return self.clock.wall_milliseconds() // self._period


program = programs.application(__doc__)


@program.command()
def member(
    name: programs.Name,
    period: Annotated[float, typer.Option(min=0.1, help="Seconds from slot to slot.")] = 1.0,
    cluster: programs.Cluster = programs.MEMBERS,
    folder: programs.Folder = programs.DEFAULT_FOLDER,
) -> None:
    """Run one of the members."""
    programs.serve(name, cluster, folder, Scheduler(period))


if __name__ == "__main__":
    program()
