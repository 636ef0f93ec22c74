"""Addresses: host and port, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.network.transport import join_address, split_address


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("127.0.0.1:7001", "127.0.0.1", 7001),
        ("[::1]:0", "::1", 0),
        ("n1.svc:65535", "n1.svc", 65535),
    ],
)
def test_split_address_gives_host_and_port(address: str, host: str, port: int) -> None:
    """Names and both kinds of numbers, those of IPv6 in brackets."""
    assert split_address(address) == (host, port)
    assert join_address(host, port) == address


@pytest.mark.parametrize("address", ["", "host", "host:", ":1", "host:65536", "host:-1", "host:²"])
def test_split_address_refuses_anything_else(address: str) -> None:
    """The error shows the address and the rule."""
    with pytest.raises(ValueError, match="address must be host:port"):
        split_address(address)


@given(st.text())
def test_split_address_returns_a_pair_or_raises_value_error(text: str) -> None:
    """For any text."""
    try:
        _, port = split_address(text)
    except ValueError:
        return
    assert 0 <= port < 65536
