"""Which network addresses a feed may be fetched from: the public ones, unless the operator says otherwise.

A feed's address is somebody's word, and so is each redirect: either may lead to what only this machine or its network
should see. A name says nothing about that, and may mean another address at the second look; so the address is judged
when a socket is made to connect to it, for every attempt and every hop.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

AddressInfo = tuple[int, int, int, str, tuple[Any, ...]]
"""As `socket.getaddrinfo` gives it: family, type, protocol, canonical name, address."""

# RFC 4291, 2.5.4: all else in IPv6 is of one machine, one link, one site, or not given out.
_GLOBAL_UNICAST = ip_network("2000::/3")
# RFC 6052: IPv4 by way of a translator. Its local twin, 64:ff9b:1::/48, is no global unicast.
_NAT64 = ip_network("64:ff9b::/96")
# In IANA's special-purpose registries, but not known to `ipaddress` of every Python.
_SPECIAL = tuple(map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "3fff::/20")))


class PrivateAddress(OSError):
    """The address is not public, so it was not connected to."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, and so is the IPv4 address that it may stand for."""
    ip = ip_address(address.partition("%")[0])
    inner = _inner(ip)
    if inner is not None:
        return is_public(str(inner))
    if isinstance(ip, IPv6Address) and ip not in _GLOBAL_UNICAST:
        return False
    # `is_global` is false for 100.64.0.0/10, too, which `is_private` is not true for; it is true for multicast.
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or any(ip in special for special in _SPECIAL))


def _inner(ip: IPv4Address | IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to: mapped, by 6to4 or by NAT64."""
    if isinstance(ip, IPv4Address):
        return None
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip.ipv4_mapped or ip.sixtofour


def public_socket(info: AddressInfo) -> socket.socket:
    """A socket for connecting to this address.

    Raises:
        PrivateAddress: it is not public.
    """
    family, kind, protocol, _, address = info
    if not is_public(address[0]):
        # One text for all: of several that say the same, the one who tried them raises the first as it is.
        msg = "the address is not public"
        raise PrivateAddress(msg)
    return socket.socket(family, kind, protocol)
