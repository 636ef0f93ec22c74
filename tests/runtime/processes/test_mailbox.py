"""The mailbox: in order, with a limit for messages and none for the process's own posts."""

import asyncio

import pytest

from runtime.processes.mailbox import Mailbox, QueuedMessage
from runtime.simulation import run


def letter(number: int) -> QueuedMessage:
    """A message without a sender."""
    return QueuedMessage(None, number)


def test_mailbox_gives_messages_and_posts_in_order() -> None:
    """A post waits behind the messages that came before it."""

    async def main() -> list[object]:
        mailbox, post = Mailbox(), lambda: None
        mailbox.put(letter(1))
        mailbox.post(post)
        mailbox.put(letter(2))
        return [(await mailbox.get()) is expected for expected in (None, post)] + [
            await mailbox.get()
        ]

    assert run(main()) == [False, True, letter(2)]


def test_mailbox_that_is_full_refuses_the_newest() -> None:
    """What waits stays; there is room again when something was taken out."""

    async def main() -> list[bool]:
        mailbox = Mailbox(2)
        taken = [mailbox.put(letter(number)) for number in range(3)]
        assert await mailbox.get() == letter(0)
        return [*taken, mailbox.put(letter(4))]

    assert run(main()) == [True, True, False, True]


def test_mailbox_never_refuses_a_post() -> None:
    """However many posts wait, the limit for messages stays the same, and the reverse."""
    mailbox = Mailbox(1)
    for _ in range(5):
        mailbox.post(lambda: None)
    assert mailbox.put(letter(1))
    assert not mailbox.put(letter(2))
    mailbox.post(lambda: None)
    assert len(mailbox) == 7


def test_mailbox_that_is_empty_makes_its_reader_wait() -> None:
    """Again and again."""

    async def main() -> list[object]:
        mailbox = Mailbox()
        loop = asyncio.get_running_loop()
        loop.call_later(1, mailbox.put, letter(1))
        loop.call_later(2, mailbox.put, letter(2))
        return [await mailbox.get(), await mailbox.get()]

    assert run(main()) == [letter(1), letter(2)]


def test_mailbox_refuses_a_limit_below_one() -> None:
    """The error shows the value."""
    with pytest.raises(ValueError, match="limit must be at least 1, not 0"):
        Mailbox(0)
