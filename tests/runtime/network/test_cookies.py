"""Cookies: a key for each cookie and salt, made off the event loop, and a warning of short cookies."""

import asyncio
import subprocess
import sys
import threading

import pytest

from runtime.network import cookies as module
from runtime.network.cookies import AT_ONCE, KEYS_LIMIT, SHORT_COOKIE, Cookies, stretch


def test_stretch_gives_one_key_for_one_cookie_and_salt() -> None:
    """Another cookie or another salt gives another key, and no key shows its cookie."""
    key = stretch("cookie", b"salt")
    assert key == stretch("cookie", b"salt")
    assert len({key, stretch("cookie ", b"salt"), stretch("cookie", b"salt ")}) == 3
    assert b"cookie" not in key


def test_cookies_have_a_key_for_each_cookie_and_prove_with_the_first() -> None:
    """For their own salt all of them, since any may be proved; for other salts the first."""

    async def main() -> None:
        made = await Cookies.make(("one", "two"), b"own")
        assert made.keys == (stretch("one", b"own"), stretch("two", b"own"))
        assert await made.key(b"another") == stretch("one", b"another")

    asyncio.run(main())


def test_key_that_was_made_before_is_there_at_once() -> None:
    """So the second connection with a node waits for no thread."""

    async def main() -> None:
        made = await Cookies.make(("one",), b"own")
        first = made.key(b"later")
        assert not first.done()
        assert await first == made.key(b"later").result()

    asyncio.run(main())


def test_keys_are_made_off_the_loop_and_two_at_a_time() -> None:
    """However many nodes are dialled, the loop turns meanwhile."""

    async def main() -> None:
        made = await Cookies.make(("one",), b"own")
        keys = [made.key(b"%d" % number) for number in range(6)]
        turns = 0
        while not all(key.done() for key in keys):
            turns += 1
            busy = sum("runtime-keys" in thread.name for thread in threading.enumerate())
            assert busy <= AT_ONCE
            await asyncio.sleep(0.001)
        assert turns > 6
        assert len({key.result() for key in keys}) == 6

    asyncio.run(main())


def test_keys_are_made_in_a_forked_child_too() -> None:
    """A child has none of the threads of its parent, so it starts its own."""
    script = (
        "import asyncio, os; from runtime.network.cookies import Cookies\n"
        "asyncio.run(Cookies.make(('one',), b'before the fork'))\n"
        "if child := os.fork(): os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
        "asyncio.run(Cookies.make(('one',), b'after the fork')); os._exit(7)"
    )
    command = [sys.executable, "-W", "ignore", "-c", script]
    assert subprocess.run(command, timeout=60, check=False).returncode == 7


def test_program_remembers_a_bounded_number_of_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other nodes choose the salts; the keys that were made first are forgotten first."""
    monkeypatch.setattr(module, "STRETCHING_COST", 2)

    async def main() -> None:
        made = await Cookies.make(("bounded",), b"first")
        for number in range(KEYS_LIMIT):
            await made.key(b"%d" % number)
        assert made.key(b"%d" % (KEYS_LIMIT - 1)).done()
        assert not made.key(b"first").done()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("cookie", "cost"),
    [("a", "3.1 seconds"), ("abcd", "8.55 days"), ("a" * (SHORT_COOKIE - 1), "1.22e+18 years")],
)
def test_warning_says_what_all_guesses_cost(cookie: str, cost: str) -> None:
    """For the shortest of several cookies; it shows none of them."""
    warning = Cookies(("long" * SHORT_COOKIE, cookie), b"", ()).warning()
    assert warning is not None
    assert f"the cookie has {len(cookie)} characters" in warning
    assert f"cost {cost};" in warning
    assert "long" * SHORT_COOKIE not in warning


def test_long_cookies_are_not_warned_of() -> None:
    """From sixteen characters on."""
    assert Cookies(("a" * SHORT_COOKIE,), b"", ()).warning() is None
