"""Messages as bytes: the registry of types, the envelope, strict decoding.

Leaves connections and processes to others. Both ends register a type under one stable name, its kind;
values of built-in types have one kind in common. An envelope carries version, kind, addressee, sender
and the raw body. The body is decoded into exactly the type that its kind names, or the whole frame is
refused: no value is converted, and no field may be missing or additional. Whatever the bytes are,
decoding returns a message or raises `WireError`.
"""

import contextlib
import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, NamedTuple, TypeVar, overload

import msgspec

from runtime.limits import FRAME_BYTES, VERSION
from runtime.network.builtin_values import check_serializable
from runtime.network.lane import Lane
from runtime.pid import NAME_LIMIT

KIND_LIMIT = 200
"""The longest kind, in characters."""

PLAIN = "runtime.plain"
"""The kind of all values of built-in types."""

NODE = 0
"""The addressee of a message to the other node itself: no process has this number."""

MessageType = TypeVar("MessageType", bound=type)
ProcessNumber = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]
AddresseeNumber = Annotated[int, msgspec.Meta(ge=NODE, le=2**63 - 1)]
RegisteredName = Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_LIMIT)]


class WireError(ValueError):
    """The bytes are no message of this registry; the text says why."""


class UnknownKind(WireError):
    """A message of a kind that is not registered here, or not yet: its bytes cannot be judged."""


class Envelope(NamedTuple):
    """A decoded message, its addressee (a number or a name), and its sender's number, if any."""

    to: int | str
    sender: int | None
    message: object


