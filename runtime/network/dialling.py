"""Dials one node for one lane: attempts, the pauses between them, and when to try again.

Leaves to the owner whether a connection is wanted. Every error is one of dialling, and is followed by
another attempt: a machine that has run out of threads or memory recovers. For the first seconds of a
failure attempts are frequent, because a network that is whole again must be used at once, and the
kernel repeats a lost request to connect only after one second, then after two.
"""

import asyncio
from collections.abc import Callable

from runtime.clock import NANOSECONDS, Timer, after
from runtime.dropped import DropReason
from runtime.network.connection import NodeConnection
from runtime.network.context import NodeContext
from runtime.network.race import Race
from runtime.network.transport import Connection, Transport

FIRST_PAUSE_SECONDS = 0.020
QUICK_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 1.0
QUICK_SECONDS = 4.0
"""For how long after the first failure no pause is longer than a quick one."""


class Backoff:
    """How long to wait before the next attempt: twice as long each time, up to a limit."""

    def __init__(self, context: NodeContext) -> None:
        self._clock = context.clock
        self._random = context.random
        self._pause = FIRST_PAUSE_SECONDS
        self._since: int | None = None

    def begin(self) -> bool:
        """An attempt begins; returns whether the first attempt was less than `QUICK_SECONDS` ago."""
        now = self._clock.now()
        if self._since is None:
            self._since = now
        return now - self._since < QUICK_SECONDS * NANOSECONDS

    def next_pause(self) -> float:
        """Returns seconds, partly random, so that two nodes do not dial in step for ever."""
        longest = QUICK_PAUSE_SECONDS if self.begin() else LONGEST_PAUSE_SECONDS
        self._pause = min(self._pause, longest)
        pause = self._pause * self._random.uniform(0.5, 1.0)
        self._pause = 2 * self._pause
        return pause

    def reset(self) -> None:
        """Makes the next pause short again, after a success."""
        self._pause = FIRST_PAUSE_SECONDS
        self._since = None


class Dialler:
    """The attempts to connect with one node for one lane; at most one connection at a time."""

    def __init__(
        self,
        name: str,
        context: NodeContext,
        transport: Transport,
        establish: Callable[[Connection], NodeConnection],
        is_wanted: Callable[[], bool],
        on_failure: Callable[[str], None],
    ) -> None:
        """`establish` starts the handshake on a connection; `on_failure` is told why one failed."""
        self.address: str | None = None
        self._name = name
        self._context = context
        self._transport = transport
        self._establish = establish
        self._is_wanted = is_wanted
        self._on_failure = on_failure
        self._is_retired = False
        self._backoff = Backoff(context)
        self._backoff_after_loss = Backoff(context)
        self._attempt: asyncio.Task[None] | None = None
        self._dialled: NodeConnection | None = None
        self._pause: Timer | None = None

    def dial_if_wanted(self) -> None:
        """Begins an attempt if a connection is wanted and nothing is under way."""
        is_busy = self._attempt or self._dialled or self._pause
        if not is_busy and not self._is_retired and self.address is not None and self._is_wanted():
            self._attempt = asyncio.get_running_loop().create_task(self._dial(self.address))

    def dial_again(self, lasted: int) -> None:
        """A connection was lost that had lasted for so many nanoseconds."""
        if lasted >= LONGEST_PAUSE_SECONDS * NANOSECONDS:
            self._backoff_after_loss.reset()
            self.dial_if_wanted()
        elif self._pause is None:
            # Without a pause, a node that hangs up at once would be dialled again and again.
            self._rest(self._backoff_after_loss)

    def opened(self, connection: NodeConnection) -> None:
        """There is a connection, dialled here or there."""
        self._backoff.reset()
        self._stop_pause()
        if connection is self._dialled:
            self._dialled = None

    def ended(self, connection: NodeConnection) -> None:
        """A connection that was dialled here has ended, perhaps before it was open."""
        if connection is self._dialled:
            self._dialled = None
            self._fail("no connection was established")

    def retire(self) -> asyncio.Task[None] | None:
        """Dials no more; returns the attempt that still has to end, if any."""
        self._is_retired = True
        self._stop_pause()
        if self._attempt is not None:
            self._attempt.cancel()
        return self._attempt

    async def _dial(self, address: str) -> None:
        try:
            async with asyncio.timeout(self._context.limits.handshake_seconds):
                connection = await self._connect(address)
            self._begin_handshake(connection)
        except (OSError, TimeoutError) as error:
            self._fail(f"{address}: {str(error) or type(error).__name__}")
        except Exception as error:
            # No network fails like this, so a person should hear of it.
            detail = f"{address}: {error!r}"
            self._context.drop_log.record(DropReason.DIAL_FAILED, self._name, detail)
            self._fail(detail)
        finally:
            self._attempt = None

    def _begin_handshake(self, connection: Connection) -> None:
        try:
            self._dialled = self._establish(connection)
        except BaseException:
            connection.abort()
            raise

    async def _connect(self, address: str) -> Connection:
        if not self._backoff.begin():
            return await self._transport.dial(address)
        async with Race[Connection](lambda connection: connection.abort()) as race:
            # The first attempt goes on, because the answer may take longer than a pause.
            race.begin(self._transport.dial(address))
            while race.is_running:
                connection = await race.winner(QUICK_PAUSE_SECONDS)
                if connection is not None:
                    return connection
                if race.is_running:
                    race.give_up_all_but_first()
                    race.begin(self._transport.dial(address))
            raise race.error

    def _fail(self, detail: str) -> None:
        self._on_failure(detail)
        self._rest(self._backoff)

    def _rest(self, backoff: Backoff) -> None:
        self._stop_pause()
        self._pause = after(self._context.clock, backoff.next_pause(), self._pause_over)

    def _pause_over(self) -> None:
        self._pause = None
        self.dial_if_wanted()

    def _stop_pause(self) -> None:
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None
