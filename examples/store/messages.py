"""What clients ask the store, and what its members tell each other; numbered rules are the store's."""

from dataclasses import dataclass

from runtime import message

Version = tuple[int, int]
Entries = dict[str, str]


@message(name="examples.store.put")
@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """Let this key have this value."""

    number: int
    key: str
    value: str


@message(name="examples.store.get")
@dataclass(frozen=True, slots=True, kw_only=True)
class Get:
    """Which value has this key?"""

    number: int
    key: str


@message(name="examples.store.stored")
@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A quorum has written it down."""

    number: int


@message(name="examples.store.unsure")
@dataclass(frozen=True, slots=True, kw_only=True)
class Unsure:
    """The leadership ended on the way: it may be done, now or later, or not."""

    number: int


@message(name="examples.store.too_large")
@dataclass(frozen=True, slots=True, kw_only=True)
class TooLarge:
    """It was not done: the key and value are too long, or there are too many keys."""

    number: int


@message(name="examples.store.found")
@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The value; None if there is none."""

    number: int
    value: str | None


@message(name="examples.store.promise")
@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """Rule 2: to all."""

    version: Version


@message(name="examples.store.keep")
@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """Rule 4: to all."""

    version: Version
    entries: Entries


@message(name="examples.store.promised")
@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """The answer to rule 2: what is on the shelf."""

    asked: Version
    version: Version
    entries: Entries


@message(name="examples.store.kept")
@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The answer to rule 4."""

    asked: Version
