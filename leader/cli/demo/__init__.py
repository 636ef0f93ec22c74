"""The demonstration: real processes over loopback elect a leader, and the leader is done harm to.

``member`` is what each process runs, ``cluster`` starts and signals processes, ``drill`` is what is
done to them, ``witness`` judges what they report, ``timeline`` shows it.

The modules that other folders may use are in ``__all__``.
"""

__all__ = ["drill", "timeline", "witness"]
