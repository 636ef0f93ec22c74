"""The glossary: the one sum that it knows."""

from leader.protocol.vocabulary import JITTER_RANGE, LARGEST, Duration, Instant, after


def test_an_instant_follows_another_by_a_duration() -> None:
    """Instants and durations add up in nanoseconds."""
    assert after(Instant(7), Duration(5)) == Instant(12)


def test_numbers_fit_a_signed_word_and_chance_sixteen_bits() -> None:
    """The limits that the wire and the engine rely on."""
    assert (LARGEST, JITTER_RANGE) == (9_223_372_036_854_775_807, 65_536)
