"""The election itself, pure: it has no clock, no socket, no randomness, no thread and no log.

``step.step`` takes a state, an event and a moment, and returns the action of the specification that
it took, the next state, and the effects to carry out, in order. ``step.next_deadline`` says when to
call it if nothing happens before.

Read ``vocabulary``, ``messages`` and ``state`` first, then the actions (``actions`` lists them), which
follow ``spec/Election.tla`` one by one: ``pre_voting`` and ``voting`` (becoming a leader), ``leading``
(staying one), ``refusals`` (a higher term), ``departures`` (a leader that goes). ``pacing`` comes
last: it decides nothing.

The modules that other folders may use are in ``__all__``.
"""

__all__ = [
    "actions",
    "departures",
    "durable",
    "effects",
    "events",
    "guards",
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
