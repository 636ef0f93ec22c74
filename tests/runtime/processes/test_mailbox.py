"""The mailbox: in order, bounded for strangers, never closed to its owner."""

import asyncio

import pytest

from runtime.processes.mailbox import Mailbox, QueuedMessage
from runtime.simulation import run


def letter(number: int) -> QueuedMessage:
    """A letter nobody signed."""
    return QueuedMessage(None, number)


def test_letters_and_posts_come_out_in_the_order_they_went_in() -> None:
    """A post takes its turn among the messages."""

    async def main() -> list[object]:
        mailbox, post = Mailbox(), lambda: None
        mailbox.put(letter(1))
        mailbox.post(post)
        mailbox.put(letter(2))
        return [(await mailbox.get()) is expected for expected in (None, post)] + [
            await mailbox.get()
        ]

    assert run(main()) == [False, True, letter(2)]


def test_a_full_mailbox_refuses_the_newest() -> None:
    """What waits stays; there is room again once something was taken out."""

    async def main() -> list[bool]:
        mailbox = Mailbox(2)
        taken = [mailbox.put(letter(number)) for number in range(3)]
        assert await mailbox.get() == letter(0)
        return [*taken, mailbox.put(letter(4))]

    assert run(main()) == [True, True, False, True]


def test_a_post_is_never_refused_and_takes_no_letters_room() -> None:
    """However many posts wait, as many letters as the limit fit, and the reverse."""
    mailbox = Mailbox(1)
    for _ in range(5):
        mailbox.post(lambda: None)
    assert mailbox.put(letter(1))
    assert not mailbox.put(letter(2))
    mailbox.post(lambda: None)
    assert len(mailbox) == 7


def test_a_reader_waits_for_what_comes_later() -> None:
    """An empty mailbox makes its reader wait, again and again."""

    async def main() -> list[object]:
        mailbox = Mailbox()
        loop = asyncio.get_running_loop()
        loop.call_later(1, mailbox.put, letter(1))
        loop.call_later(2, mailbox.put, letter(2))
        return [await mailbox.get(), await mailbox.get()]

    assert run(main()) == [letter(1), letter(2)]


def test_a_mailbox_holds_at_least_one_message() -> None:
    """A limit below one is refused."""
    with pytest.raises(ValueError, match="limit must be at least 1, not 0"):
        Mailbox(0)
