"""What `Node.start` is given, checked, and turned into what a node needs."""

import asyncio
import os
import random as random_module
from copy import copy
from dataclasses import dataclass, field

from runtime.clock import NANOSECONDS, Clock
from runtime.incarnation import CLOCK_IS_BEHIND, MILLISECOND, claim_creation, claim_in_folder
from runtime.logs import process_log
from runtime.network import (
    SALT_LENGTH,
    Cookies,
    Credentials,
    NodeIdentity,
    TcpTransport,
    Tls,
    Transport,
    split_address,
)
from runtime.pid import check_name
from runtime.state_folder import StateFolder

SIMULATED_SALT = bytes(SALT_LENGTH)
"""The salt of simulated nodes, whose chance is seeded: they can share one slowly made key."""

CLOCK_TOLERANCE_SECONDS = 0.1
"""A node that is started again and again within milliseconds is ahead of its clock by a few of them."""

StateDirectory = str | os.PathLike[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """Who a node is for this life, what proves it, and what it was given to live with."""

    own: NodeIdentity
    address: str
    cookies: Cookies = field(repr=False)
    folder: StateFolder | None
    transport: Transport
    clock: Clock


def split_name(name: str) -> tuple[str, str]:
    """Returns the name and the address in `node@host:port`; raises TypeError or ValueError."""
    own_name, at, address = name.partition("@")
    check_name("name", own_name)
    if not at:
        raise ValueError(f"name must be node@host:port, not {name!r}")
    split_address(address)
    return own_name, address


def given_transport(
    name: str, transport: Transport | None, tls: Tls | None, allow_insecure: bool
) -> Transport:
    """Returns the transport given, or TCP.

    Raises TypeError or ValueError for misuse, OSError or ValueError for unusable files of TLS.
    """
    own_name, _ = split_name(name)
    if transport is not None and tls is not None:
        raise ValueError("tls must be None with a transport: it is the transport that encrypts")
    credentials = None if tls is None else Credentials(tls, own_name, process_log(own_name))
    return transport or TcpTransport(allow_insecure=allow_insecure, credentials=credentials)


async def begin(
    name: str,
    cookie: str | list[str] | tuple[str, ...],
    state_dir: StateDirectory | None,
    transport: Transport,
    clock: Clock,
    random: random_module.Random | None,
) -> Beginning:
    """Claims a creation, and makes the keys of the cookies; a simulated node has a `random`.

    Raises TypeError or ValueError for misuse, StateFolderError.
    """
    (own_name, address), cookies = split_name(name), _checked(cookie)
    salt = os.urandom(SALT_LENGTH) if random is None else SIMULATED_SALT
    # From a copy: what a simulated node draws later must not depend on this.
    chance = (random_module.SystemRandom() if random is None else copy(random)).randrange(
        MILLISECOND
    )
    if state_dir is None:
        creation, folder = await claim_creation(clock, chance), None
    else:
        creation, folder = await _claim_off_loop(state_dir, own_name, clock, chance, salt)
        _warn_of_a_clock_that_is_behind(own_name, creation, clock)
    try:
        kept = None if folder is None else folder.salt
        made = await Cookies.make(cookies, kept or salt)
    except BaseException:
        if folder is not None:
            folder.close()
        raise
    return Beginning(
        own=NodeIdentity(own_name, creation),
        address=address,
        cookies=made,
        folder=folder,
        transport=transport,
        clock=clock,
    )


def warn_of_short_cookies(beginning: Beginning) -> None:
    """Logs what a guess costs if a cookie is short."""
    warning = beginning.cookies.warning()
    if warning is not None:
        process_log(beginning.own.name).warning("%s", warning)


def _checked(cookie: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Returns all cookies, the first first; raises TypeError or ValueError, which show none."""
    cookies = tuple(cookie) if isinstance(cookie, list | tuple) else (cookie,)
    for each in cookies:
        if not isinstance(each, str):
            raise TypeError(f"cookie must be a str, not {type(each).__name__}")
    if not cookies or "" in cookies:
        raise ValueError(
            "cookie must not be empty: everyone who knows it may send to every process"
        )
    return cookies


def _warn_of_a_clock_that_is_behind(name: str, creation: int, clock: Clock) -> None:
    behind = (creation - clock.wall_milliseconds() * MILLISECOND) / NANOSECONDS
    if behind > CLOCK_TOLERANCE_SECONDS:
        text = "the last creation of this node is %.3f s ahead of the wall clock. %s"
        process_log(name).warning(text, behind, CLOCK_IS_BEHIND)


async def _claim_off_loop(
    state_dir: StateDirectory, name: str, clock: Clock, chance: int, salt: bytes
) -> tuple[int, StateFolder]:
    loop = asyncio.get_running_loop()
    claiming = loop.run_in_executor(None, _claim, state_dir, name, clock, chance, salt)
    try:
        return await asyncio.shield(claiming)
    except asyncio.CancelledError:
        # The thread goes on; without this the lock that it takes would never be released.
        claiming.add_done_callback(_close)
        # The caller may start a node again at once: the folder has to be free by then.
        await asyncio.wait([claiming])
        raise


def _claim(
    state_dir: StateDirectory, name: str, clock: Clock, chance: int, salt: bytes
) -> tuple[int, StateFolder]:
    folder = StateFolder.open(state_dir, name)
    try:
        return claim_in_folder(folder, clock, chance, salt), folder
    except BaseException:
        folder.close()
        raise


def _close(claiming: asyncio.Future[tuple[int, StateFolder]]) -> None:
    if not claiming.cancelled() and claiming.exception() is None:
        claiming.result()[1].close()
