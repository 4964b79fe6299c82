"""Addresses, sockets, and what their errors mean."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import errno
import ipaddress
import resource
import socket

from nornir_haupgrade.lab.linux.traffic.report import Reason

_IP_BIND_ADDRESS_NO_PORT = 24
"""``linux/in.h``; Python's ``socket`` has a name for it from 3.12 on only."""
_HIGHEST_PORT = 65535
_UNREACHABLE = {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN}

Address = tuple[str, int]


class WrongAnswerError(ConnectionError):
    """The peer answered something else than was asked."""


class PeerClosedError(ConnectionError):
    """The peer closed before it answered."""


def address(text: str) -> str:
    """An IPv4 address, for argparse."""
    try:
        return str(ipaddress.IPv4Address(text))
    except ValueError:
        msg = f"{text!r} is not an IPv4 address"
        raise argparse.ArgumentTypeError(msg) from None


def endpoint(text: str) -> Address:
    """``ADDR:PORT``, for argparse."""
    host, _, port = text.rpartition(":")
    if not (port.isascii() and port.isdigit() and int(port) <= _HIGHEST_PORT):
        msg = f"{text!r} is not ADDR:PORT"
        raise argparse.ArgumentTypeError(msg)
    return address(host), int(port)


def spell(end: Address) -> str:
    """``ADDR:PORT``."""
    return f"{end[0]}:{end[1]}"


def source_socket(source: str) -> socket.socket:
    """A socket that will connect from this address.

    The kernel chooses the port when it connects, not when it binds: then a port is taken only for
    its own destination, one in TIME_WAIT is passed over, and each next connection gets another.
    """
    opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        opened.settimeout(0)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.setsockopt(socket.IPPROTO_IP, _IP_BIND_ADDRESS_NO_PORT, 1)
        opened.bind((source, 0))
    except OSError:
        opened.close()
        raise
    return opened


async def connect(protocol: asyncio.BaseProtocol, *, source: str, target: Address) -> None:
    """Connect from an address and hand over to the protocol."""
    loop = asyncio.get_running_loop()
    opened = source_socket(source)
    try:
        await loop.sock_connect(opened, target)
        await loop.create_connection(lambda: protocol, sock=opened)
    except BaseException:
        opened.close()
        raise


def reason_of(error: BaseException | None) -> Reason:
    """What a connection's end means; None is an orderly end by the peer."""
    match error:
        case None | PeerClosedError():
            return Reason.CLOSED
        case WrongAnswerError():
            return Reason.WRONG_ANSWER
        case ConnectionRefusedError():
            return Reason.REFUSED
        case ConnectionError():
            return Reason.RESET
        case TimeoutError():
            return Reason.TIMEOUT
        case OSError(errno=number) if number in _UNREACHABLE:
            return Reason.UNREACHABLE
        case _:
            return Reason.LOCAL


def allow_many_descriptors() -> None:
    """Use as many as this process may have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
