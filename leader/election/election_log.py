"""The logger ``leader``: every record of it says which cluster and member it is of, in which term, and who leads.

Leaves to others what is logged. These are fields and not part of the text, so a log can be searched
by member without parsing.
"""

import logging
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from leader.protocol.vocabulary import ClusterId, MemberId, Term

View = tuple[Term, MemberId | None]
"""The term and the leader, as one member sees them."""


class ElectionLog(logging.LoggerAdapter[logging.Logger]):
    """A member's log; its records have the fields ``cluster``, ``member``, ``term`` and ``leader``."""

    def __init__(self, context: Mapping[str, object], cluster: ClusterId, member: MemberId) -> None:
        """``context`` are further fields, those of the process that the member belongs to, for example."""
        super().__init__(logging.getLogger("leader"), {**context})
        self._cluster = cluster
        self._member = member
        self._view: Callable[[], View] = _nothing_known

    def show(self, view: Callable[[], View]) -> None:
        """Ask ``view`` for the term and the leader whenever a record is written."""
        self._view = view

    def process(
        self, msg: Any, kwargs: MutableMapping[str, Any]
    ) -> tuple[Any, MutableMapping[str, Any]]:
        """See ``logging.LoggerAdapter``."""
        term, leader = self._view()
        own = {"cluster": self._cluster, "member": self._member, "term": term, "leader": leader}
        kwargs["extra"] = {**(self.extra or {}), **own, **(kwargs.get("extra") or {})}
        return msg, kwargs


def _nothing_known() -> View:
    return Term(0), None
