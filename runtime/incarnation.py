"""Which of the processes of one name a node is: its creation, and what follows if there is a later one.

Leaves to `network` how nodes tell each other, and to `node_end` how a node ends. Of two processes of one
name, the one with the later creation is the node; other nodes refuse the other, and tell it which
creation it would have to exceed. What that means depends on whether this one has taken part:

* It has been up with another node: a later one has come, so this one ends, with `Superseded`.
* It has not, and keeps its creation in a state folder: it takes a higher one.
* It has not, and keeps nothing: it stays out, and says what helps. Its elections take their terms from
  the same wall clock, so that a node whose clock is behind must not take part.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from runtime.clock import NANOSECONDS, Clock, far_ahead_limit, sleep
from runtime.dropped import DropReason
from runtime.network import NodeContext, RefusalNotice
from runtime.state_folder import StateFolder

MILLISECOND = 1_000_000
"""A creation is a millisecond of the wall clock in nanoseconds, and a chance below a million.

The milliseconds order the starts of a node. The chance tells two processes of one name apart that were
started within one millisecond: with one creation they would be taken for one node.
"""


CLOCK_IS_BEHIND = (
    "If no other process has this name, the wall clock of this machine is behind: set it. An election "
    "without a record takes its terms from this clock, and can vote a second time in a term: let its record "
    "be a file, which may lie in the same folder"
)
"""What an operator has to know of a node that is in although its clock is behind."""

LARGEST_CREATION = 2**63 - 1
"""What fits into the numbers that nodes send each other."""


class Superseded(Exception):
    """A later process of its name has taken this node's place; the text says who has met it."""


async def claim_creation(clock: Clock, chance: int) -> int:
    """Returns a creation that no later start of this node can have: its millisecond is over."""
    claimed = clock.wall_milliseconds()
    while clock.wall_milliseconds() == claimed:
        await sleep(clock, 0.001)
    return claimed * MILLISECOND + chance


def is_far_ahead(creation: int, clock: Clock) -> bool:
    """Whether no honest node can have that creation, or no node could have a later one."""
    limit = far_ahead_limit(clock.wall_milliseconds())
    is_last = creation > LARGEST_CREATION - 2 * MILLISECOND
    return is_last or (limit is not None and creation > limit * MILLISECOND)


def claim_in_folder(folder: StateFolder, clock: Clock, chance: int, salt: bytes) -> int:
    """Returns a creation later than all former ones of this node, and keeps it; blocks.

    The salt is kept too, if the folder has none. Raises StateFolderError.
    """
    if is_far_ahead(folder.creation, clock):
        raise folder.refuse(
            f"the creation {folder.creation} is more than ten years ahead of the wall clock"
        )
    creation = _later_than(folder.creation, clock, chance)
    folder.save(creation, folder.salt or salt)
    return creation


class Incarnation:
    """What a node does when another one says that there is a later process of its name."""

    def __init__(
        self,
        context: NodeContext,
        folder: StateFolder | None,
        has_been_up: Callable[[], bool],
        end: Callable[[Superseded], bool],
        log: logging.LoggerAdapter[logging.Logger],
    ) -> None:
        """`end` ends the node, and returns False if it was ending already."""
        self._context = context
        self._folder = folder
        self._has_been_up = has_been_up
        self._end = end
        self._log = log
        self._saving: asyncio.Task[None] | None = None

    def refused(self, by: str, refusal: RefusalNotice) -> None:
        """Another node, which has proved who it is, refuses this one."""
        exceed, own = refusal.exceed, self._context.own
        behind = f"{(exceed - own.precedence) / NANOSECONDS:.3f} s"
        if exceed <= own.precedence:
            self._warn(by, ascii(refusal.reason))
        elif is_far_ahead(exceed, self._context.clock):
            self._warn(
                by,
                f"it would accept this node with a creation above {exceed} only, which is more than ten "
                "years ahead of the wall clock here: that is not believed",
            )
        elif self._has_been_up():
            self._displaced(by, exceed, behind)
        elif self._folder is not None:
            self._take_higher(self._folder, by, exceed, behind)
        else:
            self._warn(
                by,
                f"it has met a later process of this name: the creation {own.precedence} of this one "
                f"must exceed {exceed}, it is {behind} too early. If no other process has this name, "
                "the wall clock of this machine is behind: set it and start this node again, or give "
                "it a state folder (state_dir), which keeps its creation",
            )

    def close(self) -> None:
        """Releases the state folder, as soon as nothing is being written."""
        if self._folder is not None and self._saving is None:
            self._folder.close()
        elif self._folder is not None and self._saving is not None:
            folder = self._folder
            self._saving.add_done_callback(lambda saving: folder.close())

    async def finish(self) -> None:
        """Does the same, and returns when it is done."""
        if self._saving is not None:
            await asyncio.wait([self._saving])
        self.close()

    def _displaced(self, by: str, exceed: int, behind: str) -> None:
        error = Superseded(
            f"{by} has met a later process of the name {self._context.own.name!r}, of creation {exceed}, "
            f"{behind} later than this one, which ends: two processes have one name, "
            "or this one was started while the wall clock of its machine was behind"
        )
        if self._end(error) and self._folder is not None:
            # Its next start must exceed this creation, also if the wall clock is behind it.
            self._save(self._folder, exceed, lambda: None)

    def _take_higher(self, folder: StateFolder, by: str, exceed: int, behind: str) -> None:
        own = self._context.own
        raised = _later_than(exceed, self._context.clock, own.creation % MILLISECOND)

        def take() -> None:
            self._context.own = replace(self._context.own, raised=raised)
            self._log.warning(
                "%s has met a process of this name %s later than this one: this node takes the higher "
                "creation %s. %s",
                *(by, behind, raised, CLOCK_IS_BEHIND),
            )

        self._save(folder, raised, take)

    def _save(self, folder: StateFolder, creation: int, then: Callable[[], None]) -> None:
        def saved(saving: asyncio.Task[None]) -> None:
            self._saving = None
            error = saving.exception()
            if error is None:
                then()
            else:
                self._log.warning("the creation %s could not be kept: %s", creation, error)

        if self._saving is None:
            salt = self._context.cookies.salt
            loop = asyncio.get_running_loop()
            self._saving = loop.create_task(_off_loop(folder, creation, salt))
            self._saving.add_done_callback(saved)

    def _warn(self, by: str, detail: str) -> None:
        self._context.drop_log.record(DropReason.REFUSED_BY_PEER, by, detail)


def _later_than(creation: int, clock: Clock, chance: int) -> int:
    milliseconds = max(creation // MILLISECOND + 1, clock.wall_milliseconds())
    return milliseconds * MILLISECOND + chance


async def _off_loop(folder: StateFolder, creation: int, salt: bytes) -> None:
    await asyncio.get_running_loop().run_in_executor(None, folder.save, creation, salt)
