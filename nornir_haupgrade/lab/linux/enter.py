"""Moving a thread into another network namespace."""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_CLONE_NEWNET = 0x40000000


def enter_network(namespace: Path | str) -> None:
    """Move the calling thread into the network namespace that a file stands for.

    Threads that are started later inherit it, others stay where they are: call it in the main
    thread, before there are others.

    Raises:
        OSError: There is no such namespace, or it is not allowed.
    """
    # os.setns is Python's from 3.12 on.
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = os.open(namespace, os.O_RDONLY)
    try:
        if libc.setns(descriptor, _CLONE_NEWNET) != 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code), str(namespace))
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def visiting(namespace: Path | str) -> Iterator[None]:
    """Be in another network namespace for a while; see ``enter_network``."""
    # A thread may be elsewhere than its process.
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        enter_network(namespace)
        try:
            yield
        finally:
            enter_network(f"/proc/self/fd/{home}")
    finally:
        os.close(home)


def listening_socket(namespace: Path | str, address: str, port: int) -> socket.socket:
    """A listening socket that lives in another network namespace than its owner.

    Raises:
        OSError: There is no such namespace or address.
    """
    made: list[socket.socket] = []
    failed: list[OSError] = []

    def work() -> None:
        try:
            enter_network(namespace)
            made.append(socket.create_server((address, port), backlog=128))
        except OSError as error:
            failed.append(error)

    # A thread that ends here: the caller stays where it is.
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return made[0]
