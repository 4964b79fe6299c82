"""Files over SFTP: whole or not at all, with a deadline and a progress."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import TYPE_CHECKING

from nornir_haupgrade.errors import ImageError, LineDropped

if TYPE_CHECKING:
    from collections.abc import Iterator

    import paramiko

    from nornir_haupgrade.platforms.base import Progress

_CLEANUP = 2.0
"""Seconds that removing a partial file may take beyond the deadline."""
_CHUNK = 1 << 15
"""Bytes of a request: what every SFTP server must accept (draft-ietf-secsh-filexfer-02, 3)."""


def upload(
    sftp: paramiko.SFTPClient,
    local: str,
    remote: str,
    *,
    deadline: float,
    progress: Progress | None,
) -> None:
    """Copy a file under a temporary name, check its size, then give it its name.

    Raises:
        ImageError: The local file is not readable, or the device does not take it.
        LineDropped: The line broke; a rest may lie under the temporary name.
        TimeoutError: Not there before the deadline, an instant of ``time.monotonic()``.
    """
    try:
        size = Path(local).stat().st_size
        source = Path(local).open("rb")  # noqa: SIM115 - closed by the `with` below
    except OSError as error:
        raise ImageError(f"{local} cannot be read: {error.strerror}") from error
    partial = f"{remote}.part"
    sent = 0
    with source, explained(f"sftp put {remote}") as said:
        try:
            with sftp.open(partial, "wb") as target:
                target.set_pipelined(True)  # else each 32 KiB waits for its own answer
                while chunk := source.read(_CHUNK):
                    _limit(sftp, deadline)
                    target.write(chunk)
                    sent += len(chunk)
                    said.where = f"after {sent} of {size} bytes"
                    if progress is not None:
                        progress(sent, size)
            _check_size(sftp, partial, size)
            _put_in_place(sftp, partial, remote)
        except BaseException:
            # Also when a person interrupts. A dead line cannot be cleaned up through.
            with contextlib.suppress(Exception):
                _limit(sftp, time.monotonic() + _CLEANUP)
                sftp.remove(partial)
            raise


def download(sftp: paramiko.SFTPClient, remote: str, *, deadline: float) -> bytes:
    """Fetch a file.

    Raises:
        ImageError: The device does not give it, or not all of it.
        LineDropped: The line broke.
        TimeoutError: Not here before the deadline.
    """
    parts: list[bytes] = []
    with explained(f"sftp get {remote}"), sftp.open(remote, "rb") as source:
        size = source.stat().st_size
        _limit(sftp, deadline)
        # No prefetch: it runs in a thread of paramiko's, whose errors nobody sees. Backups are
        # small.
        while chunk := source.read(_CHUNK):
            _limit(sftp, deadline)
            parts.append(chunk)
    content = b"".join(parts)
    if size != len(content):
        raise ImageError(f"{remote}: {len(content)} of {size} bytes came")
    return content


def _check_size(sftp: paramiko.SFTPClient, partial: str, size: int) -> None:
    # Pipelined writes are not answered one by one: one that was refused shows only here.
    arrived = sftp.stat(partial).st_size
    if arrived != size:
        raise ImageError(f"{arrived} of {size} bytes arrived in {partial}; the disk may be full")


def _put_in_place(sftp: paramiko.SFTPClient, partial: str, remote: str) -> None:
    try:
        sftp.posix_rename(partial, remote)  # replaces an older file in one go
    except OSError:  # an extension of OpenSSH's; plain SFTP refuses to replace
        with contextlib.suppress(FileNotFoundError):
            sftp.remove(remote)
        sftp.rename(partial, remote)


def _limit(sftp: paramiko.SFTPClient, deadline: float) -> None:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    sftp.get_channel().settimeout(left)


class Said:
    """How far a transfer has come, for its error.

    Attributes:
        where: In words.
    """

    where = "at its start"


@contextlib.contextmanager
def explained(command: str) -> Iterator[Said]:
    """Tell a device that says no from a line that broke."""
    from paramiko import SSHException

    said = Said()
    try:
        yield said
    except TimeoutError:
        raise
    except (EOFError, SSHException, ConnectionError) as error:
        raise LineDropped(
            f"the line dropped under {command!r}, {said.where}", command=command
        ) from error
    except OSError as error:
        # SFTP has one code for most refusals, a full disk included: the text is all there is.
        text = error.strerror or str(error)
        if "closed" in text.lower():
            raise LineDropped(
                f"the line dropped under {command!r}, {said.where}", command=command
            ) from error
        raise ImageError(f"the device ends {command!r} {said.where}: {text}") from error
