"""What `Node.start` is given, checked, and turned into what a node needs."""

from runtime.clock import Clock, sleep
from runtime.logs import process_log
from runtime.network import Credentials, Keys, TcpTransport, Tls, split_address, stretch
from runtime.pid import check_name


def split_name(name: str) -> tuple[str, str]:
    """Returns the name and the address in `node@host:port`; raises TypeError or ValueError."""
    own_name, at, address = name.partition("@")
    check_name("name", own_name)
    if not at:
        raise ValueError(f"name must be node@host:port, not {name!r}")
    split_address(address)
    return own_name, address


def tcp_transport(own_name: str, tls: Tls | None, allow_insecure: bool) -> TcpTransport:
    """Returns the transport of a node; raises OSError or ValueError for unusable files of TLS."""
    credentials = None if tls is None else Credentials(tls, own_name, process_log(own_name))
    return TcpTransport(allow_insecure=allow_insecure, credentials=credentials)


def keys_of(cookie: str | list[str] | tuple[str, ...]) -> Keys:
    """Returns a key for each cookie; raises TypeError or ValueError."""
    cookies = tuple(cookie) if isinstance(cookie, list | tuple) else (cookie,)
    for each in cookies:
        if not isinstance(each, str):
            raise TypeError(f"cookie must be a str, not {type(each).__name__}")
    if not cookies or "" in cookies:
        raise ValueError(
            "cookie must not be empty: everyone who knows it may send to every process"
        )
    return tuple(map(stretch, cookies))


async def claim_creation(clock: Clock) -> int:
    """Returns a creation that no later start of this node can have: its millisecond is over."""
    claimed = clock.wall_milliseconds()
    while clock.wall_milliseconds() == claimed:
        await sleep(clock, 0.001)
    return claimed * 1_000_000
