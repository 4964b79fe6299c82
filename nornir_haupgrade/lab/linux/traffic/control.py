"""Asks a running traffic client, for tests and for people."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.errors import HAUpgradeError
from nornir_haupgrade.lab.linux.traffic.report import (
    CheckReport,
    TrafficReport,
    check_from,
    report_from,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST_PATH = 100
"""A unix socket's address holds 107 bytes."""
_TIMEOUT = 20.0
_PAUSE = 0.1


class TrafficError(HAUpgradeError):
    """The client refused a request, is not there, or did not get ready."""


class NoClientError(TrafficError):
    """No client answers."""


class Traffic:
    """One running client.

    Args:
        control: The path given to the client as ``--control``.
    """

    def __init__(self, control: Path | str) -> None:
        self._path = Path(control)

    def report(self, label: str | None = None) -> TrafficReport:
        """What was measured since the last mark, or in an earlier interval; resets nothing."""
        request = {"do": "report"} if label is None else {"do": "report", "label": label}
        return report_from(self._ask(request)["report"])

    def mark(self, label: str) -> TrafficReport:
        """Begin a new interval under this label; returns the report of the one that ends."""
        return report_from(self._ask({"do": "mark", "label": label})["report"])

    def check(self, within: float = 10.0) -> CheckReport:
        """One exchange on each idle connection, answered within so many seconds."""
        request = {"do": "check", "within": within}
        return check_from(self._ask(request, timeout=within + _TIMEOUT)["check"])

    def wait_established(self, timeout: float = 30.0) -> TrafficReport:
        """Wait until all long connections were established; some may be lost again by then.

        Raises:
            TrafficError: Not all of them within so many seconds, with the last failure.
        """
        deadline = time.monotonic() + timeout
        while True:
            why = "no client answers"
            try:
                report = self.report()
            except NoClientError as exc:
                why = str(exc)
            else:
                if report.established >= report.wanted:
                    return report
                why = f"{report.established} of {report.wanted} established"
                if report.failed_attempts:
                    why += f", {report.failed_attempts} attempts failed, the last with "
                    why += report.last_failed_attempt
            if time.monotonic() >= deadline:
                msg = f"not ready after {timeout:g} s: {why}"
                raise TrafficError(msg)
            time.sleep(_PAUSE)

    def stop(self) -> None:
        """Ask the client to end."""
        self._ask({"do": "stop"})

    def _ask(self, request: dict[str, Any], timeout: float = _TIMEOUT) -> dict[str, Any]:
        try:
            with (
                short_path(self._path) as path,
                socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as channel,
            ):
                channel.settimeout(timeout)
                channel.connect(path)
                channel.sendall(json.dumps(request).encode() + b"\n")
                with channel.makefile("rb") as lines:
                    line = lines.readline()
            if not line:
                msg = f"the traffic client at {self._path} ended without an answer"
                raise NoClientError(msg)
            answer: dict[str, Any] = json.loads(line)
        except (OSError, ValueError) as exc:
            msg = f"no traffic client answers at {self._path}: {exc}"
            raise NoClientError(msg) from exc
        if not answer.get("ok"):
            raise TrafficError(str(answer.get("error")))
        return answer


@contextlib.contextmanager
def short_path(path: Path) -> Iterator[str]:
    """A name of the socket that is short enough for the system."""
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        yield str(path)
        return
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{path.name}"
    finally:
        os.close(descriptor)