class _EncodedEnvelope(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    version: int
    kind: Annotated[str, msgspec.Meta(max_length=KIND_LIMIT)]
    to: AddresseeNumber | RegisteredName
    sender: ProcessNumber | None
    body: msgspec.Raw


class _EncodedContent(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    kind: Annotated[str, msgspec.Meta(max_length=KIND_LIMIT)]
    body: msgspec.Raw


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Goodbye:
    """The last message of a node that ends a connection on purpose."""

    reason: str
    exceed: int
    """If a later incarnation of the other node has come: what its own would have to exceed; else 0."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Displaced:
    """Tells a node that an earlier incarnation of it was connected until it came."""

    creation: int


class Registry:
    """The types that can be sent to other nodes, each under its kind."""

    def __init__(self) -> None:
        self._kinds: dict[type, str] = {}
        self._urgent: set[type] = set()
        self._decoders: dict[str, msgspec.msgpack.Decoder[object]] = {}
        # Sets are sorted: a message must have one encoding, because decoding compares with it.
        self._encoder = msgspec.msgpack.Encoder(order="deterministic")
        self._plain_encoder = msgspec.msgpack.Encoder()
        self._envelopes = msgspec.msgpack.Decoder(_EncodedEnvelope)
        self._contents = msgspec.msgpack.Decoder(_EncodedContent)
        self._decoders[PLAIN] = msgspec.msgpack.Decoder(object)
        self.register(Goodbye, name="runtime.goodbye")
        self.register(Displaced, name="runtime.displaced")

    def register(
        self, message_type: type, *, name: str | None = None, urgent: bool = False
    ) -> None:
        """Registers a dataclass or msgspec.Struct, so that its instances can be sent.

        Urgent messages have a connection of their own: they do not wait behind others, and they may
        overtake others. Raises TypeError for any other type, ValueError if the name or the type is registered.
        """
        if not _is_message_type(message_type):
            raise TypeError(
                f"a message must be a dataclass or a msgspec.Struct, not {message_type!r}"
            )
        kind = f"{message_type.__module__}.{message_type.__qualname__}" if name is None else name
        if not 0 < len(kind) <= KIND_LIMIT or not kind.isprintable():
            raise ValueError(f"name must be 1 to {KIND_LIMIT} printable characters, not {kind!r}")
        if kind in self._decoders or message_type in self._kinds:
            raise ValueError(f"name must be new, and so must the type: {kind!r}, {message_type!r}")
        self._decoders[kind] = msgspec.msgpack.Decoder(message_type)
        self._kinds[message_type] = kind
        if urgent:
            self._urgent.add(message_type)

    def register_all(self, names: Mapping[str, type], *, urgent: bool = False) -> None:
        """Registers each type under its name, except where exactly that was done before.

        Raises TypeError and ValueError as `register` does.
        """
        for name, message_type in names.items():
            if self._kinds.get(message_type) != name:
                self.register(message_type, name=name, urgent=urgent)

    def lane(self, message_type: type) -> Lane:
        """Returns which connection messages of this type take."""
        return Lane.URGENT if message_type in self._urgent else Lane.ORDINARY

    def encode(
        self, to: int | str, sender: int | None, message: object, limit: int = FRAME_BYTES
    ) -> bytes:
        """Returns a frame; raises TypeError if the message cannot be sent, ValueError if too long."""
        kind, body = self._seal(message)
        frame = self._encoder.encode(_EncodedEnvelope(VERSION, kind, to, sender, body))
        if len(frame) > limit:
            raise ValueError(f"{kind} takes {len(frame)} bytes, the limit is {limit}")
        return frame

    def decode(self, frame: bytes) -> Envelope:
        """Returns the message in a frame; raises WireError and nothing else."""
        with _as_wire_errors():
            envelope = self._envelopes.decode(frame)
            if envelope.version != VERSION:
                raise WireError(f"version {envelope.version}, this is version {VERSION}")
            message = self._open(envelope.kind, envelope.body)
            return Envelope(envelope.to, envelope.sender, message)

    def pack(self, message: object) -> bytes:
        """Returns a message as bytes that are part of another message; raises as `encode` does."""
        return self._encoder.encode(_EncodedContent(*self._seal(message)))

    def unpack(self, packed: bytes) -> object:
        """Returns what was packed; raises WireError and nothing else."""
        with _as_wire_errors():
            content = self._contents.decode(packed)
            return self._open(content.kind, content.body)

    def _seal(self, message: object) -> tuple[str, msgspec.Raw]:
        kind, encoder = self._kinds.get(type(message), PLAIN), self._encoder
        if kind == PLAIN:
            check_serializable(message)
            encoder = self._plain_encoder
        try:
            return kind, msgspec.Raw(encoder.encode(message))
        except OverflowError as error:
            raise ValueError(f"{kind} holds an int of more than 64 bits") from error

    def _open(self, kind: str, body: msgspec.Raw) -> object:
        decoder = self._decoders.get(kind)
        if decoder is None:
            raise UnknownKind(f"unknown kind {kind!r}")
        message = decoder.decode(body)
        if kind == PLAIN:
            self._check_plain(bytes(body), message)
        else:
            self._check_nothing_ignored(bytes(body), message)
        return message

    def _check_plain(self, body: bytes, value: object) -> None:
        check_serializable(value)
        # If a key occurs twice, a decoder keeps one of its values: two decoders could keep different ones.
        if self._plain_encoder.encode(value) != body:
            raise WireError("a key twice, or a value in more bytes than it takes")

    def _check_nothing_ignored(self, body: bytes, message: object) -> None:
        # The decoder skips unknown fields of a dataclass. But an unknown field may change what the
        # others mean, so the message must encode to everything that was received.
        again = self._encoder.encode(message)
        if again == body:
            return
        received = msgspec.msgpack.decode(body)
        if msgspec.msgpack.decode(again) != received:
            raise WireError(f"fields other than those of {type(message).__qualname__}")
        # If a key occurs twice, a decoder keeps one of its values: two decoders could keep different ones.
        if len(self._encoder.encode(received)) != len(body):
            raise WireError("a key twice, or a number in more bytes than it takes")


@contextlib.contextmanager
def _as_wire_errors() -> Iterator[None]:
    try:
        yield
    except WireError:
        raise
    # A registered type may check itself in its own code. Any error that a peer causes there is the
    # peer's fault, and must not leave the callback of the connection.
    except Exception as error:
        raise WireError(f"{type(error).__name__}: {error}") from error


def _is_message_type(candidate: object) -> bool:
    return isinstance(candidate, type) and (
        dataclasses.is_dataclass(candidate) or issubclass(candidate, msgspec.Struct)
    )


DEFAULT_REGISTRY = Registry()
"""Where `@message` registers, and what a node uses unless it is given another registry."""


@overload
def message(message_type: MessageType) -> MessageType: ...
@overload
def message(
    *, name: str | None = None, urgent: bool = False
) -> Callable[[MessageType], MessageType]: ...
def message(
    message_type: MessageType | None = None, *, name: str | None = None, urgent: bool = False
) -> MessageType | Callable[[MessageType], MessageType]:
    """Registers the decorated dataclass or msgspec.Struct for sending to other nodes.

    Its name on the wire is that of module and class, so give a `name` if the class may ever move.
    Urgent messages have a connection of their own; see `Registry.register`.
    """

    def register(decorated: MessageType) -> MessageType:
        DEFAULT_REGISTRY.register(decorated, name=name, urgent=urgent)
        return decorated

    return register if message_type is None else register(message_type)
