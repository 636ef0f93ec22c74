"""The election itself, pure: no clock, socket, chance, thread or log.

``step.step`` takes a state, an event and a moment, and returns the action of the spec it was,
the next state, and the effects asked for, in order. ``step.next_deadline`` tells when to call it
if nothing happens. Read ``vocabulary``, ``messages`` and ``state`` first; then ``voting`` (becoming a
leader) and ``leading`` (staying one, and ceasing to be), which mirror ``spec/Election.tla`` action for
action; ``pacing`` last, which decides nothing.

The modules that other folders may use are in ``__all__``.
"""

__all__ = [
    "durable",
    "effects",
    "events",
    "leading",
    "lease",
    "membership",
    "messages",
    "quorum",
    "start",
    "state",
    "step",
    "timing",
    "transition",
    "vocabulary",
]
