"""What a call raises when there is no answer: one family, with `CallError` as its root.

Knows nothing of how calls travel. The idea: the type says what became of the request as far as
anybody can know. Only `NoSuchProcess`, `MailboxFull`, `CallsItself`, `NotHandled`, and a
`CannotTravel` that speaks of the request, say that it was not carried out; after any other it may
have been.
"""


class CallError(Exception):
    """A call got no answer; the text says whom it was for and why."""


class CallTimeout(CallError, TimeoutError):
    """No answer came in time; one that comes later is dropped."""


class NoSuchProcess(CallError):
    """Nobody is there under that pid or name."""


class MailboxFull(CallError):
    """As many messages wait for that process as may; the request was refused."""


class NodeLost(CallError):
    """The other node cannot be reached, or the connection ended before the answer came."""


class ProcessEnded(CallError):
    """The process ended before it answered; the text gives the reason."""


class CallFailed(ProcessEnded):
    """`handle_call` raised, which ended the process; the text gives the error."""


class CannotTravel(CallError, TypeError):
    """The request or the answer is nothing that can be sent to another node, or be read there."""


class CallsItself(CallError):
    """A process called itself, and would have waited for itself for ever."""


class NotHandled(CallError, NotImplementedError):
    """The process does not answer this; raised in `handle_call`, it ends nothing."""


FAMILY = {
    kind.__name__: kind
    for kind in (
        CallTimeout,
        NoSuchProcess,
        MailboxFull,
        NodeLost,
        ProcessEnded,
        CallFailed,
        CannotTravel,
        CallsItself,
        NotHandled,
    )
}
"""The errors by the names that stand for them on the wire."""
