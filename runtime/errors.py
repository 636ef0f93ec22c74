"""What a call raises if there is no answer: a family of errors with `CallError` as its root.

Leaves to the `calls` module how calls travel. The type of an error tells what is known about the
request. Only `NoSuchProcess`, `MailboxFull`, `CallsItself`, `NotHandled`, and a `CannotTravel` about
the request, say that it was not carried out. After any other error it may have been carried out.
"""


class CallError(Exception):
    """A call got no answer; the text says to which process it was made, and why there is none."""


class CallTimeout(CallError, TimeoutError):
    """No answer came in time; an answer that comes later is dropped."""


class NoSuchProcess(CallError):
    """There is no process with this pid or name."""


class MailboxFull(CallError):
    """The mailbox of the process was full, so the request was refused."""


class NodeLost(CallError):
    """The other node cannot be reached, or the connection ended before the answer came."""


class ProcessEnded(CallError):
    """The process ended before it answered; the text gives the reason."""


class CallFailed(ProcessEnded):
    """`handle_call` raised, which ended the process; the text gives the error."""


class CannotTravel(CallError, TypeError):
    """The request or the answer cannot be sent to another node, or cannot be read there."""


class CallsItself(CallError):
    """A process called itself: it would have waited for itself for ever."""


class NotHandled(CallError, NotImplementedError):
    """The process does not answer this request; raised in `handle_call`, it ends no process."""


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
