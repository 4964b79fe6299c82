"""A backup that is an archive of files."""

from __future__ import annotations

import io
import lzma
import tarfile
import zlib

from nornir_haupgrade.errors import HAUpgradeError

_UNREADABLE = (tarfile.TarError, EOFError, OSError, zlib.error, lzma.LZMAError)
"""What reading an archive raises that ends too early or is damaged, by how it is packed."""


def read_archive(content: bytes) -> dict[str, str]:
    """The files of a backup: name to text.

    Raises:
        HAUpgradeError: It is no archive that can be read back.
    """
    try:
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            return {
                member.name: file.read().decode(errors="replace")
                for member in archive.getmembers()
                if member.isfile() and (file := archive.extractfile(member)) is not None
            }
    except _UNREADABLE as error:
        # tarfile puts what each way of unpacking said on a line of its own.
        what = str(error).partition("\n")[0].rstrip(":")
        message = f"the backup cannot be read back: {what}"
        raise HAUpgradeError(message, advice="take it by hand and look at it") from error
