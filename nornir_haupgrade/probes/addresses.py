"""From a name to what a socket connects to, and which errors say nothing of the other end."""

from __future__ import annotations

import errno
import socket
from typing import Any, TypeAlias

Address: TypeAlias = tuple[socket.AddressFamily, Any]
"""Family, and what ``connect`` takes."""

HINDERED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
"""This machine has nothing left to try with."""
NO_ANSWER = HINDERED | {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPERM}
"""This machine cannot try, or may not by its own filter: what is at the other end stays unknown."""


def resolve(address: str, port: int) -> tuple[Address, ...]:
    """All addresses of a name, in the order to be tried.

    Raises:
        OSError: The name is not known, or no name server answers.
        ValueError: This can be no name at all.
    """
    found = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys((family, target) for family, _, _, _, target in found))
