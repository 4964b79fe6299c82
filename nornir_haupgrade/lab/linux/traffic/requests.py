"""The client's control channel: JSON lines on a unix socket, one request and one answer each.

Requests: ``{"do": "report"}`` (of an earlier interval with ``"label"``), ``{"do": "mark",
"label": ...}`` (answers with the interval that ends), ``{"do": "check"}`` (with ``"within"``,
seconds) and ``{"do": "stop"}``. An answer holds ``ok``, then ``error`` or what was asked for.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import stat
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.lab.linux.traffic.control import short_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nornir_haupgrade.lab.linux.traffic.load import Load

_MAY_HOLD = {
    "check": {"within"},
    "mark": {"label"},
    "report": {"label"},
    "stop": set[str](),
}
_LINE_LIMIT = 64 * 1024
_WITHIN = 10.0
_LONGEST_WITHIN = 600.0
_ONLY_MINE = 0o177


class RequestError(ValueError):
    """A request that cannot be understood."""


class Requests:
    """Answers requests about one load, on its loop."""

    def __init__(self, load: Load, path: Path) -> None:
        self.stop = asyncio.Event()
        """Set when somebody asked the client to end."""
        self._load = load
        self._path = path
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Open the socket, for the owner only.

        Raises:
            OSError: The path is in use, or is no place for a socket.
        """
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with short_path(self._path) as path:
                _remove_left_over(path)
                before = os.umask(_ONLY_MINE)
                try:
                    listener.bind(path)
                finally:
                    os.umask(before)
            self._server = await asyncio.start_unix_server(
                self._accepted, sock=listener, limit=_LINE_LIMIT
            )
        except OSError:
            listener.close()
            raise

    async def close(self) -> None:
        """Close it."""
        if self._server is not None:
            self._server.close()
            self._path.unlink(missing_ok=True)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A task of our own: Python 3.12 complains about a cancelled one of its own making.
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(_line(await self._answer(line)))
                await writer.drain()
        except ConnectionError:
            pass  # whoever asked is gone
        except ValueError:  # what readline makes of a line beyond the limit
            writer.write(_line({"ok": False, "error": f"a line of over {_LINE_LIMIT} bytes"}))
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            return {"ok": True, **await self._do(_request(line))}
        except ValueError as exc:
            return {"ok": False, "error": str(exc)}

    async def _do(self, request: Mapping[str, Any]) -> dict[str, Any]:
        match request["do"]:
            case "report":
                label = _label(request) if "label" in request else None
                return {"report": asdict(self._load.report(label))}
            case "mark":
                return {"report": asdict(self._load.mark(_label(request)))}
            case "check":
                return {"check": asdict(await self._load.check(_within(request)))}
            case _:
                self.stop.set()
                return {}


def _request(line: bytes) -> dict[str, Any]:
    try:
        request = json.loads(line)
    except (ValueError, RecursionError) as exc:
        msg = f"not a line of JSON: {exc}"
        raise RequestError(msg) from exc
    if not isinstance(request, dict):
        msg = f"a request is an object such as {json.dumps({'do': 'report'})}"
        raise RequestError(msg)
    do = request.get("do")
    if not isinstance(do, str) or do not in _MAY_HOLD:
        msg = f"unknown request {do!r}; there are {', '.join(_MAY_HOLD)}"
        raise RequestError(msg)
    if unknown := sorted(request.keys() - {"do"} - _MAY_HOLD[do]):
        msg = f"{do} knows no {', '.join(unknown)}"
        raise RequestError(msg)
    return request


def _label(request: Mapping[str, Any]) -> str:
    label = request.get("label")
    if not isinstance(label, str) or not label:
        msg = f"{request['do']} needs a label: a text that is not empty"
        raise RequestError(msg)
    return label


def _within(request: Mapping[str, Any]) -> float:
    within = request.get("within", _WITHIN)
    if (
        isinstance(within, bool)
        or not isinstance(within, int | float)
        or not 0 < within <= _LONGEST_WITHIN
    ):
        msg = f"within is a number of seconds above 0, at most {_LONGEST_WITHIN:g}"
        raise RequestError(msg)
    return float(within)


def _line(answer: Mapping[str, Any]) -> bytes:
    return json.dumps(answer).encode() + b"\n"


def _remove_left_over(path: str) -> None:
    """Remove the socket of a client that is no more, and nothing else."""
    try:
        mode = Path(path).stat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        msg = f"{path} is there already and is no socket"
        raise FileExistsError(msg)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            Path(path).unlink()
        else:
            msg = f"another client answers at {path}"
            raise FileExistsError(msg)
