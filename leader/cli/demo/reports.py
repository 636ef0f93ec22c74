"""What the demonstration and its processes tell each other: one JSON object in each line, over pipes.

Instants are nanoseconds on the machine's boot clock, which all processes here share.
"""

import msgspec


class Setup(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """Which member a process is; the first line that it reads."""

    name: str
    members: list[str]
    cookie: str
    record_folder: str | None
    trust_disconnect: bool
    trace_folder: str | None = None
    """Where the process records what it does, for the specification to check."""


class Routes(msgspec.Struct, tag=True, frozen=True):
    """Where the other processes listen now."""

    addresses: dict[str, str]


class Listening(msgspec.Struct, tag=True, frozen=True):
    """Where this process listens."""

    address: str


class TakesPart(msgspec.Struct, tag=True, frozen=True):
    """The actor runs; it has sent nothing yet."""

    at: int


class Leads(msgspec.Struct, tag=True, frozen=True):
    """``handle_become_leader`` was called, or its term grew in place."""

    term: int
    at: int
    renewed: bool


class Follows(msgspec.Struct, tag=True, frozen=True):
    """``handle_become_follower`` was called."""

    leader: str | None
    at: int


class Acted(msgspec.Struct, tag=True, frozen=True):
    """``is_leader`` was seen to be true from ``since`` to ``until``, with this term as token."""

    term: int
    since: int
    until: int


Command = Setup | Routes
Report = Listening | TakesPart | Leads | Follows | Acted
