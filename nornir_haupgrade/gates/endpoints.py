"""The two ends of a session, comparable however a device or this machine spells them."""

from __future__ import annotations

import ipaddress
from typing import TypeAlias

Endpoint: TypeAlias = tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, int]


def endpoint(text: str) -> Endpoint | None:
    """``10.1.1.1:80``, ``[fd00::1]:80`` or ``fd00::1:80``; None when it is nothing of that kind."""
    address, _, port = text.rpartition(":")
    try:
        return ipaddress.ip_address(address.removeprefix("[").removesuffix("]")), int(port)
    except ValueError:
        return None


def ends(*texts: str) -> tuple[Endpoint | str, ...]:
    """Several of them; two releases may spell one IPv6 address in two ways."""
    return tuple(endpoint(text) or text for text in texts)
