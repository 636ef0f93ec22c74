"""The actor that takes part in an election, and what its author writes.

The modules that other folders may use are in ``__all__``.
"""

__all__ = ["actor"]
