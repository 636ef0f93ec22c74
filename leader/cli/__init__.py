"""The command line; needs the extra `cli`.

The modules that other folders may use are in ``__all__``.
"""

__all__ = ["main"]
