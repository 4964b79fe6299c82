"""The lab's control channel: JSON lines on a unix socket, one request and one answer each.

Requests: ``{"do": "state"}``, ``{"do": "ports"}``, ``{"do": "audit", "since": 0, "kind": null}``,
``{"do": "login"}``, ``{"do": "pairs"}``, ``{"do": "faults"}``,
``{"do": "inject", "faults": [{...}]}``, ``{"do": "heal", "name": ..., "member": null}``,
``{"do": "run", "member": ..., "line": ...}`` and ``{"do": "stop"}``. An answer holds ``ok``, then
``error`` or what was asked for.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from nornir_haupgrade.errors import HAUpgradeError
from nornir_haupgrade.lab.fault_script import Known
from nornir_haupgrade.lab.plain import SpecError
from nornir_haupgrade.lab.spec import fault_from

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nornir_haupgrade.lab.lab import Lab

Do: TypeAlias = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]
"""From a request to what was asked for."""

NAME = "control"
_LONGEST_PATH = 100
"""A unix socket's address holds 107 bytes."""
_LINE_LIMIT = 64 * 1024 * 1024
_TIMEOUT = 20.0


class ControlError(RuntimeError):
    """The lab refused a request, or is not there."""


@contextlib.contextmanager
def _address(folder: Path) -> Iterator[str]:
    """The socket's path, short enough for the system even if the folder's is not."""
    path = folder / NAME
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        yield str(path)
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{NAME}"
    finally:
        os.close(descriptor)


def control(folder: Path | str, request: dict[str, Any]) -> dict[str, Any]:
    """Ask a running lab; ControlError says what it did not like, or that it is not running."""
    try:
        with (
            _address(Path(folder)) as address,
            socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as channel,
        ):
            channel.settimeout(_TIMEOUT)
            channel.connect(address)
            channel.sendall(json.dumps(request).encode() + b"\n")
            with channel.makefile("rb") as lines:
                answer: dict[str, Any] = json.loads(lines.readline())
    except (OSError, ValueError) as exc:
        msg = f"no lab answers in {folder}: {exc}"
        raise ControlError(msg) from exc
    if not answer.get("ok"):
        raise ControlError(str(answer.get("error")))
    return answer


class RequestServer:
    """Answers requests on a folder's socket, on the running loop; one JSON line each way."""

    def __init__(self, folder: Path, do: Do) -> None:
        self.stop = asyncio.Event()
        """Set when somebody asked the lab to end."""
        self._folder = folder
        self._do = do
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Open the socket, for the owner only."""
        (self._folder / NAME).unlink(missing_ok=True)
        with _address(self._folder) as address:
            self._server = await asyncio.start_unix_server(self._serve, address, limit=_LINE_LIMIT)
        (self._folder / NAME).chmod(0o600)

    def close(self) -> None:
        """Close it."""
        if self._server is not None:
            self._server.close()
        (self._folder / NAME).unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while line := await reader.readline():
                writer.write(json.dumps(await self._answer(line)).encode() + b"\n")
                await writer.drain()
        writer.close()

    async def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            return {"ok": True, **await self._do(json.loads(line))}
        except (HAUpgradeError, SpecError) as exc:
            return {"ok": False, "error": str(exc)}
        except (KeyError, ValueError, TypeError) as exc:
            return {"ok": False, "error": f"{type(exc).__name__}: {exc}"}


class ControlServer(RequestServer):
    """Answers requests about one lab, on the lab's loop."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        super().__init__(folder, self._answer_about)
        self._lab = lab

    async def _answer_about(self, request: dict[str, Any]) -> dict[str, Any]:
        lab = self._lab
        match request.get("do"):
            case "state":
                return {"members": {name: state.plain() for name, state in lab.states.items()}}
            case "ports":
                return {
                    "members": lab.ports,
                    "services": lab.service_ports,
                    "pages": lab.web_ports,
                    "platforms": {
                        name: str(rig.pair.spec.platform) for name, rig in lab.rigs.items()
                    },
                }
            case "login":
                return {
                    "username": lab.spec.username,
                    "password": lab.spec.password,
                    "secrets": lab.secrets,
                }
            case "audit":
                since, kind = int(request.get("since", 0)), request.get("kind")
                entries = lab.audit()[since:]
                return {"entries": [item for item in entries if kind in (None, item["kind"])]}
            case "pairs":
                return {"pairs": Known.of(lab.spec).plain()}
            case "faults":
                return {"faults": lab.faults()}
            case "inject":
                lab.inject(*(fault_from(one) for one in request["faults"]))
            case "heal":
                lab.heal(str(request["name"]), request.get("member"))
            case "run":
                reply = await lab.run(str(request["member"]), str(request["line"]))
                return {"stdout": reply.stdout, "stderr": reply.stderr, "status": reply.status}
            case "stop":
                self.stop.set()
            case other:
                msg = f"unknown request {other}"
                raise ValueError(msg)
        return {}
