"""A supervisor starts processes in order, starts them again when they end, and stops them in order.

Leaves the work to its children. A process that has failed is in a state that its author did not
foresee; a new process in its place begins in a known state. If children fail more than `intensity`
times within `period_seconds`, restarting does not help: the supervisor itself fails, and its own
supervisor decides. Children are linked, so they never outlive it, however it ends.
"""

import asyncio
import enum
import math
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from runtime.clock import NANOSECONDS, after
from runtime.events import Exit
from runtime.pid import Pid, check_name
from runtime.process import Process
from runtime.processes.callbacks import Factory, resolve
from runtime.reasons import KILL, ORDERLY, SHUTDOWN, ExitReason, describe

RELEASE_SECONDS = 1.0
"""How long a killed child may take to release what it holds."""


class TooManyRestarts(RuntimeError):
    """More restarts were needed within the period than the intensity allows."""


class Strategy(enum.Enum):
    """Which children are restarted with one that has ended; all these are stopped first, in reverse."""

    ONE_FOR_ONE = "that child alone: the children do not depend on each other"
    ALL_FOR_ONE = "all children: each depends on all others"
    REST_FOR_ONE = "that child and those after it: each may depend on those before it"


class Restart(enum.Enum):
    """After which ends a child is restarted."""

    PERMANENT = "after any"
    TRANSIENT = "after a failure: any end but a normal one and a shutdown"
    TEMPORARY = "after none: it is forgotten, also if it was stopped together with another child"


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """How a child is started, stopped, and restarted; raises TypeError or ValueError."""

    factory: Factory
    arguments: tuple[Any, ...] = ()
    """The arguments of its `init`."""
    name: str | None = None
    """The name that it is registered under, if any."""
    restart: Restart = Restart.PERMANENT
    shutdown_seconds: float = 5.0
    """How long it may take to terminate before it is killed."""
    mailbox_messages: int | None = None

    def __post_init__(self) -> None:
        if self.name is not None:
            check_name("name", self.name)
        if not 0 <= self.shutdown_seconds < math.inf:
            raise ValueError(
                f"shutdown_seconds must be finite and not negative, not {self.shutdown_seconds!r}"
            )

    def __str__(self) -> str:
        return self.name or str(getattr(self.factory, "__qualname__", self.factory))


@dataclass(frozen=True, slots=True)
class Supervision:
    """What the `init` of a supervisor returns; raises ValueError."""

    children: Sequence[Child]
    """In the order in which they are started; they are stopped in reverse."""
    strategy: Strategy = Strategy.ONE_FOR_ONE
    intensity: int = 3
    """How many restarts are allowed within the period."""
    period_seconds: float = 5.0

    def __post_init__(self) -> None:
        names = [child.name for child in self.children if child.name is not None]
        if len(names) > len(set(names)):
            raise ValueError(f"children must have different names, not {names}")
        if self.intensity < 0:
            raise ValueError(f"intensity must not be negative, not {self.intensity!r}")
        if not 0 < self.period_seconds < math.inf:
            raise ValueError(
                f"period_seconds must be finite and above zero, not {self.period_seconds!r}"
            )


