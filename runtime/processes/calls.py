"""Calls: requests that wait for an answer, to processes of this node and of others.

Leaves it to the process how it answers. All state of a call is kept on the node that calls, and is
removed with it; the other side has only the request in a mailbox, with the address to answer to. When
it becomes known that no answer can come, the call ends at once: the time-out is for silence only.
"""

import asyncio
import itertools
import logging
import math
from collections.abc import Callable
from functools import partial
from typing import Any

from runtime.clock import after
from runtime.dropped import DropReason
from runtime.errors import (
    FAMILY,
    CallError,
    CallsItself,
    CallTimeout,
    CannotTravel,
    NodeLost,
    NoSuchProcess,
)
from runtime.events import NodeDown, NodeEvent
from runtime.network import Envelope, NodeContext, NodeIdentity, WireError
from runtime.pid import Pid, ProcessId
from runtime.processes.runner import ProcessRunner
from runtime.processes.signal_router import Address, SignalRouter, address_of, sender_of
from runtime.processes.signals import Answer, Refusal, Request
from runtime.reasons import NO_PROCESS, describe


class _WaitingCall:
    def __init__(self, to: Pid | ProcessId) -> None:
        self.address = address_of(to)
        self.outcome: asyncio.Future[object] = asyncio.get_running_loop().create_future()

    def settle(self, outcome: object) -> None:
        if not self.outcome.done():
            self.outcome.set_result(outcome)


