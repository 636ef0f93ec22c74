"""Reasons: the text that others are told when a process ends."""

import pytest

from runtime.reasons import LENGTH_LIMIT, ExitReason, as_failure, describe


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("enough", "enough"),
        (LookupError("boom"), "LookupError: boom"),
        (LookupError(), "LookupError: "),
        ("x" * LENGTH_LIMIT, "x" * LENGTH_LIMIT),
        ("x" * (LENGTH_LIMIT + 1), "x" * (LENGTH_LIMIT - 3) + "…"),
        ("ж" * LENGTH_LIMIT, "ж" * (LENGTH_LIMIT // 2 - 2) + "…"),
        ("file \udcff", "file \\udcff"),
    ],
)
def test_describe_gives_a_short_text(reason: ExitReason, words: str) -> None:
    """However long an error is; the limit is in bytes, and the text can be sent."""
    assert describe(reason) == words


def test_describe_names_the_type_of_an_error_that_cannot_be_shown() -> None:
    """The end of a process must not fail because of its reason."""

    class Mute(Exception):
        def __str__(self) -> str:
            raise LookupError("no words")

    assert describe(Mute()) == f"{Mute.__qualname__}: (it cannot be shown)"


def test_as_failure_makes_a_reason_of_any_error() -> None:
    """An `Exception` is one already; anything else becomes the cause of one, and is named."""
    error, odd = LookupError("boom"), KeyboardInterrupt("enough")
    assert as_failure(error) is error
    failure = as_failure(odd)
    assert describe(failure) == "RuntimeError: a callback raised KeyboardInterrupt: enough"
    assert failure.__cause__ is odd