class _Place:
    """The place of a child in the order, and the process that has it now."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self.pid: Pid | None = None
        self.lost: Pid | None = None
        """The process that had it and has ended; None when that end has been handled."""
        self.changed = asyncio.Event()


class Supervisor(Process, ABC):
    """A process that supervises others: override `init`."""

    @abstractmethod
    def init(self, *arguments: Any, **keywords: Any) -> Supervision | Awaitable[Supervision]:
        """Returns the children and the strategy; called once, with the arguments of `spawn`."""

    @property
    def children(self) -> list[tuple[Child, Pid]]:
        """The children that run, in their order."""
        return [(place.child, place.pid) for place in self._places if place.pid is not None]

    def handle_inspect(self, *items: str) -> dict[str, str]:
        """Returns the strategy, and the children that run."""
        numbered = enumerate(self.children, start=1)
        found = {f"child {number} {child}": str(pid) for number, (child, pid) in numbered}
        return {"strategy": self._supervision.strategy.name.lower()} | found

    async def _initialize(self, *arguments: Any) -> None:
        self._places: list[_Place] = []
        self._restart_instants: list[int] = []
        self._given_up: set[Pid] = set()
        supervision = await resolve(self.init(*arguments))
        if not isinstance(supervision, Supervision):
            raise TypeError(f"init must return runtime.Supervision, not {supervision!r}")
        self._supervision = supervision
        self.trap_exit = True
        self._process_runner.on_exit = self._exit_came
        self._places = [_Place(child) for child in supervision.children]
        try:
            await self._start(list(self._places))
        except Exception:
            await self._stop_children(list(self._places))
            raise

    async def _prepare_to_terminate(self, reason: ExitReason) -> None:
        await self._stop_children(list(self._places))

    def _exit_came(self, event: Exit) -> None:
        # Called ahead of the mailbox: `_stop_child` waits for it within a callback.
        sender = event.sender
        place = next((each for each in self._places if each.pid == sender), None)
        if not event.has_ended:
            self.stop(event.reason)
        elif place is not None:
            self._child_ended(place, sender, event.reason)
        elif sender in self._given_up:
            self._given_up.remove(sender)
        elif event.reason not in ORDERLY:
            self.stop(event.reason)

    def _child_ended(self, place: _Place, pid: Pid, reason: str) -> None:
        place.pid = None
        place.changed.set()
        place.lost = pid
        self.post(partial(self._restart, place, pid, reason))

    async def _restart(self, place: _Place, pid: Pid, reason: str) -> None:
        if place.lost != pid:
            # It was stopped on purpose, or restarted meanwhile together with another child.
            return
        place.lost = None
        if place.child.restart is Restart.TEMPORARY:
            self._places.remove(place)
        elif place.child.restart is Restart.PERMANENT or reason not in ORDERLY:
            self._count_restart(place.child, reason)
            affected = self._affected(place)
            await self._stop_children(affected)
            await self._start([each for each in affected if each in self._places])

    def _affected(self, place: _Place) -> list[_Place]:
        match self._supervision.strategy:
            case Strategy.ONE_FOR_ONE:
                return [place]
            case Strategy.ALL_FOR_ONE:
                return list(self._places)
            case Strategy.REST_FOR_ONE:
                return self._places[self._places.index(place) :]

    def _count_restart(self, child: Child, reason: ExitReason) -> None:
        rules, now = self._supervision, self.clock.now()
        since = now - round(rules.period_seconds * NANOSECONDS)
        self._restart_instants = [
            *(instant for instant in self._restart_instants if instant > since),
            now,
        ]
        ended = f"child {child} ended: {describe(reason)}"
        if len(self._restart_instants) > rules.intensity:
            raise TooManyRestarts(
                f"{len(self._restart_instants)} restarts within {rules.period_seconds} s, "
                f"{rules.intensity} are allowed; the last: {ended}"
            )
        self.log.warning(
            "%s; restart %d of %d", ended, len(self._restart_instants), rules.intensity
        )

    async def _start(self, places: list[_Place]) -> None:
        for place in places:
            while (error := await self._start_child(place)) is not None:
                if place.child.restart is Restart.TEMPORARY:
                    self.log.warning("child %s did not start: %s", place.child, describe(error))
                    self._places.remove(place)
                    break
                self._count_restart(place.child, error)

    async def _start_child(self, place: _Place) -> Exception | None:
        child = place.child
        options: dict[str, Any] = {"mailbox_messages": child.mailbox_messages, "parent": self.pid}
        try:
            if child.name is None:
                place.pid = await self.node.spawn(child.factory, *child.arguments, **options)
            else:
                place.pid = await self.node.spawn_register(
                    child.name, child.factory, *child.arguments, **options
                )
        except Exception as error:
            return error
        return None

    async def _stop_children(self, places: list[_Place]) -> None:
        for place in reversed(places):
            await self._stop_child(place)
            place.lost = None
            if place.child.restart is Restart.TEMPORARY:
                self._places.remove(place)

    async def _stop_child(self, place: _Place) -> None:
        steps = ((SHUTDOWN, place.child.shutdown_seconds), (KILL, RELEASE_SECONDS))
        for reason, seconds in steps:
            if place.pid is None:
                return
            place.changed.clear()
            self.send_exit(place.pid, reason)
            await self._wait_for_change(place, seconds)
            if place.pid is not None:
                self.log.error("child %s did not end in time at a %s", place.child, reason)
        if place.pid is not None:
            # It still runs. When it ends, that must not look like the failure of some other process
            # that is linked with this one.
            self._given_up.add(place.pid)
            place.pid = None

    async def _wait_for_change(self, place: _Place, seconds: float) -> None:
        time_limit = after(self.clock, seconds, place.changed.set)
        try:
            await place.changed.wait()
        finally:
            time_limit.cancel()
