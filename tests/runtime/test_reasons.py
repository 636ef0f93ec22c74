"""Reasons: the words in which everybody but the process itself hears of its end."""

import pytest

from runtime.reasons import LENGTH_LIMIT, ExitReason, describe


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
def test_a_reason_is_told_in_few_words(reason: ExitReason, words: str) -> None:
    """However much an error has to say; in bytes, and only what can be sent."""
    assert describe(reason) == words


def test_an_error_that_cannot_describe_itself_is_still_told() -> None:
    """By its type: the end of a process must not fail on its reason."""

    class Mute(Exception):
        def __str__(self) -> str:
            raise LookupError("no words")

    assert describe(Mute()) == f"{Mute.__qualname__}: (it cannot be shown)"
