"""
Where a request comes from, where a proxy stands in front.
"""

import ipaddress
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address

from wallet.http.callers import Connection

HEADER = "x-real-ip"


class Sources:
    """
    Believes a header of the proxies in front, and of nobody else.

    Args:
        proxies: their addresses, or networks of such (``192.0.2.0/24``).

    Raises:
        ValueError: one of them is neither.
    """

    def __init__(self, proxies: Iterable[str]) -> None:
        self._proxies = tuple(ipaddress.ip_network(each) for each in proxies)

    def of(self, connection: Connection) -> str:
        """
        Return the address of whoever is connected; of whom the proxy names, where it is a proxy.
        """
        peer = connection.client.host if connection.client else ""
        told = connection.headers.getall(HEADER, [])
        if len(told) == 1 and self._is_proxy(peer) and _address(told[0]) is not None:
            return told[0].strip()
        return peer

    def _is_proxy(self, peer: str) -> bool:
        address = _address(peer)
        return address is not None and any(address in each for each in self._proxies)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
