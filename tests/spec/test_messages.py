"""TLC's marked output, cut into messages."""

from spec.messages import Code, Message, read

MARKED = """Starting up
@!@!@STARTMSG 2110:1 @!@!@
Invariant OneLeader is violated.
@!@!@ENDMSG 2110 @!@!@

@!@!@STARTMSG 2217:4 @!@!@
1: <Initial predicate>
x = 0

@!@!@ENDMSG 2217 @!@!@
"""


def test_messages_and_what_stands_between_them_are_told_apart() -> None:
    """Number, severity and text of each; loose lines that are not blank on their own."""
    assert list(read(MARKED.splitlines(keepends=True))) == [
        Message(code=Code.LOOSE, severity=0, text="Starting up"),
        Message(code=2110, severity=1, text="Invariant OneLeader is violated."),
        Message(code=2217, severity=4, text="1: <Initial predicate>\nx = 0"),
    ]


def test_a_message_within_a_message_belongs_to_it() -> None:
    """TLC prints the message of an exception, marked, inside the one that reports it."""
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
    assert after == Message(code=2186, severity=0, text="Finished")


def test_a_message_cut_short_is_kept() -> None:
    """What a killed TLC was saying is the best clue there is."""
    assert list(read(["@!@!@STARTMSG 1000:2 @!@!@", "out of memory"])) == [
        Message(code=1000, severity=2, text="out of memory")
    ]


def test_only_errors_are_complaints() -> None:
    """Facts, warnings and states are not."""
    complaints = [Message(code=1, severity=s, text="").is_complaint for s in range(5)]
    assert complaints == [False, True, True, False, False]
