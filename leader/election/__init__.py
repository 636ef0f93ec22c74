"""One member of one election, on a clock, a network and a record.

The modules that other folders may use are in ``__all__``.
"""

__all__ = ["election", "lease_scope", "options", "record_thread", "storage", "trace_file"]