class Calls:
    """The calls of a node's processes, and the requests of other nodes to its processes."""

    def __init__(
        self,
        context: NodeContext,
        signals: SignalRouter,
        find: Callable[[int | str], ProcessRunner | None],
        log: logging.LoggerAdapter[logging.Logger],
    ) -> None:
        """`find` returns the process of this node with that number or name."""
        self._context = context
        self._signals = signals
        self._find = find
        self._log = log
        self._references = itertools.count(1)
        self._calls: dict[int, _WaitingCall] = {}
        signals.handle(Request, self._request_came)
        signals.handle(Answer, self._answer_came)
        signals.handle(Refusal, self._refusal_came)

    def __len__(self) -> int:
        """How many calls wait."""
        return len(self._calls)

    async def call(
        self, to: Pid | ProcessId, request: object, timeout: float, sender: Pid | None
    ) -> Any:
        """Asks and waits for the answer, `timeout` seconds; raises CallError or ValueError."""
        self._context.check_own("sender", sender)
        if not 0 < timeout < math.inf:
            raise ValueError(f"timeout must be finite and above zero, not {timeout!r}")
        call, reference = _WaitingCall(to), next(self._references)
        self._calls[reference] = call
        too_late = CallTimeout(f"no answer within {timeout} s")
        alarm = after(self._context.clock, timeout, partial(call.settle, too_late))
        try:
            self._begin(call, reference, request, sender)
            outcome = await call.outcome
        finally:
            alarm.cancel()
            del self._calls[reference]
        if isinstance(outcome, CallError):
            raise type(outcome)(f"call to {to}: {outcome}") from outcome.__cause__
        return outcome

    def node_changed(self, event: NodeEvent) -> None:
        """Ends the calls that cannot be answered since a node went down or was restarted."""
        if isinstance(event, NodeDown):
            self.node_lost(event.node, event.reason.value)
        else:
            self._settle_all(
                NoSuchProcess(NO_PROCESS),
                lambda to: to.node == event.node and to.creation not in (None, event.creation),
            )

    def node_lost(self, node: str, reason: str) -> None:
        """Ends all calls to that node."""
        self._settle_all(NodeLost(f"node {node} lost: {reason}"), lambda to: to.node == node)

    def close(self) -> None:
        """Ends all calls: this node stops."""
        self._settle_all(NodeLost("this node stops"), lambda to: True)

    def _settle_all(self, outcome: CallError, concerned: Callable[[Address], bool]) -> None:
        for call in self._calls.values():
            if concerned(call.address):
                call.settle(outcome)

    def _begin(
        self, call: _WaitingCall, reference: int, request: object, sender: Pid | None
    ) -> None:
        own = self._context.own
        if self._signals.is_closed:
            call.settle(NodeLost("this node has stopped"))
        elif call.address.node != own.name:
            self._send(call, reference, request, sender)
        elif call.address.creation not in (None, own.creation):
            call.settle(NoSuchProcess(NO_PROCESS))
        else:
            self._ask_here(call, reference, request, sender)

    def _ask_here(
        self, call: _WaitingCall, reference: int, request: object, sender: Pid | None
    ) -> None:
        process = self._find(call.address.addressee)
        if process is None:
            call.settle(NoSuchProcess(NO_PROCESS))
        elif process.pid == sender:
            call.settle(CallsItself("a process cannot wait for itself"))
        else:
            process.ask(sender, request, partial(self._settle, self._context.own, reference))

    def _send(
        self, call: _WaitingCall, reference: int, request: object, sender: Pid | None
    ) -> None:
        node, number = call.address.node, None if sender is None else sender.number
        try:
            content = self._context.registry.pack(request)
            signal = Request(reference=reference, content=content)
            is_sent = self._signals.send(call.address, signal, number)
        except (TypeError, ValueError) as error:
            call.settle(_cannot_travel("the request", error))
        else:
            if not is_sent and self._signals.is_gone(call.address):
                call.settle(NoSuchProcess(NO_PROCESS))
            elif not is_sent:
                call.settle(NodeLost(f"node {node} cannot be reached, or too much waits for it"))

    def _request_came(self, peer: NodeIdentity, envelope: Envelope, signal: Request) -> None:
        reply = partial(self._reply, peer, signal.reference)
        process = self._find(envelope.to)
        if process is None:
            return reply(NoSuchProcess(NO_PROCESS))
        try:
            request = self._context.registry.unpack(signal.content)
        except WireError as error:
            self._context.drop_log.record(DropReason.MALFORMED, peer.name, ascii(str(error)))
            return reply(_cannot_travel("the request", error))
        process.ask(sender_of(peer, envelope), request, reply)

    def _reply(self, peer: NodeIdentity, reference: int, outcome: object) -> None:
        signal: Answer | Refusal
        try:
            if isinstance(outcome, CallError):
                signal = _refusal(reference, outcome)
            else:
                content = self._context.registry.pack(outcome)
                signal = Answer(reference=reference, content=content)
            self._signals.answer(peer, signal)
        except (TypeError, ValueError) as error:
            self._log.error("an answer to %s cannot travel: %s", peer.name, error)
            refusal = _refusal(reference, _cannot_travel("the answer", error))
            self._signals.answer(peer, refusal)

    def _answer_came(self, peer: NodeIdentity, envelope: Envelope, signal: Answer) -> None:
        outcome: object
        try:
            outcome = self._context.registry.unpack(signal.content)
        except WireError as error:
            self._context.drop_log.record(DropReason.MALFORMED, peer.name, ascii(str(error)))
            outcome = _cannot_travel("the answer", error)
        self._settle(peer, signal.reference, outcome)

    def _refusal_came(self, peer: NodeIdentity, envelope: Envelope, signal: Refusal) -> None:
        self._settle(peer, signal.reference, FAMILY.get(signal.error, CallError)(signal.detail))

    def _settle(self, peer: NodeIdentity, reference: int, outcome: object) -> None:
        call = self._calls.get(reference)
        # A node that guesses a reference must not answer a call to another node.
        if call is None or call.address.node != peer.name:
            detail = "no call waits for it"
            self._context.drop_log.record(DropReason.LATE_ANSWER, peer.name, detail)
        else:
            call.settle(outcome)


def _cannot_travel(what: str, error: Exception) -> CannotTravel:
    failed = CannotTravel(f"{what}: {error}")
    failed.__cause__ = error
    return failed


def _refusal(reference: int, error: CallError) -> Refusal:
    return Refusal(reference=reference, error=type(error).__name__, detail=describe(str(error)))
