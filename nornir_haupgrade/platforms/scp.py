"""A file to a device over SCP: whole or refused, with a deadline and a progress.

paramiko has no SCP. The protocol is that of the BSD tool (its sink side, ``scp -t``): each record
is acknowledged with a zero byte; a byte of 1 or 2 begins a complaint that ends with the line. A
device may also just say a sentence, which is read as a complaint.
"""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import Protocol

from nornir_haupgrade.errors import ImageError
from nornir_haupgrade.platforms.base import Progress
from nornir_haupgrade.platforms.files import explained

_CHUNK = 1 << 15
_LONGEST_COMPLAINT = 500
_GOODBYE = 10.0
"""Seconds that the device gets for closing its side: some write the file only then."""
_ADVICE = {
    "administratively disabled": "configure `ip scp server enable` on it, by hand: it is not ours",
    "privilege": "the user needs the highest privilege at login: no secret is asked for here",
}


class Channel(Protocol):
    """The part of a paramiko channel that is used; reads give no bytes once it is closed."""

    def set_combine_stderr(self, combine: bool) -> bool:  # noqa: FBT001 - paramiko's own
        """Read complaints where answers are read."""

    def exec_command(self, command: str) -> None:
        """Run the other end."""

    def sendall(self, data: bytes) -> None:
        """Write all."""

    def recv(self, nbytes: int) -> bytes:
        """Read what is there, waiting for at least one byte."""

    def settimeout(self, timeout: float | None) -> None:
        """How long a read or write may wait, in seconds."""

    def shutdown_write(self) -> None:
        """Say that nothing more comes."""


def upload(
    channel: Channel, local: str, remote: str, *, deadline: float, progress: Progress | None
) -> None:
    """Copy a file; what is there under its name is replaced.

    SCP has no way to rename: an upload that breaks off may leave a rest under the very name, so
    who calls this looks at the file, or removes it.

    Raises:
        ImageError: The local file is not readable, or the device does not take it.
        LineDropped: The line broke.
        TimeoutError: Not there before the deadline, an instant of ``time.monotonic()``.
    """
    try:
        size = Path(local).stat().st_size
        source = Path(local).open("rb")  # noqa: SIM115 - closed by the `with` below
    except OSError as error:
        raise ImageError(f"{local} cannot be read: {error.strerror}") from error
    sink = _Sink(channel, deadline)
    sent = 0
    with source, explained(f"scp put {remote}") as said:
        channel.set_combine_stderr(True)
        sink.limit()
        channel.exec_command(f"scp -t {remote}")
        sink.confirm(remote)
        sink.send(f"C0644 {size} {remote.rpartition(':')[2].rpartition('/')[2]}\n".encode())
        sink.confirm(remote)
        while chunk := source.read(_CHUNK):
            sink.send(chunk)
            sent += len(chunk)
            said.where = f"after {sent} of {size} bytes"
            if progress is not None:
                progress(sent, size)
        if sent != size:
            raise ImageError(f"{local} has {sent} bytes now, and had {size}: it is being written")
        sink.send(b"\0")
        sink.confirm(remote)
        sink.leave()


class _Sink:
    """The other end, and how long it may still take."""

    def __init__(self, channel: Channel, deadline: float) -> None:
        self._channel = channel
        self._deadline = deadline

    def limit(self) -> None:
        """The next read or write ends before the deadline."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._channel.settimeout(left)

    def send(self, data: bytes) -> None:
        self.limit()
        self._channel.sendall(data)

    def confirm(self, remote: str) -> None:
        """Read the acknowledgement, or the complaint instead of it."""
        first = self._byte()
        if first == b"\0":
            return
        if not first:
            raise ImageError(f"the device ended the copy of {remote} without a word")
        line = b"" if first in {b"\1", b"\2"} else first
        while len(line) < _LONGEST_COMPLAINT and not line.endswith(b"\n"):
            byte = self._byte()
            if not byte:
                break
            line += byte
        said = line.decode(errors="replace").strip()
        raise ImageError(
            f"the device does not take {remote}: {said}",
            advice=next((to for word, to in _ADVICE.items() if word in said.lower()), None),
        )

    def leave(self) -> None:
        """Say that this was all, and let the device close its side."""
        self._channel.shutdown_write()
        self._deadline = min(self._deadline, time.monotonic() + _GOODBYE)
        # It has acknowledged the file; who called measures it there.
        with contextlib.suppress(TimeoutError):
            while self._byte():
                pass

    def _byte(self) -> bytes:
        self.limit()
        return self._channel.recv(1)
