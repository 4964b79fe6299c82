"""Who comes to a port where nobody should."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager


@contextmanager
def nobody_comes_to(ports: Iterable[int]) -> Iterator[None]:
    """Stand in for the devices that were there, and count who connects meanwhile: none may."""
    with ExitStack() as stack:
        doors = []
        for port in ports:
            door = stack.enter_context(socket.create_server(("127.0.0.1", port)))
            door.setblocking(False)
            doors.append(door)
        yield
        came = [door.getsockname()[1] for door in doors if _has_visitor(door)]
        assert not came, f"somebody connected to {came}"


def _has_visitor(door: socket.socket) -> bool:
    try:
        door.accept()[0].close()
    except BlockingIOError:
        return False
    return True
