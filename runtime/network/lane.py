"""Which traffic a connection carries, and which connection came after which.

Leaves connections to `connection`. Two nodes have a connection of their own for each lane. Bytes that
the kernel has taken go out in their order, so on one connection a long message would delay every
message behind it, whatever its priority here.
"""

import enum
from dataclasses import dataclass
from typing import Annotated

import msgspec

GENERATION_LIMIT = 2**32 - 1
"""The highest generation of a link."""

Generation = Annotated[int, msgspec.Meta(ge=1, le=GENERATION_LIMIT)]


class Lane(enum.IntEnum):
    """The kinds of traffic that do not wait for each other; the numbers are those on the wire."""

    ORDINARY = 0
    URGENT = 1
    """Messages of types that were registered as urgent, such as those of elections."""


@dataclass(frozen=True, slots=True)
class LinkIdentity:
    """What a connection between two nodes is for. The dialler chooses it, and both ends know it."""

    lane: Lane
    generation: int
    """One more than that of the newest link that the dialler had in this lane.

    So a higher one says that the dialler has given up all links before it, and two nodes that dial
    each other at the same time choose the same one.
    """


FIRST_LINK = LinkIdentity(Lane.ORDINARY, 1)
"""What two nodes that have never been connected begin with."""
