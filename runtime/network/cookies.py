"""The cookies of a node, and the keys that are made of them, slowly, so that guessing is slow.

Leaves it to the handshake what a key proves. A key is made of a cookie and the salt of an acceptor. Keys
are remembered by salt. They are made off the event loop, two at a time at most in a program: other
nodes choose the salts, and must not keep its processors busy.
"""

import asyncio
import functools
import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Self

STRETCHING_COST = 2**14
"""The cost of one attempt to guess a cookie: 16 MiB of memory and some tens of milliseconds."""

AT_ONCE = 2
"""How many keys a program makes at the same time."""

KEYS_LIMIT = 4_000
"""How many keys a program remembers; those that were made first are forgotten first."""

SHORT_COOKIE = 16
"""A cookie of fewer characters is warned of."""

SALT_LENGTH = 16
"""How many bytes a salt has."""

Keys = tuple[bytes, ...]
"""One key for each cookie: a node proves itself with the first, and accepts proofs with any."""

_remembered: dict[tuple[str, bytes], bytes] = {}


class Cookies:
    """The cookies of one node; the first proves who it is, and all are accepted."""

    def __init__(self, cookies: tuple[str, ...], salt: bytes, keys: Keys) -> None:
        """`make` finds the keys for this salt."""
        self._cookies = cookies
        self.salt = salt
        """The salt of this node: a node that dials it proves itself with a key made of this."""
        self.keys = keys
        """The keys for its own salt, which verify such proofs."""

    @classmethod
    async def make(cls, cookies: tuple[str, ...], salt: bytes) -> Self:
        """Makes the keys for the salt of this node, off the event loop."""
        made = [_key(cookie, salt) for cookie in cookies]
        return cls(cookies, salt, tuple(await asyncio.gather(*made)))

    def key(self, salt: bytes) -> asyncio.Future[bytes]:
        """Returns the key that proves this node to the node with that salt.

        The future is done at once if the key was made before; it fails if memory is short. Raises
        RuntimeError if no thread can be started.
        """
        return _key(self._cookies[0], salt)

    def warning(self) -> str | None:
        """Returns what to warn of, None if no cookie is short; the text shows no cookie."""
        shortest = min(map(len, self._cookies))
        if shortest >= SHORT_COOKIE:
            return None
        guesses = 62**shortest
        return (
            f"the cookie has {shortest} characters, fewer than {SHORT_COOKIE}: whoever sees one handshake "
            f"can try out cookies offline; one guess costs 16 MiB and about 0.05 s of one processor core, so "
            f"all {guesses} cookies of {shortest} letters and digits cost {_duration(guesses * 0.05)}; "
            'python -c "import secrets; print(secrets.token_hex(32))" makes one that cannot be guessed'
        )


def stretch(cookie: str, salt: bytes) -> bytes:
    """Returns the key made of a cookie and a salt; takes some tens of milliseconds."""
    return hashlib.scrypt(cookie.encode(), salt=b"runtime" + salt, n=STRETCHING_COST, r=8, p=1)


def _key(cookie: str, salt: bytes) -> asyncio.Future[bytes]:
    loop = asyncio.get_running_loop()
    known = _remembered.get((cookie, salt))
    if known is None:
        return loop.run_in_executor(_workers(os.getpid()), _remember, cookie, salt)
    done: asyncio.Future[bytes] = loop.create_future()
    done.set_result(known)
    return done


def _remember(cookie: str, salt: bytes) -> bytes:
    # Two threads may make the same key; both make the same.
    key = _remembered.get((cookie, salt)) or stretch(cookie, salt)
    while len(_remembered) >= KEYS_LIMIT:
        _remembered.pop(next(iter(_remembered)), None)
    _remembered[cookie, salt] = key
    return key


@functools.cache
def _workers(process: int) -> ThreadPoolExecutor:
    # For each process anew: a forked child has none of the threads of its parent.
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="runtime-keys")


def _duration(seconds: float) -> str:
    for unit, length in (("years", 31_557_600), ("days", 86_400), ("hours", 3_600)):
        if seconds >= length:
            return f"{seconds / length:.3g} {unit}"
    return f"{seconds:.3g} seconds"
