"""Where a request comes from: whose word counts."""

import pytest
from litestar import Request

from wallet.http.sources import Sources


def connection(peer, *told):
    """
    A request of that peer, with what it says of where it comes from.
    """
    headers = [(b"x-real-ip", each.encode()) for each in told]
    client = None if peer is None else (peer, 50_000)
    return Request({"type": "http", "method": "GET", "headers": headers, "client": client})


@pytest.fixture
def sources():
    """
    What believes a proxy on this machine, and those of a network.
    """
    return Sources(("127.0.0.1", "::1", "192.0.2.0/28"))


@pytest.mark.parametrize(
    ("peer", "told", "source"),
    [
        ("127.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("::1", ["2001:db8::7"], "2001:db8::7"),
        ("::ffff:127.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("192.0.2.15", ["203.0.113.9"], "203.0.113.9"),
        ("192.0.2.16", ["203.0.113.9"], "192.0.2.16"),
        ("198.51.100.7", ["203.0.113.9"], "198.51.100.7"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["203.0.113.9", "203.0.113.10"], "127.0.0.1"),
        ("127.0.0.1", ["203.0.113.9, 203.0.113.10"], "127.0.0.1"),
        ("127.0.0.1", ["somebody"], "127.0.0.1"),
        (None, ["203.0.113.9"], ""),
    ],
    ids=str,
)
def test_source(sources, peer, told, source):
    """
    A proxy's one address is believed; nobody else's word, and nothing that is no address.
    """
    assert source == sources.of(connection(peer, *told))


def test_no_network():
    """
    What is neither address nor network is refused.
    """
    with pytest.raises(ValueError, match="proxy"):
        Sources(("proxy",))
