"""TLC's marked output, divided into messages."""

from collections.abc import Iterable

from spec.tlc_messages import Code, MessageReader, TlcMessage

MARKED = """Starting up
@!@!@STARTMSG 2110:1 @!@!@
Invariant OneLeader is violated.
@!@!@ENDMSG 2110 @!@!@

@!@!@STARTMSG 2217:4 @!@!@
1: <Initial predicate>
x = 0

@!@!@ENDMSG 2217 @!@!@
"""


def read(lines: Iterable[str]) -> list[TlcMessage]:
    reader = MessageReader()
    return [*reader.feed(lines), *reader.end()]


def test_messages_and_the_lines_between_them_are_separated() -> None:
    """A line outside all messages becomes a message of its own, unless it is blank."""
    assert list(read(MARKED.splitlines(keepends=True))) == [
        TlcMessage(code=Code.LOOSE, severity=0, text="Starting up"),
        TlcMessage(code=2110, severity=1, text="Invariant OneLeader is violated."),
        TlcMessage(code=2217, severity=4, text="1: <Initial predicate>\nx = 0"),
    ]


def test_a_message_within_a_message_belongs_to_it() -> None:
    """TLC prints the message of an exception, with its marks, inside the one that reports it."""
    lines = [
        "@!@!@STARTMSG 1000:1 @!@!@",
        "The exception was: @!@!@STARTMSG 2266:0 @!@!@",
        "not an integer",
        "@!@!@ENDMSG 2266 @!@!@",
        "@!@!@ENDMSG 1000 @!@!@",
        "@!@!@STARTMSG 2186:0 @!@!@",
        "Finished",
        "@!@!@ENDMSG 2186 @!@!@",
    ]
    outer, after = read(lines)
    assert outer.code == 1000
    assert outer.text == "The exception was: \nnot an integer"
    assert after == TlcMessage(code=2186, severity=0, text="Finished")


def test_a_message_cut_short_is_kept() -> None:
    """It is the best information about why TLC was killed."""
    assert list(read(["@!@!@STARTMSG 1000:2 @!@!@", "out of memory"])) == [
        TlcMessage(code=1000, severity=2, text="out of memory")
    ]


def test_only_two_severities_are_errors() -> None:
    """Facts, warnings and states have others."""
    errors = [TlcMessage(code=1, severity=s, text="").is_error for s in range(5)]
    assert errors == [False, True, True, False, False]
