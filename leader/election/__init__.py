"""One member of one election, on a clock, a network and a record.

The modules that other folders may use are in ``__all__``.
"""

__all__ = ["election", "lease_scope", "options", "storage", "trace_file"]
