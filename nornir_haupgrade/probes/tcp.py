"""One TCP connect."""

from __future__ import annotations

import errno
import socket

from nornir_haupgrade.gates.services import ServiceResult

_OUR_OWN = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
"""Errors that say something of this machine and nothing of the service."""


def check_tcp(name: str, address: str, port: int, *, timeout: float = 2.0) -> ServiceResult:
    """Good if the connection is accepted within ``timeout`` seconds."""
    where = f"{address}:{port}"
    try:
        with socket.create_connection((address, port), timeout=timeout):
            return ServiceResult(name, is_good=True, detail=f"{where} accepts")
    except TimeoutError:
        return ServiceResult(name, is_good=False, detail=f"{where} does not answer in {timeout} s")
    except OSError as error:
        is_good = None if error.errno in _OUR_OWN else False
        return ServiceResult(name, is_good=is_good, detail=f"{where}: {error.strerror or error}")
