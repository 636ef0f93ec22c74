"""The open connections with one node in one lane: which of them is used, and which are given up.

Leaves dialling to `dialling`, and other lanes to `peer`. The newest generation is used. Of one
generation there may be two connections, if both nodes dialled at the same time; each node sends over
the one that was opened first there, so its messages stay in order.

When a newer link has opened, this end sends nothing over the older ones. It still delivers what comes
over them until the first message has come over the newer link: from then on it would be out of order.
The older ones stay open for a while, because a goodbye could arrive before the newer link is open at the
other end, which would then have no link at all.
"""

from runtime.network.connection import NodeConnection

REPLACED = "a newer connection has replaced this one"
RETIREMENT_SECONDS = 1.0
"""How long a link that was replaced stays open."""


class Links:
    """The links in use, two at most, and those that were replaced last."""

    def __init__(self) -> None:
        self._open: list[NodeConnection] = []
        self._retired: list[NodeConnection] = []
        self._newest = 0

    @property
    def newest(self) -> int:
        """The highest generation that there was with this incarnation of the node; 0 without any."""
        return self._newest

    @property
    def current(self) -> NodeConnection | None:
        """The link to send over, None if there is none."""
        return self._open[0] if self._open else None

    @property
    def open(self) -> tuple[NodeConnection, ...]:
        """All links in use."""
        return tuple(self._open)

    def add(self, opened: NodeConnection) -> bool:
        """Uses a link that has opened; returns whether it has replaced another one."""
        if opened.link.generation < self._newest:
            opened.hang_up(REPLACED)
            return False
        self._newest = opened.link.generation
        replaced = [link for link in self._open if _is_given_up(link, opened)]
        self._open = [link for link in self._open if link not in replaced] + [opened]
        if replaced:
            self._retire(replaced)
        return bool(replaced)

    def _retire(self, replaced: list[NodeConnection]) -> None:
        # Those replaced before have had their time: a node that always dials anew must not pile them up.
        for link in self._retired:
            link.hang_up(REPLACED)
        self._retired = replaced
        for link in replaced:
            link.retire(REPLACED, RETIREMENT_SECONDS, self._has_received)

    def _has_received(self) -> bool:
        return any(link.traffic.frames_received for link in self._open)

    def remove(self, ended: NodeConnection) -> bool:
        """Forgets a link that has ended; returns whether it was in use."""
        was_used = ended in self._open
        if was_used:
            self._open.remove(ended)
        return was_used

    def forget(self) -> list[NodeConnection]:
        """Returns all links in use, and begins anew: another incarnation of the node has come."""
        links, self._open, self._newest = self._open, [], 0
        return links


def _is_given_up(link: NodeConnection, opened: NodeConnection) -> bool:
    # A node dials the same generation twice if it has not learned that the first link had opened.
    is_older = link.link.generation < opened.link.generation
    return is_older or (link.dialled is None) == (opened.dialled is None)
