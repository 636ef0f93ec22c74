"""Requests of clients, and messages between members; the numbered rules are those of the store."""

from dataclasses import dataclass

from runtime import message

Version = tuple[int, int]
Entries = dict[str, str]


@message(name="examples.store.put")
@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """The request to give a key a value."""

    number: int
    key: str
    value: str


@message(name="examples.store.get")
@dataclass(frozen=True, slots=True, kw_only=True)
class Get:
    """The request for the value of a key."""

    number: int
    key: str


@message(name="examples.store.stored")
@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The answer that a quorum has written it down."""

    number: int


@message(name="examples.store.unsure")
@dataclass(frozen=True, slots=True, kw_only=True)
class Unsure:
    """The answer that the leadership ended meanwhile: the write may be done, now or later, or not."""

    number: int


@message(name="examples.store.too_large")
@dataclass(frozen=True, slots=True, kw_only=True)
class TooLarge:
    """The answer that it was not done: key and value are too long, or there are too many keys."""

    number: int


@message(name="examples.store.found")
@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The answer with the value; None if the key has none."""

    number: int
    value: str | None


@message(name="examples.store.promise")
@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseRequest:
    """The question of rule 2, to all members."""

    version: Version


@message(name="examples.store.keep")
@dataclass(frozen=True, slots=True, kw_only=True)
class KeepRequest:
    """The question of rule 4, to all members."""

    version: Version
    entries: Entries


@message(name="examples.store.promised")
@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """The answer of rule 2: what is on the shelf."""

    asked: Version
    version: Version
    entries: Entries


@message(name="examples.store.kept")
@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The answer of rule 4."""

    asked: Version
