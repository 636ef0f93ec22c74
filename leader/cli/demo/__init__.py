"""The demonstration: real processes on loopback elect a leader, which is then killed, stopped and frozen.

``member`` is what each process runs. ``cluster`` starts processes and sends them signals, ``drill``
is the sequence of faults, ``witness`` judges what the processes report, ``timeline`` shows it.

The modules that other folders may use are in ``__all__``.
"""

__all__ = ["drill", "timeline", "witness"]
